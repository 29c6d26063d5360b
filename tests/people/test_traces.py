"""Where the trace of a person ends: after a whole life of a case only the vault has it."""

import io
import logging
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.apps import apps
from django.db import connection
from django.test import Client

from ngoma.casework import deciding, merging, rating, talking, working
from ngoma.cities.book import Book
from ngoma.intake.submission import Refused
from ngoma.intake.submit import Receipt, submit
from ngoma.notices import following, push
from ngoma.people.permissions import resident, staff
from ngoma.people.vault import Address
from ngoma.records.models import Case, Job, Membership, User
from ngoma.settings import logs
from ngoma.work import worker
from tests.intake import told
from tests.intake.pictures import MAKER, as_taken

pytestmark = pytest.mark.django_db

SEEDS = ("772123456", "772 123", "nakato", "Wasswa", "203.0.113.77", "push.invalid")
"""Parts of a phone number, an e-mail address, a name, an IP and where a browser takes messages, of
which no trace may be left."""

PHONE, MAIL, NAME = "+256 772 123456", "Nakato@Example.org", "Ann Wasswa"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that the product logs at its most talkative, as an administrator would read it."""
    configured = logs.logging("DEBUG", as_json=False)
    factory = configured["formatters"]["ngoma"]
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=factory["foreign_pre_chain"], processors=factory["processors"]
        )
    )
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel("DEBUG")
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


def everything_stored() -> Iterator[tuple[str, str]]:
    """Every value of every column of every table as text, but for the photographs' pixels."""
    for model in apps.get_models(include_auto_created=True):
        columns = [field.column for field in model._meta.concrete_fields]
        with connection.cursor() as cursor:
            quoted = ", ".join(map(connection.ops.quote_name, columns))
            cursor.execute(f"SELECT {quoted} FROM {model._meta.db_table}")
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, (bytes, memoryview)):
                        value = bytes(value).decode("latin-1")
                    yield f"{model._meta.db_table}.{column}", str(value)


def live(town: Book) -> None:
    """A whole life, with everything that can happen to a report and its reporter."""
    user = User.objects.create_user("olivia")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    officer = staff(user)
    reports = [_report(town, **who) for who in ({"phone": PHONE}, {"email": MAIL}, {"email": MAIL})]
    worker.run_until_idle()
    first, second, third = (receipt.case.pk for receipt in reports)
    _follow(town, reports[2].case)
    deciding.accept(actor=officer, case_id=first, text="We come.")
    talking.ask(actor=officer, case_id=first, text="Which side?")
    talking.inform(actor=resident(reports[0].report), case_id=first, text="Left.")
    working.start(actor=officer, case_id=first)
    merging.merge(actor=officer, case_id=second, into=first)
    working.resolve(actor=officer, case_id=first, text="Filled.")
    rating.rate(actor=resident(reports[0].report), case_id=first, score=2)
    working.reopen(actor=resident(reports[0].report), case_id=first)
    deciding.reject(actor=officer, case_id=third, reason="private")
    worker.run_until_idle()


def _follow(town: Book, case: Case) -> None:
    """By a browser whose push service cannot be reached, and by mail."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = (urlsafe_b64encode(each).rstrip(b"=").decode() for each in (raw, b"a" * 16))
    browser = push.Subscription("https://push.invalid/x", *keys)
    stranger = Address("email", f"f{MAIL.casefold()}")
    following.ask_code(town.id, stranger, "en")
    for address in (Address("push", push.packed(browser)), stranger):
        following.follow(town.id, address, language="en", case=case)


def _report(town: Book, **who: str) -> Receipt:
    return submit(told(town, name=NAME, service="pothole", photos=(as_taken("JPEG", 6),), **who))


def _visit(client: Client, receipt: Receipt) -> None:
    """Read pages as a resident does, by an address that is nobody's business."""
    by = {"REMOTE_ADDR": "203.0.113.77", "HTTP_X_FORWARDED_FOR": "203.0.113.77"}
    for page in ("/small/", f"/small/{receipt.report.reference}/", "/nothing/here/"):
        client.get(page, **by)
    client.post("/desk/login/", {"username": "nakato", "password": "Wasswa"}, **by)


def _refusals(town: Book) -> None:
    for bad in ({"email": "nakato@@Wasswa"}, {"phone": "772123456789123456"}):
        with pytest.raises(Refused) as refused:
            submit(told(town, **bad))
        assert not any(seed.casefold() in str(refused.value).casefold() for seed in SEEDS)


def test_no_table_and_no_log_line_names_the_reporter(
    town: Book, log: io.StringIO, settings: Any, client: Client
) -> None:
    settings.NGOMA_SMTP_URL = settings.NGOMA_SMS = ""
    live(town)
    _refusals(town)
    _visit(client, submit(told(town, name=NAME, phone=PHONE)))
    worker.run_until_idle()
    logging.getLogger("probe").debug("the log is listened to")
    assert "listened to" in log.getvalue()
    assert Case.objects.count() == 4
    assert set(Case.objects.values_list("state", flat=True)) >= {"rejected"}
    assert not Job.objects.exclude(error="").exists()
    for where, value in everything_stored():
        for seed in SEEDS:
            assert seed.casefold() not in value.casefold(), where
    for seed in SEEDS:
        assert seed.casefold() not in log.getvalue().casefold()


def test_a_failure_on_the_way_to_a_reporter_leaves_no_trace(
    town: Book, log: io.StringIO, settings: Any
) -> None:
    """A mail server that cannot be reached: the error may quote the address."""
    settings.NGOMA_SMTP_URL = "smtp://127.0.0.1:1"
    _report(town, email=MAIL)
    worker.run_until_idle()
    assert Job.objects.filter(kind="notices.send").exists()
    for where, value in everything_stored():
        assert "nakato" not in value.casefold(), where
    assert "nakato" not in log.getvalue().casefold()


def test_what_a_camera_knows_of_its_owner_stays_in_the_original(town: Book) -> None:
    live(town)
    for where, value in everything_stored():
        assert MAKER not in value, where
