from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

WAITING = models.Index(
    "id",
    condition=models.Q(("blurs__isnull", True), ("edition", None)),
    name="photo_waiting",
)


class AddIndex(AddIndexConcurrently):
    """Where it can be made beside what is written: on SQLite nobody else writes anyway."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            migrations.AddIndex.database_forwards(
                self, app_label, schema_editor, from_state, to_state
            )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            migrations.AddIndex.database_backwards(
                self, app_label, schema_editor, from_state, to_state
            )


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("records", "0039_photo_blurs"),
    ]

    operations = [
        AddIndex(model_name="photo", index=WAITING),
    ]
