"""Every address of the house, asked for by everybody: who is let in, and what is left alone.

The map of addresses is walked, and each of them has a line below that says for whom it is. An
address without a line, or a line without an address, fails.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from bench.addresses import addresses
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from tests.intake.pictures import encoded, scene

from ngoma.casework.talking import note
from ngoma.cities import book as books
from ngoma.cities.book import Book
from ngoma.cities.load import load
from ngoma.insight import searching
from ngoma.intake import photos, recordings
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.people.permissions import VERBS, staff
from ngoma.records.models import Batch, Case, Membership, Photo, Role, SavedFilter, SavedView, User
from ngoma.work.worker import run_until_idle

pytestmark = [pytest.mark.once, pytest.mark.django_db]

SMALL = Path(__file__).parents[1] / "cities" / "small"
WORDS = "Zebra at the orphanage"
"""Said in private, so nobody reads it who may not see the case."""
NOTED = "Okapi behind the kiosk"
"""Noted at the desk, so no resident ever reads it."""
TYPED = "Pangolin in the drain"
"""Typed into every form below."""


@dataclass(frozen=True)
class For:
    """Whom an address of the desk is for: who may do `verb` — to the case in the address, somewhere
    in the city, or in all of it. Without a verb: whoever works in the city, and `nobody`: what
    belongs to a single person."""

    verb: str = ""
    where: str = "somewhere"

    def lets_in(self, role: str, *, own: bool) -> bool:
        """`own`: the role counts in the department of the case alone, else in another one alone."""
        if self.where == "nobody":
            return False
        if self.verb and role not in VERBS[self.verb]:
            return False
        return self.where != "whole" and (self.where != "case" or own)

    def lets_all_in(self, role: str) -> bool:
        """The same for a role that counts in the whole city."""
        return self.where != "nobody" and (not self.verb or role in VERBS[self.verb])


WORK = For()
CASE = For("see", "case")
OVERSEE = For("oversee")
WORDING = For("wording", "whole")
ANOTHERS = For(where="nobody")

DESK: dict[str, dict[str, For]] = {
    "": {"get": WORK},
    "inbox/": {"get": WORK},
    "inbox/read/": {"post": WORK},
    "inbox/mail/": {"post": WORK},
    "recordings/<int:number>/": {"get": CASE},
    "field/": {"get": For("visit")},
    "field/stops.json": {"get": For("visit")},
    "field/sync/": {"post": For("visit")},
    "field/worker.js": {"get": WORK},
    "field/app.webmanifest": {"get": WORK},
    "looks/": {"get": For("audit", "whole")},
    "people/": {"get": For("settings", "whole")},
    "people/sign-out/": {"post": For("settings", "whole")},
    "live/": {"get": WORK},
    "filters/": {"post": WORK},
    "filters/<int:number>/drop/": {"post": WORK},
    "batch/": {"get": WORK, "post": WORK},
    "batch/begin/": {"post": For("answer")},
    "batch/<int:number>/": {"get": ANOTHERS},
    "batch/<int:number>/stop/": {"post": ANOTHERS},
    "words/": {"get": WORDING},
    "words/<slug:kind>/<slug:code>/": {"get": WORDING, "post": WORDING},
    "work/": {"get": WORK},
    "board/": {"get": WORK},
    "situation/": {"get": OVERSEE},
    "performance/": {"get": OVERSEE},
    "forecast/": {"get": OVERSEE},
    "outcomes/": {"get": OVERSEE},
    "reading/": {"get": OVERSEE},
    "topics/": {"get": OVERSEE},
    "topics/mail/": {"post": OVERSEE},
    "views/": {"get": WORK, "post": WORK},
    "views/<int:number>/": {"get": ANOTHERS},
    "views/<int:number>/<slug:change>/": {"post": ANOTHERS},
    "call/": {"get": For("open"), "post": For("open")},
    "call/help/": {"post": For("open")},
    "cases/<slug:reference>/": {"get": CASE},
    "cases/<slug:reference>/contact/<int:report>/": {"post": For("reveal", "case")},
    "cases/<slug:reference>/photos/<int:number>/": {"get": For("redact", "case")},
    "cases/<slug:reference>/undo/": {"post": ANOTHERS},
    "cases/<slug:reference>/draft/<slug:step>/": {"post": For("answer", "case")},
    "cases/<slug:reference>/translation/<int:report>/": {"post": ANOTHERS},
    "cases/<slug:reference>/hold/": {"post": For("accept", "case")},
    "cases/<slug:reference>/<slug:name>/": {"post": For("note", "case")},
}
"""Pages of a city's desk, below `desk/<slug:city>/`. Each other method is refused to everybody."""

AT_THE_DOOR = (
    "desk/login/",
    "desk/logout/",
    "desk/account/login/",
    "desk/account/logout/",
    "desk/account/inactive/",
    "desk/account/2fa/authenticate/",
    "desk/account/sign-on/<provider_id>/login/",
    "desk/account/sign-on/<provider_id>/login/callback/",
    "desk/account/sign-on/login/cancelled/",
    "desk/account/sign-on/login/error/",
    "desk/account/sign-on/signup/",
    "admin/login/",
    "admin/logout/",
    "admin/jsi18n/",
)
"""Who is not signed in comes here: nothing is shown or written but signing in and out."""

OF_ONESELF = (
    "desk/",
    "desk/language/",
    "desk/account/reauthenticate/",
    "desk/account/password/change/",
    "desk/account/password/set/",
    "desk/account/2fa/",
    "desk/account/2fa/reauthenticate/",
    "desk/account/2fa/totp/activate/",
    "desk/account/2fa/totp/deactivate/",
    "desk/account/2fa/recovery-codes/",
    "desk/account/2fa/recovery-codes/generate/",
    "desk/account/2fa/recovery-codes/download/",
    "desk/account/2fa/webauthn/",
    "desk/account/2fa/webauthn/add/",
    "desk/account/2fa/webauthn/reauthenticate/",
    "desk/account/2fa/webauthn/keys/<int:pk>/remove/",
    "desk/account/2fa/webauthn/keys/<int:pk>/edit/",
    "desk/account/sign-on/",
    "desk/account/sessions/",
    "desk/account/sessions/end/",
)
"""One's own sign-in, whatever one works in: a stranger is sent to the login."""

ADMIN = "admin/"
"""All below is for superusers; everybody else is sent to the login, which refuses them."""

READ = "read"
"""For everybody; nothing can be posted."""
SECRET = "secret"
"""Opened by what stands in the address alone: with a wrong secret there is no such page."""
FORM = "form"
"""A form for everybody. It names what it writes, and touches no case but a new one."""
REFUSED = "refused"
"""Of programs that show who they are: to all others it is forbidden, or is not there."""

RESIDENTS = {
    "": READ,
    "report": FORM,
    "report/suggest": FORM,
    "report/photos/<str:upload>": READ,
    "report/hand-in": FORM,
    "simple": READ,
    "simple/<str:token>": SECRET,
    "manifest.json": READ,
    "offline": READ,
    "worker.js": READ,
    "find": READ,
    "card.jpg": READ,
    "r/<str:reference>": READ,
    "r/<str:reference>/card.jpg": READ,
    "r/<str:reference>/<str:secret>": SECRET,
    "r/<str:reference>/<str:secret>/receipt": SECRET,
    "r/<str:reference>/<str:secret>/proof/<int:seq>": SECRET,
    "follow": FORM,
    "follow/browser": FORM,
    "follow/<str:secret>": SECRET,
    "mine": FORM,
    "mine/<str:token>": SECRET,
    "map": READ,
    "map/reports.svg": READ,
    "list": READ,
    "list/part": READ,
    "list/<str:reference>": READ,
    "embed": READ,
    "tiles/<int:zoom>/<int:x>/<int:y>.json": READ,
    "outline.json": READ,
    "map.svg": READ,
    "places": READ,
    "places/<path:code>/card.jpg": READ,
    "places/<path:code>": READ,
    "your-data": READ,
    "data": READ,
    "data/catalog": READ,
    "data/manifest.json": READ,
    "data/versions/<str:day>.json": READ,
    "data/<str:name>": READ,
    "ledger": READ,
    "ledger/proof/<str:code>": READ,
    "ledger/verify": FORM,
    "figures": READ,
    "v/<slug:code>": READ,
    "how-reports-are-read": READ,
    "how-reports-are-read.json": READ,
}
"""Pages of residents: at the top of a city's own host and below its slug, with and without a
language."""

OTHERS = {
    "healthz": READ,
    "readyz": READ,
    "metrics": READ,
    "media/public/<path:path>": READ,
    "media/inside/<str:name>-<int:edge>.jpg": READ,
    "openapi.yaml": READ,
    "open311/v2/discovery.<form>": READ,
    "open311/v2/services.<form>": READ,
    "open311/v2/services/<code>.<form>": READ,
    "open311/v2/requests.<form>": REFUSED,
    "open311/v2/requests/<ids>.<form>": READ,
    "open311/v2/tokens/<token>.<form>": READ,
    "open311/v2/servicerequestupdates.<form>": REFUSED,
    "open311/v2/<path>.<form>": READ,
    "open311/v2/<path>": READ,
    "ledger/checkpoint": READ,
    "ledger/tile/<path:path>": READ,
    "ledger/vkey": READ,
    "ledger/policy": READ,
    "ledger/handover": READ,
    "ledger/index/<str:day>": READ,
    "ledger/stamps/<size>.<kind>": READ,
    "ledger/checkpoints.atom": READ,
    "ledger/verify.py": READ,
    "witness/add-checkpoint": REFUSED,
    "witness/vkey": READ,
    "witness/<digest>/checkpoint": READ,
    "channels/africastalking/<str:word>/": REFUSED,
    "channels/africastalking/<str:word>/ussd/<slug:city>/": REFUSED,
    "channels/africastalking/<str:word>/sms/<slug:city>/": REFUSED,
    "channels/africastalking/<str:word>/voice/<slug:city>/": REFUSED,
    "channels/twilio/voice/<slug:city>/": REFUSED,
    "channels/twilio/sms/<slug:city>/": REFUSED,
    "channels/twilio/<int:notice>/": REFUSED,
    "channels/bridge/<slug:city>": REFUSED,
    "channels/kakao/<str:word>/<slug:city>/": REFUSED,
    "channels/kannel/<str:word>/sms/<slug:city>/": REFUSED,
    "channels/kannel/<str:word>/report/<int:notice>/": REFUSED,
    "channels/telegram/<slug:city>/": REFUSED,
    "channels/voice/<str:name>": READ,
    "channels/voice/said/<str:secret>": READ,
    "channels/whatsapp/<slug:city>/": REFUSED,
    "channels/stop/<str:secret>/": SECRET,
    "outbox/": REFUSED,
}

MOUNTS = ("", "<language:language>/", "<city:city>/", "<city:city>/<language:language>/")

ADDRESSES = addresses()


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    lines = {f"desk/<slug:city>/{each}" for each in DESK} | {*AT_THE_DOOR, *OF_ONESELF, *OTHERS}
    lines |= {mount + each for mount in MOUNTS for each in RESIDENTS}
    admin = {each for each in ADDRESSES if each.startswith(ADMIN)}
    assert set(ADDRESSES) - lines - admin == set()
    assert lines - set(ADDRESSES) == set()


@dataclass
class Ground:
    """Two cities, the case that is asked for in the first, and what belongs to it."""

    book: Book
    other: Book
    case: Case
    report: Any
    batch: int
    recording: int
    photo: int
    filter: int
    view: int
    noted: int
    author: int

    def address(self, pattern: str, *, city: str = "small", secret: str = "wrong") -> str:
        """The address with all that belongs to the case put in."""
        fillings = {
            "<slug:city>": city, "<city:city>": city, "<language:language>": "en",
            "<slug:reference>": self.case.reference, "<str:reference>": self.case.reference,
            "<ids>": self.case.reference, "<int:report>": str(self.report.pk),
            "<slug:name>": "note", "<slug:kind>": "article", "<slug:code>": "-",
            "<slug:step>": "answer", "<slug:change>": "remove",
            "<int:pk>": "1", "<int:notice>": "1", "<provider_id>": "city",
            "<str:secret>": secret, "<str:token>": secret, "<str:word>": secret, "<token>": secret,
            "<int:seq>": "1", "<str:upload>": "0f0f0f0f-0000-4000-8000-000000000000",
            "<int:zoom>": "3", "<int:x>": "4", "<int:y>": "3", "<path:code>": "west",
            "<code>": "pothole", "<str:code>": "SML", "<str:day>": "2026-01-01",
            "<str:name>": "reports-2026.csv", "<path:path>": "00/" + "0" * 32 + "-1.jpg",
            "<path>": "nothing", "<form>": "json", "<size>": "1", "<kind>": "txt",
            "<digest>": "0" * 64, "<path:object_id>": str(self.case.pk),
            "<path:content_type_id>": "1", "<app_label>": "records", "<id>": "1",
            "<url>": "nothing", "<int:edge>": "480",
        }  # fmt: skip
        numbers = {"batch": self.batch, "recordings": self.recording, "filters": self.filter,
                   "photos": self.photo, "views": self.view}  # fmt: skip
        for name, filling in fillings.items():
            pattern = pattern.replace(name, filling)
        for name, number in numbers.items():
            pattern = pattern.replace(f"{name}/<int:number>", f"{name}/{number}")
        assert "<" not in pattern, pattern
        return f"/{pattern}"

    def form(self) -> dict[str, str]:
        """Fields of every form, each about the case."""
        return {
            "version": str(self.case.version), "from": "case", "text": TYPED, "words": TYPED,
            "text-en": TYPED, "step": "answer", "chosen": self.case.reference,
            "purpose": "call-back", "person": str(self.author), "seq": str(self.noted),
            "reference": self.case.reference, "case": self.case.reference, "key": "k" * 32,
            "outcome": "done", "name": "Mine", "q": "zebra", "service": "pothole", "do": "inform",
            "contact": "juma@resident.example", "code": "000000", "sure": "yes", "page": "work",
        }  # fmt: skip


@pytest.fixture(scope="module")
def ground(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """One for all tests here, for each of them takes back what it wrote."""
    folder = tmp_path_factory.mktemp("doors")
    set_up = override_settings(
        MEDIA_ROOT=folder / "media", NGOMA_DEMO=False, ALLOWED_HOSTS=["localhost", "small.example"]
    )
    around = transaction.atomic()
    around._from_testcase = True  # within it a durable transaction is one, as in every test
    with django_db_blocker.unblock(), set_up, around:
        cache.clear()
        books.forget()
        yield _ground(folder)
        transaction.set_rollback(True)
    books.forget()


def _ground(folder: Path) -> Ground:
    small = books.book_of(load(SMALL).pk)
    other = _another(folder / "other")
    told = Submission(
        book=small, words=WORDS, origin="test", key="1", service="pothole", lat=0.15, lon=32.05,
        channel="web", email="aisha@resident.example",
    )  # fmt: skip
    case = submit(told).case
    author = User.objects.create_user("author")
    Membership.objects.create(user=author, city_id=small.id, role=Role.COORDINATOR)
    noted = note(actor=staff(author), case_id=case.pk, text=NOTED)
    run_until_idle()
    searching.follow()
    Case.objects.filter(pk=case.pk).update(public=False)
    case.refresh_from_db()
    report = case.reports.get()
    at = case.opened_at
    batch = Batch.objects.create(
        city_id=small.id, user=author, step="answer", fields={}, cases=[case.pk], made_at=at,
        starts_at=at, texts={"en": NOTED},
    )  # fmt: skip
    recording = recordings.store(report, b"OggS and what is said")
    photo = photos.store(encoded(scene(), "JPEG"))
    Photo.objects.filter(pk=photo.pk).update(report=report)
    kept = SavedFilter.objects.create(user=author, city_id=small.id, name="x", query="q=x")
    view = SavedView.objects.create(user=author, city_id=small.id, page="board", query="", name="x")
    return Ground(
        small,
        other,
        case,
        report,
        batch.pk,
        recording.pk,
        photo.pk,
        kept.pk,
        view.pk,
        noted.version,
        author.pk,
    )


def _another(folder: Path) -> Book:
    """The same small city once more, under another name."""
    shutil.copytree(SMALL, folder)
    described = (folder / "city.toml").read_text(encoding="utf-8")
    for old, new in (('"small"', '"elsewhere"'), ("small.example", "else.example"), ("SML", "ELS")):
        described = described.replace(old, new)
    (folder / "city.toml").write_text(described, encoding="utf-8")
    return books.book_of(load(folder).pk)


@pytest.fixture
def at(ground: Ground) -> Callable[..., Client]:
    """The browser of somebody with a role: in a department of the case's city, or elsewhere."""

    clients: dict[tuple[str, str], Client] = {}

    def at(role: str, where: str) -> Client:
        if known := clients.get((role, where)):
            return known
        user = User.objects.create_user(f"{role}-{where}")
        city = ground.other if where == "elsewhere" else ground.book
        departments = {"own": ground.case.department_id,
                       "beside": ground.book.department_by_code["front"].id}  # fmt: skip
        Membership.objects.create(
            user=user, city_id=city.id, role=role, department_id=departments.get(where)
        )
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        return clients.setdefault((role, where), client)

    return at


def _stranger() -> Client:
    return Client(SERVER_NAME="localhost")


_WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
_OF_SESSIONS = {"django_session", "records_signin", "records_cache"}
"""Written by being there: when somebody was last seen, and how often something was tried."""


@contextmanager
def undone() -> Iterator[set[str]]:
    """What the block writes, by table; all of it is taken back afterwards."""
    tables: set[str] = set()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if match := _WRITE.match(sql):
            tables.add(match[1].lower())
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        yield tables
        transaction.set_rollback(True)
    tables -= _OF_SESSIONS


def _said(answer: HttpResponse) -> str:
    return b"".join(answer).decode("utf-8", "replace")


def _tells_nothing(answer: HttpResponse) -> bool:
    said = _said(answer)
    return not any(each in said for each in (WORDS, NOTED, "aisha@"))


def _refused(answer: HttpResponse) -> bool:
    to_login = answer.get("Location", "").startswith(("/desk/login/", "/admin/login/"))
    return answer.status_code in (403, 404, 405) or to_login


@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_what_its_verbs_say_and_of_its_department_alone(
    ground: Ground, at: Callable[..., Client], role: str
) -> None:
    for page, doors in DESK.items():
        address = ground.address(f"desk/<slug:city>/{page}")
        for method in ("get", "post"):
            door = doors.get(method)
            for where in ("own", "beside"):
                client = at(role, where)
                with undone() as written:
                    answer = getattr(client, method)(address, ground.form())
                about = (role, where, method, address, answer.status_code)
                let_in = door is not None and door.lets_in(role, own=where == "own")
                assert _refused(answer) is not let_in, about
                if not let_in:
                    assert written == set(), about
                    assert answer.status_code == (405 if door is None else answer.status_code)
                if not let_in or where == "beside":
                    assert _tells_nothing(answer), about
                    assert not written & {"records_event", "records_hold"} or "call" in page, about


@pytest.mark.parametrize("role", Role.values)
def test_a_role_in_the_whole_city_opens_what_its_verbs_say(
    ground: Ground, at: Callable[..., Client], role: str
) -> None:
    whole = {page: doors for page, doors in DESK.items()
             if any(each.where == "whole" for each in doors.values())}  # fmt: skip
    assert len(whole) >= 5
    client = at(role, "city")
    for page, doors in whole.items():
        for method, door in doors.items():
            with undone() as written:
                address = ground.address(f"desk/<slug:city>/{page}")
                answer = getattr(client, method)(address, ground.form())
            about = (role, method, address, answer.status_code)
            assert _refused(answer) is not door.lets_all_in(role), about
            assert door.lets_all_in(role) or not written, about


@pytest.mark.parametrize("role", [*Role.values, "superuser", "nobody"])
def test_of_another_city_nothing_is_seen_or_done(
    ground: Ground, at: Callable[..., Client], role: str
) -> None:
    if role == "superuser":
        client = _stranger()
        client.force_login(User.objects.create_superuser("root"))
    else:
        client = _stranger() if role == "nobody" else at(role, "elsewhere")
    for page in DESK:
        address = ground.address(f"desk/<slug:city>/{page}")
        for method in ("get", "post"):
            with undone() as written:
                answer = getattr(client, method)(address, ground.form())
            about = (role, method, address, answer.status_code)
            assert answer.status_code == (302 if role == "nobody" else 404), about
            assert answer.get("Location", "/desk/login/").startswith("/desk/login/"), about
            assert written == set(), about
            assert _tells_nothing(answer), about


def test_ids_of_another_city_open_nothing_at_ones_own_desk(
    ground: Ground, at: Callable[..., Client]
) -> None:
    """The mightiest role, at its own city's desk, with everything that belongs to the other."""
    client = at(Role.COORDINATOR, "elsewhere")
    for page, doors in DESK.items():
        address = ground.address(f"desk/<slug:city>/{page}", city="elsewhere")
        for method in doors:
            with undone() as written:
                answer = getattr(client, method)(address, ground.form())
            about = (method, address, answer.status_code)
            assert _tells_nothing(answer), about
            if re.search(r"<\w+:(reference|report|number)>", page) and "filters" not in page:
                assert answer.status_code == 404, about
                assert written == set(), about
            assert not written & {"records_hold", "records_personalread"}, about
    assert SavedFilter.objects.filter(pk=ground.filter).exists()


@pytest.mark.parametrize("role", [*Role.values, "nobody"])
def test_settings_open_to_superusers_alone(
    ground: Ground, at: Callable[..., Client], role: str
) -> None:
    client = _stranger() if role == "nobody" else at(role, "city")
    for pattern in (each for each in ADDRESSES if each.startswith(ADMIN)):
        if pattern in AT_THE_DOOR:
            continue
        for method in ("get", "post"):
            with undone() as written:
                answer = getattr(client, method)(ground.address(pattern), ground.form())
            about = (role, method, pattern, answer.status_code)
            assert _refused(answer), about
            assert written == set(), about
            assert _tells_nothing(answer), about


def test_settings_open_to_a_superuser(ground: Ground) -> None:
    """Else the test above would hold of addresses that open to nobody."""
    client = _stranger()
    client.force_login(User.objects.create_superuser("root"))
    lists = [each for each in ADDRESSES if re.fullmatch(r"admin/\w+/\w+/", each)]
    assert len(lists) > 10
    for each in lists:
        answer = client.get(ground.address(each))
        assert answer.status_code == 200, each
        assert _tells_nothing(answer), each


_INLINE = re.compile(
    r"""<script(?![^>]*\ssrc=)(?![^>]*\stype="(?:application|speculationrules))[^>]*>\s*\S
        |<style|\sstyle\s*=\s*["']|\son[a-z]+\s*=\s*["']|["']\s*javascript:""",
    re.VERBOSE | re.IGNORECASE,
)
"""What the policy would not let run or look as it should."""

NONCED = "ledger/verify"
"""Is saved and opened without us, so scripts and styles are in the page, each with the nonce."""


def test_no_page_needs_what_the_policy_forbids(ground: Ground) -> None:
    """Not even an attribute of style; to somebody who may open all of them."""
    user = User.objects.create_superuser("root")
    for role in Role.values:
        Membership.objects.create(user=user, city_id=ground.book.id, role=role)
    client = _stranger()
    client.force_login(user)
    pages = 0
    for pattern in ADDRESSES:
        with undone():
            answer = client.get(ground.address(pattern, secret=ground.report.secret))
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy, pattern
        assert policy.count("default-src 'self'") == 1, pattern
        assert "object-src 'none'" in policy, pattern
        assert answer["X-Content-Type-Options"] == "nosniff", pattern
        if not answer["Content-Type"].startswith("text/html"):
            continue
        pages += 1
        found = _INLINE.search(_said(answer))
        assert found is None or pattern.endswith(NONCED), (pattern, found)
    assert pages > 100


def test_before_one_is_signed_in_nothing_is_written(ground: Ground) -> None:
    for pattern, method in product((*AT_THE_DOOR, *OF_ONESELF), ("get", "post")):
        with undone() as written:
            answer = getattr(_stranger(), method)(ground.address(pattern), ground.form())
        about = (method, pattern, answer.status_code)
        assert written == set(), about
        assert answer.status_code < 500, about
        assert _tells_nothing(answer), about
        if pattern in OF_ONESELF:
            assert _refused(answer) or "/login/" in answer.get("Location", ""), about


_MAY_WRITE = {
    "report": set(),
    "report/suggest": set(),
    "report/hand-in": set(),
    "follow": {"records_contact", "records_job"},
    "follow/browser": set(),
    "mine": {"records_code", "records_job"},
    "ledger/verify": set(),
}
"""What a form writes that a stranger fills in with somebody else's address and case."""


@pytest.mark.parametrize("role", ["nobody", Role.COORDINATOR])
@pytest.mark.parametrize("mount", ["", "<city:city>/"])
def test_residents_pages_tell_nothing_private_and_change_no_case(
    ground: Ground, at: Callable[..., Client], mount: str, role: str
) -> None:
    """To staff of another city no more than to strangers."""
    client = _stranger() if role == "nobody" else at(role, "elsewhere")
    for pattern, kind in RESIDENTS.items():
        address = ground.address(mount + pattern)
        for method in ("get", "post"):
            with undone() as written:
                answer = getattr(client, method)(
                    address,
                    ground.form(),
                    SERVER_NAME="small.example" if not mount else "localhost",
                )
            about = (method, address, answer.status_code)
            assert answer.status_code < 500, about
            assert _tells_nothing(answer), about
            if method == "post" and kind == READ:
                assert answer.status_code == 405, about
            if kind == SECRET:
                refused = answer.status_code == 404 or pattern.startswith("mine/")
                assert refused or answer.status_code == 405, about
            allowed = _MAY_WRITE.get(pattern, set()) if method == "post" else set()
            assert written <= allowed, (about, written)
        assert kind != FORM or pattern in _MAY_WRITE, pattern


def test_programs_that_do_not_show_who_they_are_change_nothing(ground: Ground) -> None:
    for (pattern, kind), method in product(OTHERS.items(), ("get", "post")):
        with undone() as written:
            answer = getattr(_stranger(), method)(ground.address(pattern), ground.form())
        about = (method, pattern, answer.status_code)
        assert answer.status_code < 500, about
        assert _tells_nothing(answer), about
        assert written == set(), about
        if kind == REFUSED and (method == "post" or pattern.startswith(("channels/", "outbox"))):
            assert answer.status_code in (403, 404, 405), about
        if kind == SECRET:
            assert answer.status_code == 404, about
        if kind == READ and method == "post":
            assert answer.status_code in (404, 405), about


def test_the_right_secret_opens_what_a_wrong_one_does_not(ground: Ground) -> None:
    """Else the tests above would hold of pages that open to nobody."""
    for pattern in ("r/<str:reference>/<str:secret>", "channels/stop/<str:secret>/"):
        mount = "" if pattern.startswith("channels") else "<city:city>/"
        address = ground.address(mount + pattern, secret=ground.report.secret)
        assert _stranger().get(address).status_code == 200, pattern
