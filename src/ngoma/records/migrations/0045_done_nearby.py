from django.db import migrations, models

from ngoma.records.sql.indexing import AddIndex, RemoveIndex

DONE_NEARBY = models.Index(
    fields=["quad", "lat", "lon", "city", "state", "resolved_at", "id"], name="case_done_nearby"
)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("records", "0044_saved_views"),
    ]

    operations = [
        AddIndex(model_name="case", index=DONE_NEARBY),
        RemoveIndex(model_name="case", name="case_nearby"),
    ]
