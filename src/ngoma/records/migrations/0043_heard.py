from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0042_outcomes_spans'),
    ]

    operations = [
        migrations.AddField(
            model_name='recording',
            name='heard',
            field=models.TextField(db_default='', default='', help_text='what a machine understood; empty where none did'),
        ),
    ]
