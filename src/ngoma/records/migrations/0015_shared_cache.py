from django.core.management import call_command
from django.db import migrations


def make_table(apps, schema_editor):
    alias = schema_editor.connection.alias
    call_command("createcachetable", "records_cache", database=alias, verbosity=0)


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0014_visited"),
    ]

    operations = [
        migrations.RunPython(make_table, migrations.RunPython.noop),
    ]
