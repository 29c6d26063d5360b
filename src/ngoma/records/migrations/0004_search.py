from typing import Any

from django.db import migrations

from ngoma.records.sql import search


def create(apps: Any, schema_editor: Any) -> None:
    """Make the index of words, empty: its reader fills it from the events that are there."""
    search.create()


def drop(apps: Any, schema_editor: Any) -> None:
    search.drop()


class Migration(migrations.Migration):
    dependencies = [("records", "0003_map")]

    operations = [migrations.RunPython(create, drop)]
