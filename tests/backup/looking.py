"""What is in an installation that was brought back; asked by the tests in a process of its own."""

import json
import sys

from ngoma.casework import rebuild
from ngoma.cities.book import book
from ngoma.people import vault
from ngoma.records.models import Contact, Report
from tests.ledger.conftest import tell


def everything() -> None:
    """References of reports, addresses of contacts, rows that are not what their events say, and
    numbers of the reports before and of the next one that comes."""
    found = {
        "references": list(Report.objects.values_list("reference", flat=True)),
        "addresses": sorted(vault.reveal(each).address for each in Contact.objects.all()),
        "different": rebuild.rebuild(lambda done: None),
        "last": Report.objects.latest("pk").pk,
        "next": tell(book("small"), key="after the restore").pk,
    }
    json.dump(found, sys.stdout)
