import django.db.models.deletion
from django.db import migrations, models


def take_apart(apps, schema_editor):
    """The newest forecast of each city, so that its page need not wait for the next morning."""
    Forecast = apps.get_model('records', 'Forecast')
    Line = apps.get_model('records', 'ForecastLine')
    for city in set(Forecast.objects.values_list('city_id', flat=True)):
        newest = Forecast.objects.filter(city_id=city).order_by('-day').first()
        Line.objects.bulk_create(
            [
                Line(forecast=newest, service=line['service'], place=line['place'], line=line)
                for line in newest.figures['lines']
            ],
            batch_size=500,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0040_photo_waiting'),
    ]

    operations = [
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('name', models.CharField(max_length=96, primary_key=True, serialize=False)),
                ('until', models.DateTimeField(help_text='then whoever comes may claim it')),
            ],
        ),
        migrations.AlterField(
            model_name='forecast',
            name='figures',
            field=models.JSONField(help_text='as `insight.forecast.kept.Figures` has them'),
        ),
        migrations.AlterField(
            model_name='forecast',
            name='first',
            field=models.JSONField(help_text='as `insight.forecast.kept.Today` has it: the day alone'),
        ),
        migrations.CreateModel(
            name='ForecastLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.BigIntegerField(help_text='null: all; 0: not known', null=True)),
                ('place', models.BigIntegerField(help_text='null: all; 0: not known', null=True)),
                ('line', models.JSONField(help_text='as `insight.forecast.kept.Line` has it')),
                ('forecast', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='records.forecast')),
            ],
            options={
                'indexes': [models.Index(fields=['forecast', 'service'], name='forecast_line_by_service'), models.Index(fields=['forecast', 'place'], name='forecast_line_by_place')],
            },
        ),
        migrations.RunPython(take_apart, migrations.RunPython.noop),
    ]
