from django.db import migrations, models


def count(apps, schema_editor):
    """The newest checkpoint is the one that is gone on from."""
    Checkpoint = apps.get_model("records", "Checkpoint")
    Entry = apps.get_model("records", "Entry")
    newest = Checkpoint.objects.order_by("pk").last()
    if newest is not None:
        newest.late = Entry.objects.filter(late=True).count()
        newest.save(update_fields=["late"])


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0035_parked"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkpoint",
            name="late",
            field=models.BigIntegerField(
                db_default=0, default=0, help_text="entries recorded late, of all those it covers"
            ),
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
