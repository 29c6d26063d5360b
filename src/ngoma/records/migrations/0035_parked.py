import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0034_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Parked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader', models.CharField(max_length=32)),
                ('event', models.BigIntegerField(help_text='the last that was read of the case', null=True)),
                ('parked_at', models.DateTimeField(help_text='when it failed first')),
                ('tried_at', models.DateTimeField(help_text='when it failed last')),
                ('tries', models.PositiveIntegerField(db_default=1, default=1)),
                ('error', models.TextField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='records.case')),
            ],
            options={
                'verbose_name_plural': 'parked',
                'indexes': [models.Index(fields=['tried_at', 'id'], name='parked_longest')],
                'constraints': [models.UniqueConstraint(fields=('reader', 'case'), name='parked_once')],
            },
        ),
    ]
