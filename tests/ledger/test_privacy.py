"""Nothing that somebody said, wrote, is called or is reached by gets into what is published."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from random import Random

import msgspec
import pytest
from django.test import Client

from ngoma.casework import deciding, talking
from ngoma.cities.book import Book
from ngoma.ledger import publishing, sealing
from ngoma.people.permissions import Actor, resident
from ngoma.records.models import Day, Entry
from ngoma.tlog.tiles import WIDTH
from tests.ledger.conftest import tell

pytestmark = pytest.mark.once
REPORTS = 125


def _seeded(draw: Random) -> dict[str, str]:
    """Eight values that occur nowhere else."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(draw.choices(letters, k=10)) for _ in range(7)]
    return {
        "words": f"Q{words[0]} {words[1]}",
        "location": f"K{words[2]} 7",
        "email": f"{words[3]}@{words[4]}.example",
        "added": words[5],
        "answered": words[6],
        "lat": f"0.1{draw.randrange(10**6, 10**7)}",
    }


def test_a_thousand_personal_values_leave_no_byte(
    town: Book, coordinator: Actor, client: Client
) -> None:
    draw, values = Random(9), []
    for number in range(REPORTS):
        said = _seeded(draw)
        report = tell(
            town, key=str(number), words=said["words"], location=said["location"],
            email=said["email"], lat=float(said["lat"]),
        )  # fmt: skip
        talking.inform(actor=resident(report), case_id=report.case_id, text=said["added"])
        deciding.accept(actor=coordinator, case_id=report.case_id, text=said["answered"])
        values += [*said["words"].split(), said["location"], *said["email"].split("@")]
        values += [said["added"], said["answered"], said["lat"], report.secret]
    while sealing.seal():
        pass
    published = b"".join(_published(client))
    assert len(published) > 100_000
    assert len(values) >= 1000
    for value in values:
        for written in _spellings(value):
            assert written not in published, value


def _spellings(value: str) -> Iterator[bytes]:
    """As it is, and as base64 would have it wherever it begins in a longer text."""
    yield value.encode()
    for shift in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            inner = encode(b" " * shift + value.encode())
            yield inner[4 if shift else 0 : -4]


def _published(client: Client) -> Iterator[bytes]:
    """Every file of the log."""
    published = publishing.newest()
    assert published
    names = ["checkpoint", "vkey", "policy", "handover", "checkpoints.atom"]
    names += [f"index/{day}" for day in Day.objects.values_list("day", flat=True)]
    for level, size in (
        ("entries", published.size),
        ("0", published.size),
        ("1", published.size // WIDTH),
    ):
        full, rest = divmod(size, WIDTH)
        names += [f"tile/{level}/{number:03}" for number in range(full)]
        names += [f"tile/{level}/{full:03}.p/{rest}"] if rest else []
    for name in names:
        answer = client.get(f"/ledger/{name}")
        assert answer.status_code == 200, name
        yield answer.content


def test_entries_have_no_other_members(town: Book) -> None:
    tell(town, key="1")
    sealing.follow()
    said = msgspec.json.decode(bytes(Entry.objects.get(index=0).content))
    assert set(said) == {"_sd", "case", "city", "kind", "prev", "seq", "time"}
    assert all(len(each) == 43 for each in said["_sd"])
    assert len(said["case"]) == 22


def test_two_reports_of_the_same_words_look_unlike(town: Book) -> None:
    for key in "12":
        tell(town, key=key)
    sealing.follow()
    seen = [set(msgspec.json.decode(bytes(each.content))["_sd"]) for each in Entry.objects.all()]
    assert not set.intersection(*seen[:2])
