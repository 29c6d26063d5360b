"""What pages ask of the database: as many questions in a large city as in a small one, and each
answered by an index of the tables that grow."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from bench import filling, staff
from ngoma.base import remembered
from ngoma.base.clock import now
from ngoma.base.quad import spot
from ngoma.casework import reminding
from ngoma.cities.book import book_of, forget
from ngoma.cities.load import load
from ngoma.insight import arriving, counting, performing, searching
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.ledger import sealing
from ngoma.records.models import Case, Membership, Report, User
from ngoma.settings.prepared import PACKS

pytestmark = pytest.mark.django_db
FEW, MORE = 30, 150
GROWING = {
    "alert", "arrived", "case", "chain", "contact", "counted", "decision", "entry",
    "event", "follow", "job", "nextreminder", "notice", "part", "performed",
    "personalread", "photo", "proposal", "report", "search", "task", "update", "visit",
}  # fmt: skip
"""Tables with rows for what is told and done. The sums that pages read are small by themselves."""
Asked = list[tuple[str, Any]]
ADDRESSES = {
    "home": "/kampala/",
    "first step": "/kampala/report",
    "track": "/kampala/r/{case}",
    "own page": "/kampala/r/{case}/{secret}",
    "map and list": "/kampala/map",
    "list": "/kampala/list",
    "list of what is open": "/kampala/list?state=open",
    "list of a service": "/kampala/list?what={service}&days=30",
    "one of the list": "/kampala/list/{case}",
    "tile": "/kampala/tiles/12/{tile}.json",
    "tile of streets": "/kampala/tiles/16/{street}.json",
    "outline": "/kampala/outline.json",
    "places": "/kampala/places",
    "place": "/kampala/places/kawempe",
    "village": "/kampala/places/{village}",
    "figures": "/kampala/figures",
    "ledger": "/kampala/ledger",
    "open311 list": "/open311/v2/requests.json?{city}",
    "open311 list of what is closed": "/open311/v2/requests.json?{city}&status=closed",
    "open311 one": "/open311/v2/requests/{case}.json?{city}",
    "open311 updates": "/open311/v2/servicerequestupdates.json?{city}&api_key={key}",
    "queue": "/desk/kampala/",
    "case": "/desk/kampala/cases/{case}/",
    "cases": "/desk/kampala/work/",
    "cases found": "/desk/kampala/work/?words=road",
    "late cases": "/desk/kampala/work/?late=yes",
    "board": "/desk/kampala/board/",
    "situation": "/desk/kampala/situation/",
    "performance": "/desk/kampala/performance/",
    "inbox": "/desk/kampala/inbox/",
    "field": "/desk/kampala/field/",
    "looks": "/desk/kampala/looks/",
    "people": "/desk/kampala/people/",
    "call": "/desk/kampala/call/",
    "what is new": "/desk/kampala/live/",
}


class City:
    """A made-up city that can grow, and somebody who may see all of its desk."""

    def __init__(self) -> None:
        forget()
        self.book = book_of(load(PACKS / "kampala").pk)
        self.clerk = staff.hire(self.book.id)
        self.reader, self.desk = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
        overseer = User.objects.create_user("overseer")
        for role in ("coordinator", "auditor", "administrator"):
            Membership.objects.create(user=overseer, city_id=self.book.id, role=role)
        self.desk.force_login(overseer)
        lat, lon = self.book.settings["map"]["center"]
        words = "A pothole that waits in the queue"
        submit(
            Submission(
                book=self.book, words=words, lat=lat, lon=lon, channel="web", origin="test", key="1"
            )
        )

    def grow(self, count: int) -> None:
        """So many more cases, and everything that is derived from them."""
        filling.fill(self.book, count, until=now(), staff=self.clerk.pk, advance=lambda _done: None)
        for reader in (searching, counting, performing, arriving, reminding, sealing):
            reader.follow()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def ask(self, address: str) -> Asked:
        """What is asked while a page is answered, once what never changes is remembered.

        Of two answers the one that asked less: whether there are newer books and models is looked
        up again every few seconds, whatever the page.
        """
        client = self.desk if address.startswith("/desk/") else self.reader
        client.get(address)
        return min((self._asked(client, address) for _ in range(2)), key=len)

    def _asked(self, client: Client, address: str) -> Asked:
        remembered.forget()
        with recorded() as asked:
            answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return asked

    def addresses(self) -> dict[str, str]:
        """The pages, about a public case in the middle of what happened."""
        cases = Case.objects.filter(city=self.book.id, public=True, merged_into=None)
        case = cases.order_by("pk")[cases.count() // 2]
        report = Report.objects.filter(case=case).order_by("pk")[0]
        lat, lon = self.book.settings["map"]["center"]
        known = {
            "case": report.reference,
            "secret": report.secret,
            "city": "jurisdiction_id=kampala",
            "key": staff.KEY,
            "service": self.book.services[case.service_id or 0].code,
            "village": next(
                each.code for each in self.book.places.values() if len(self.book.chain(each.id)) > 2
            ),
            "tile": "{}/{}".format(*spot(lat, lon, 12)),
            "street": "{}/{}".format(*spot(lat, lon, 16)),
        }
        return {name: address.format(**known) for name, address in ADDRESSES.items()}


@contextmanager
def recorded() -> Iterator[Asked]:
    """Every question of the block, with its parameters."""
    asked: Asked = []

    def note(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(note):
        yield asked


def gone_through(sql: str, parameters: Any) -> set[str]:
    """The tables that the database would read from end to end to answer a question."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if not sqlite:  # which reads small tables whole unless there is no other way
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{'EXPLAIN QUERY PLAN' if sqlite else 'EXPLAIN'} {sql}", parameters)
        plan = [str(row[-1]) for row in cursor.fetchall()]
    how = r"SCAN (\w+)$" if sqlite else r"Seq Scan on (\w+)"
    named = re.findall(r'"?records_(\w+)"? (?:AS )?"?(\w+)"?', sql)
    known = {alias: table for table, alias in named}
    known |= {f"records_{table}": table for table, _alias in named}
    scanned = {found[1] for line in plan if (found := re.search(how, line))}
    return {known[each] for each in scanned & known.keys()}


def test_a_page_of_a_large_city_asks_what_one_of_a_small_city_asks() -> None:
    city = City()
    city.grow(FEW)
    few = {name: len(city.ask(address)) for name, address in city.addresses().items()}
    city.grow(MORE)
    more, through = {}, {}
    for name, address in city.addresses().items():
        asked = city.ask(address)
        more[name] = len(asked)
        questions = [each for each in asked if each[0].lstrip().startswith(("SELECT", "WITH"))]
        for sql, parameters in questions:
            for table in gone_through(sql, parameters) & GROWING:
                through[name, table] = sql
    assert not through
    grown = {name: (few[name], more[name]) for name in few if more[name] > few[name] + 2}
    assert not grown
