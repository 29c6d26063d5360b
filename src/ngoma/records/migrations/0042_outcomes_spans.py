import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0041_forecast_lines'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutcomesSpan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.IntegerField(help_text='its id; 0: the whole city')),
                ('months', models.PositiveSmallIntegerField(help_text='the present one with them')),
                ('made_at', models.DateTimeField()),
                ('figures', models.JSONField(help_text='as `insight.figures.Figures` has them')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='records.city')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'department', 'months'), name='outcomes_span_once')],
            },
        ),
    ]
