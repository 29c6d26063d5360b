"""What happens in a process of its own on servers of the tests' own."""

import sys

from django.db import connection

from ngoma.cities.load import load
from ngoma.people import apikeys
from ngoma.records.models import City
from ngoma.records.sql import replica
from ngoma.settings import prepare
from ngoma.settings.table import ROOT


def prepare_town(key: str) -> None:
    """Make the tables and load the small city, with the key of a program."""
    prepare.migrate(lambda line: None)
    city = load(ROOT / "tests" / "cities" / "small")
    apikeys.create(city.pk, name="program", key=key)


def write_while_reading() -> None:
    """What reads, so it says, writes all the same: prints whether the replica is there, whose the
    connection is meanwhile, and what was written."""
    seen = []

    def ask() -> str:
        seen.append(connection.alias)
        City.objects.update(country="KE")
        return City.objects.get().country

    found = replica.fresh(), replica.read(ask, missing=LookupError), *seen, connection.alias
    sys.stdout.write(" ".join(map(str, found)))
