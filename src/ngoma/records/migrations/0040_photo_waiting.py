from django.db import migrations, models

from ngoma.records.sql.indexing import AddIndex

WAITING = models.Index(
    "id",
    condition=models.Q(("blurs__isnull", True), ("edition", None)),
    name="photo_waiting",
)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("records", "0039_photo_blurs"),
    ]

    operations = [
        AddIndex(model_name="photo", index=WAITING),
    ]
