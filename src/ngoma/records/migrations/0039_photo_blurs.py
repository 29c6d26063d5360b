from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0038_from_elsewhere"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="blurs",
            field=models.JSONField(
                help_text="areas blurred for the public: left, top, width and height in "
                "thousandths; none where nobody has looked yet",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="edition",
            field=models.CharField(
                help_text="of the public copies; none while there are none",
                max_length=8,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="likeness",
            field=models.BigIntegerField(
                help_text="64 bits that like pictures share", null=True
            ),
        ),
        migrations.AlterField(
            model_name="learned",
            name="task",
            field=models.CharField(
                choices=[
                    ("service", "which service a report belongs to"),
                    ("urgency", "how dangerous it is"),
                    ("same", "whether two reports are of one problem"),
                ],
                default="service",
                max_length=8,
            ),
        ),
    ]
