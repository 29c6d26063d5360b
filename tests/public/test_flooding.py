"""Floods of reports: slowed by work or by waiting, never blocked, and nobody's address is kept."""

import json
import logging
import re
from base64 import b64encode
from datetime import timedelta
from html import unescape
from typing import Any

import altcha
import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from ngoma.base.clock import frozen, now
from ngoma.cities.book import Book
from ngoma.public import drafts, flooding
from ngoma.public.drafts import Draft
from ngoma.public.flooding import LIMITS
from ngoma.public.site import Site
from ngoma.records.models import Report
from ngoma.records.sql.statements import fetch

pytestmark = pytest.mark.usefixtures("early")
ADDRESS = "/small/report"
FLOODER, NEIGHBOUR = "203.0.113.77", "198.51.100.5"
Answer = Any


def written(words: str = "A hole", **more: Any) -> Draft:
    return Draft(key=drafts.new().key, words=words, place="kasubi", **more)


def send(reader: Client, draft: Draft, sender: str = FLOODER, proof: str = "") -> Answer:
    fields = {"draft": draft.sealed, "go": "send", "contact": "a@example.org", "proof": proof}
    return reader.post(ADDRESS, fields, REMOTE_ADDR=sender)


def flood(reader: Client, count: int, sender: str = FLOODER) -> list[int]:
    return [send(reader, written(), sender).status_code for _ in range(count)]


def challenge(answer: HttpResponse) -> dict[str, Any]:
    """What the page asks its script for."""
    assert answer.status_code == 429
    found = re.search(r'data-challenge="([^"]+)"', answer.content.decode())
    assert found
    return dict(json.loads(unescape(found[1])))


def ticket(answer: HttpResponse) -> str:
    """What the page hands on without a script."""
    found = re.search(r'name="proof" value="([^"]+)"', answer.content.decode())
    assert found
    return unescape(found[1])


def worked(asked: dict[str, Any]) -> str:
    """What a script makes of it."""
    work = altcha.Challenge.from_dict(asked["work"])
    solution = altcha.solve_challenge(work)
    assert solution
    return altcha.Payload(work, solution).to_base64()


@pytest.fixture
def low(settings: Any) -> int:
    """A limit that is soon reached."""
    settings.NGOMA_FLOOD_LIMIT = 3
    return 3


def test_a_flood_from_one_address_is_slowed_and_nobody_else(reader: Client) -> None:
    with frozen(now()):
        statuses = flood(reader, 200)
        assert statuses == [303] * 60 + [429] * 140
        assert flood(reader, 3, NEIGHBOUR) == [303] * 3
    assert Report.objects.count() == 63


def test_a_hundred_neighbours_behind_one_address_feel_nothing(reader: Client) -> None:
    start = now()
    for number in range(100):
        with frozen(start + timedelta(seconds=36 * number)):
            assert send(reader, written()).status_code == 303


def test_the_page_keeps_everything_and_says_why(reader: Client, low: int) -> None:
    flood(reader, low)
    draft = written("Ekinnya ŋŋ", location="by the gate")
    answer = send(reader, draft)
    page = answer.content.decode()
    assert answer.status_code == 429
    assert "Very many messages are reaching us" in page
    assert "press Send again" in page
    assert 'name="contact" value="a@example.org"' in page
    sealed = re.search(r'name="draft" value="([^"]+)"', page)
    assert sealed
    assert drafts.read(unescape(sealed[1])) == draft
    assert int(answer["Retry-After"]) >= 5
    assert "no-store" in answer["Cache-Control"]


def test_work_lets_a_report_through(reader: Client, low: int) -> None:
    flood(reader, low)
    draft = written()
    proof = worked(challenge(send(reader, draft)))
    sent = send(reader, draft, proof=proof)
    assert sent.status_code == 303
    # The answer was lost on the way: sent once more, it is the same report.
    assert send(reader, draft, proof=proof)["Location"] == sent["Location"]
    assert send(reader, draft)["Location"] == sent["Location"]
    assert Report.objects.count() == low + 1


def test_a_proof_is_good_for_no_other_report(reader: Client, low: int) -> None:
    flood(reader, low)
    mine = written()
    asked = send(reader, mine)
    for proof in (worked(challenge(asked)), ticket(asked)):
        with frozen(now() + timedelta(minutes=1)):
            assert send(reader, written(), proof=proof).status_code == 429
    assert Report.objects.count() == low


def test_who_waits_a_little_gets_through(reader: Client, low: int) -> None:
    start, draft = now(), written()
    with frozen(start):
        flood(reader, low)
        asked = send(reader, draft)
        wait = int(asked["Retry-After"])
    with frozen(start + timedelta(seconds=wait - 2)):
        early = send(reader, draft, proof=ticket(asked))
        assert early.status_code == 429
        assert int(early["Retry-After"]) <= 2, "the turn stays the same"
    with frozen(start + timedelta(seconds=wait + 1)):
        assert send(reader, draft, proof=ticket(early)).status_code == 303


def test_proofs_end(reader: Client, low: int) -> None:
    start, draft = now() - timedelta(minutes=11), written()
    with frozen(start):
        flood(reader, low)
        asked = send(reader, draft)
    old = worked(challenge(asked)), ticket(asked)
    with frozen(start + timedelta(minutes=10, seconds=59)):
        flood(reader, 2 * low)
        for proof in old:
            assert send(reader, draft, proof=proof).status_code == 429


def test_nobody_makes_a_proof(reader: Client, low: int) -> None:
    flood(reader, low)
    draft = written()
    asked = challenge(send(reader, draft))
    easy = {**asked["work"]["parameters"], "keyPrefix": "", "keySignature": None}
    forged = [
        {"challenge": {"parameters": easy, "signature": asked["work"]["signature"]},
         "solution": {"counter": 1, "derivedKey": "00"}},
        {"challenge": {"parameters": easy}, "solution": {"counter": 1, "derivedKey": "00"}},
        {"challenge": asked["work"], "solution": {"counter": 1, "derivedKey": "00" * 32}},
        {"challenge": asked["work"], "solution": {"counter": [], "derivedKey": {}}},
        {"challenge": {"parameters": []}, "solution": 1},
        [], "x", None, {"challenge": {"parameters": dict.fromkeys(easy, 10**400)}, "solution": {}},
    ]  # fmt: skip
    texts = [b64encode(json.dumps(each).encode()).decode() for each in forged]
    texts += ["x", ":", "é", "[" * 3000, asked["ticket"][:-2], "WzFd:1:x", "\x00", "A" * 9000]
    for text in texts:
        assert send(reader, draft, proof=text).status_code == 429, text[:60]


@pytest.mark.parametrize(
    ("words", "service"),
    [
        ("There is a live wire", ""),
        ("Shimo wazi barabarani", ""),
        ("A cable down", ""),
        ("Nothing shines", "light"),
    ],
)
def test_a_danger_is_taken_at_once(reader: Client, low: int, words: str, service: str) -> None:
    flood(reader, low)
    assert send(reader, written()).status_code == 429
    dangers = [send(reader, written(words, service=service)).status_code for _ in range(5)]
    assert dangers == [303] * 5


def test_it_gets_harder_as_the_flood_grows_and_ends_with_it(
    town: Book, low: int, rf: RequestFactory
) -> None:
    site, request = Site(town, "en", "/small"), rf.post(ADDRESS)

    def asked() -> Any:
        return flooding.demand(request, site, key="k", words="A hole", service="", proof="")

    def keys() -> int:
        work = altcha.Challenge.from_dict(asked().work)
        solution = altcha.solve_challenge(work)
        assert solution
        return solution.counter

    start = now()
    with frozen(start):
        assert asked() is None
        for _ in range(low):
            flooding.count(request, site)
        # The work is drawn from a range by chance: the ranges do not meet.
        least = [keys() for _ in range(3)]
        first = asked().wait_seconds
        for _ in range(low):
            flooding.count(request, site)
        assert min(keys() for _ in range(3)) > max(least)
        for _ in range(20):
            asked()
        assert asked().wait_seconds > first
    with frozen(start + timedelta(minutes=21)):
        assert asked() is None


def test_a_flood_from_everywhere_is_slowed_too(reader: Client, settings: Any) -> None:
    settings.NGOMA_FLOOD_LIMIT = 1
    senders = [f"192.0.2.{number}" for number in range(11)]
    statuses = [send(reader, written(), sender).status_code for sender in senders]
    assert statuses == [303] * 10 + [429]


def test_a_household_of_ipv6_is_one_sender(reader: Client, low: int) -> None:
    senders = [f"2001:db8:1:2::{number}" for number in range(1, 5)]
    statuses = [send(reader, written(), sender).status_code for sender in senders]
    assert statuses == [303] * 3 + [429]
    assert send(reader, written(), "2001:db8:1:3::1").status_code == 303


def test_a_proxy_says_who_sends(reader: Client, settings: Any, low: int) -> None:
    def by(forwarded: str) -> int:
        fields = {"draft": written().sealed, "go": "send"}
        return int(reader.post(ADDRESS, fields, HTTP_X_FORWARDED_FOR=forwarded).status_code)

    made_up = [f"10.0.0.{number}" for number in range(4)]
    assert [by(each) for each in made_up] == [303] * 3 + [429], "believed only behind a proxy"
    settings.NGOMA_BEHIND_PROXY = True
    assert [by(f"{each}, {FLOODER}") for each in made_up] == [303] * 3 + [429]
    assert by(f"{FLOODER}, {NEIGHBOUR}") == 303


def test_no_limit_means_none(reader: Client, settings: Any) -> None:
    settings.NGOMA_FLOOD_LIMIT = 0
    assert flood(reader, 70) == [303] * 70


@pytest.mark.parametrize("kind", [kind for kind, limits in LIMITS.items() if limits.once])
def test_other_forms_are_guarded_and_spend_their_proofs(
    town: Book, low: int, rf: RequestFactory, kind: str
) -> None:
    site, request = Site(town, "en", "/small"), rf.post("/small/")

    def asked(proof: str = "", key: str = "k") -> Any:
        return flooding.demand(request, site, key=key, words="", service="", proof=proof, kind=kind)

    assert asked() is None
    for _ in range(max(round(low * LIMITS[kind].share), 1)):
        flooding.count(request, site, kind)
    proof = worked(json.loads(asked().json))
    assert asked(proof, key="other") is not None
    assert asked(proof) is None
    assert asked(proof) is not None, "spent"
    others = [each for each in LIMITS if each != kind]
    for other in others:
        demand = flooding.demand(request, site, key="k", words="", service="", proof="", kind=other)
        assert demand is None, "each kind counts for itself"


def test_no_address_is_kept(reader: Client, low: int, caplog: pytest.LogCaptureFixture) -> None:
    from tests.people.test_traces import everything_stored

    caplog.set_level(logging.DEBUG)
    flood(reader, low + 2)
    held = repr([vars(each) for each in (*flooding._senders.values(), flooding._spent)])
    assert "report" in repr(flooding._senders)
    kept = [
        held,
        repr(vars(flooding._names)),
        caplog.text,
        repr(fetch("SELECT * FROM records_cache")),
    ]
    kept += [value for _where, value in everything_stored()]
    assert not [text for text in kept if FLOODER in text]


def test_a_machine_that_fills_everything_in_is_refused_clearly(reader: Client) -> None:
    draft = written("A deep hole")
    fields = {"draft": draft.sealed, "go": "send", "contact": "a@example.org"}
    caught = reader.post(ADDRESS, {**fields, "website": "https://spam.example/"})
    page = caught.content.decode()
    assert caught.status_code == 422
    assert Report.objects.count() == 0
    assert "press Send once more" in page
    assert "A deep hole" in page
    assert 'value="a@example.org"' in page
    assert "spam.example" not in page
    sealed = re.search(r'name="draft" value="([^"]+)"', page)
    assert sealed
    again = {**fields, "draft": unescape(sealed[1]), "website": ""}
    assert reader.post(ADDRESS, again).status_code == 303


def test_no_person_meets_the_trap(reader: Client) -> None:
    fields = {"draft": written().sealed, "go": "check"}
    page = reader.post(ADDRESS, fields).content.decode()
    box = re.search(r'<div class="vh" aria-hidden="true">.*?name="website"[^>]*>', page)
    assert box
    assert 'tabindex="-1"' in box[0]
    assert 'autocomplete="off"' in box[0]
