from django.db import migrations, models


def fill(apps, schema_editor):
    """Keep the hashes of the tiles that are full already."""
    Entry, Subtree = apps.get_model("records", "Entry"), apps.get_model("records", "Subtree")
    for row in Subtree.objects.order_by("level", "index").iterator():
        below = Subtree.objects.filter(level=row.level - 1).values_list("hash", flat=True)
        leaves = Entry.objects.values_list("leaf", flat=True)
        hashes = below if row.level > 1 else leaves
        span = (row.index << 8, (row.index + 1 << 8) - 1)
        row.tile = b"".join(map(bytes, hashes.filter(index__range=span).order_by("index")))
        row.save(update_fields=["tile"])


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0030_topics"),
    ]

    operations = [
        migrations.AddField(
            model_name="subtree",
            name="tile",
            field=models.BinaryField(
                default=b"",
                help_text="its hashes, one after another: 256 rows would have to be read else",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
