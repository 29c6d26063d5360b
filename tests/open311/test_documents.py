"""Every document, byte for byte: XML as the specification draws it, JSON as Spark makes of it.

The expected ones are in `golden/`, with ID and TOKEN for what differs from run to run.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ngoma.base.clock import frozen
from ngoma.casework import deciding, working
from ngoma.open311 import spark
from tests.open311.conftest import INSIDE, KEY, Door

GOLDEN = Path(__file__).parent / "golden"
MONDAY = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}


def same(content: bytes, name: str, **ids: str) -> None:
    """Compare with a golden file."""
    text = content.decode()
    for word, found in ids.items():
        text = text.replace(found, word)
    assert text + "\n" == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.fixture
def reference(door: Door, verbs: Callable[..., Any]) -> str:
    """A request with answers, accepted and solved."""
    with frozen(MONDAY):
        reference = door.report(
            'The light <by the "market"> & the well is out',
            service_code="light",
            address_string="Kasubi, by the well",
            **{"attribute[depth]": "knee", "attribute[seen][]": ["day", "night"]},
            **{"attribute[pole]": "K-17"},
        )
    with frozen(MONDAY.replace(hour=7)):
        verbs(deciding.accept, reference, text="We come tomorrow.")
    with frozen(MONDAY.replace(day=3)):
        verbs(working.resolve, reference, text="New lamp.")
    return reference


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("path", ["discovery", "services", "services/light"])
def test_what_is_offered(door: Door, path: str, form: str) -> None:
    answer = door.client.get(f"/open311/v2/{path}.{form}")
    assert (answer.status_code, answer["Content-Type"]) == (200, TYPES[form])
    same(answer.content, f"{path.replace('/', '-')}.{form}")


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("more", ["", "-extended"])
def test_requests(door: Door, reference: str, form: str, more: str) -> None:
    arguments = {"extensions": "true"} if more else {}
    with frozen(MONDAY.replace(day=4)):
        one = door.client.get(f"/open311/v2/requests/{reference}.{form}", arguments)
        many = door.client.get(f"/open311/v2/requests.{form}", arguments)
    same(one.content, f"requests{more}.{form}", ID=reference)
    assert many.content == one.content
    assert one["Content-Type"] == TYPES[form]


@pytest.mark.parametrize("form", ["xml", "json"])
def test_new_requests(door: Door, form: str) -> None:
    from ngoma.records.models import Report

    fields = {"api_key": KEY, "description": "Hm", **INSIDE}
    answer = door.client.post(f"/open311/v2/requests.{form}", fields | {"service_code": "pothole"})
    assert (answer.status_code, answer["Content-Type"]) == (200, TYPES[form])
    same(answer.content, f"created.{form}", ID=Report.objects.get().reference)
    answer = door.client.post(f"/open311/v2/requests.{form}", fields | {"service_code": "survey"})
    later = Report.objects.latest("pk")
    assert later.token
    same(answer.content, f"token-given.{form}", TOKEN=later.token)
    answer = door.client.get(f"/open311/v2/tokens/{later.token}.{form}")
    same(answer.content, f"token.{form}", TOKEN=later.token, ID=later.reference)


@pytest.mark.parametrize("form", ["xml", "json"])
def test_updates(door: Door, reference: str, form: str) -> None:
    with frozen(MONDAY.replace(day=4)):
        answer = door.client.get(f"/open311/v2/servicerequestupdates.{form}", {"api_key": KEY})
    same(answer.content, f"updates.{form}", ID=reference)


@pytest.mark.parametrize("form", ["xml", "json"])
def test_errors(door: Door, form: str) -> None:
    answer = door.client.get(f"/open311/v2/requests.{form}?status=broken&start_date=soon")
    assert (answer.status_code, answer["Content-Type"]) == (400, TYPES[form])
    same(answer.content, f"errors.{form}")


def test_xml_holds_no_character_that_it_forbids() -> None:
    text = "a\x00b\x08c\ufffed\ue000\U0001f6b0\ttab"
    document = spark.xml("errors", [{"code": 1, "description": text}])
    (found,) = ElementTree.fromstring(document).iter("description")
    assert found.text == "abcd\ue000\U0001f6b0\ttab"
