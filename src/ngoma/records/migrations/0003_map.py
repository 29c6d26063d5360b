"""The index of the map holds all that a map shows, on SQLite too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0002_updates")]

    operations = [
        migrations.RemoveIndex(model_name="case", name="case_on_map"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["quad", "lat", "lon", "city", "public", "state", "service", "reference", "id"],
                name="case_on_map",
            ),
        ),
    ]
