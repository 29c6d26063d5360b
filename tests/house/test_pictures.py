"""Every picture of figures stands beside a table of the same, a file, and how it was computed.

All addresses are asked for, by somebody at the desk who may see everything and by a resident, in a
city with something to draw. A picture names its table by `aria-details`, so that who cannot see it
is led there; the table has its file beside it, and the page says how it came to its figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from bench.addresses import addresses
from django.core.cache import cache
from django.db import connection
from django.test import Client
from tests.desk.test_forecast import foretold
from tests.desk.test_outcomes import keep
from tests.desk.test_rising import burst

from ngoma.base import remembered
from ngoma.base.clock import now
from ngoma.base.months import month_of
from ngoma.cities.book import Book
from ngoma.insight import arriving, counting, performing
from ngoma.insight.figures import AREA, BY
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.records.models import Case, Membership, Outcomes, Role, User
from ngoma.work.worker import run_until_idle

pytestmark = [pytest.mark.once, pytest.mark.django_db]
__all__ = ["foretold"]

DRAWN = {
    "desk/<slug:city>/situation/",
    "desk/<slug:city>/performance/",
    "desk/<slug:city>/forecast/",
    "desk/<slug:city>/outcomes/",
    "desk/<slug:city>/topics/",
    "figures",
    "places/<path:code>",
}
"""Pages with pictures of figures. That each of them has one is part of the test."""

NO_FIGURES = {"ic", "area", "ledger", "qr"}
"""Classes of drawings that show no figures: icons, where a place lies, how the ledger works."""
VOID = {"meta", "link", "input", "img", "br", "hr", "source", "wbr"}


@dataclass(eq=False)
class Element:
    """A part of a page."""

    name: str
    given: dict[str, str]
    above: "Element | None" = None
    below: list["Element"] = field(default_factory=list)
    text: str = ""

    def within(self) -> Iterator["Element"]:
        """It and all that it is in."""
        each: Element | None = self
        while each:
            yield each
            each = each.above

    def all(self, name: str = "") -> Iterator["Element"]:
        """All in it, of one name or of any."""
        for each in self.below:
            if not name or each.name == name:
                yield each
            yield from each.all(name)

    @property
    def said(self) -> str:
        """All its text."""
        return self.text + "".join(each.said for each in self.below)


class Reading(HTMLParser):
    """A page as a tree of elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = self._at = Element("page", {})
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self._at)
        self._at.below.append(made)
        if tag not in VOID:
            self._at = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._at.below.append(Element(tag, {n: v or "" for n, v in attrs}, self._at))

    def handle_endtag(self, tag: str) -> None:
        closed = next((each for each in self._at.within() if each.name == tag), None)
        if closed and closed.above:
            self._at = closed.above

    def handle_data(self, data: str) -> None:
        self._at.text += data


@pytest.fixture
def drawn(town: Book, foretold: Any, settings: Any, tmp_path: Path) -> Book:
    """A city with something in every picture."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    remembered.forget()
    cases = []
    for number in range(4):
        told = Submission(
            book=town, words=f"Hole {number}", origin="test", key=str(number), service="pothole",
            lat=0.15, lon=32.05, channel="web",
        )  # fmt: skip
        cases.append(submit(told).case)
    run_until_idle()
    cases = list(Case.objects.order_by("pk"))
    for reader in (counting, arriving, performing):
        reader.write(cases)
    burst(town, cases)
    month = month_of(now(), town.zone)
    with connection.cursor() as cursor:
        for back in range(1, 12):
            cursor.execute(
                "INSERT INTO records_month_count (city_id, place, month, opened, fixed)"
                " VALUES (%s, %s, %s, 9, 3)",
                [town.id, town.place_by_code["kasubi"].id, month - back],
            )
    return town


def _figures(town: Book) -> None:
    """Figures of the night that desk and residents read."""
    keep(town, 48)
    row = Outcomes.objects.get()
    row.figures["by"][AREA] = row.figures["by"]["district"]
    row.save()
    assert set(row.figures["by"]) == {*BY, AREA}


@pytest.fixture
def staff(drawn: Book) -> Client:
    """Somebody who may open every page of the desk."""
    user = User.objects.create_superuser("root")
    for role in Role.values:
        Membership.objects.create(user=user, city_id=drawn.id, role=role)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


FILLINGS = {"<slug:city>": "small", "<city:city>": "small", "<path:code>": "kasubi"}


def _pages() -> list[tuple[str, str]]:
    """Each address that needs nothing but a city and a place, and its pattern below the city."""
    found = []
    for pattern in addresses():
        address = pattern
        for name, filling in FILLINGS.items():
            address = address.replace(name, filling)
        if "<" not in address and pattern.startswith(("desk/<slug:city>/", "<city:city>/")):
            found.append((f"/{address}", pattern.removeprefix("<city:city>/")))
    return found


def _pictures(page: Element) -> Iterator[Element]:
    """Drawings of figures. One in the cell of a table stands beside its number."""
    for each in page.all("svg"):
        classes = set(each.given.get("class", "").split())
        around = {(above.name, above.given.get("class", "")) for above in each.within()}
        if classes & NO_FIGURES or any(name in ("table", "header") for name, _ in around):
            continue
        yield each


def test_every_picture_has_a_table_a_file_and_how_it_was_computed(
    drawn: Book, staff: Client
) -> None:
    _figures(drawn)
    pages = _pages()
    assert len(pages) > 30
    with_pictures = set()
    for address, pattern in pages:
        asks = staff if pattern.startswith("desk/") else Client(SERVER_NAME="localhost")
        answer = asks.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        page = Reading(answer.content.decode()).root
        for picture in _pictures(page):
            with_pictures.add(pattern)
            about = (address, picture.given)
            named = [each.given["aria-details"] for each in picture.within()
                     if "aria-details" in each.given]  # fmt: skip
            assert named, about
            found = [each for each in page.all() if each.given.get("id") == named[0]]
            assert len(found) == 1, about
            assert any(list(each.all("td")) for each in found[0].all("table")), about
            files = [each.given["href"] for each in found[0].all("a")
                     if "csv=" in each.given.get("href", "")]  # fmt: skip
            assert files, about
            _is_a_table(asks, files[0])
            computed = [each for each in page.all("details") if _tells_how(each)]
            assert len(computed) == 1, about
            assert len(computed[0].said) > 120, about
    assert with_pictures == DRAWN


def _tells_how(details: Element) -> bool:
    return any("How this was computed" in each.said for each in details.all("summary"))


def _is_a_table(asks: Client, address: str) -> None:
    answer = asks.get(address)
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "text/csv; charset=utf-8", address
    assert len(answer.content.decode("utf-8-sig").splitlines()) > 1, address
