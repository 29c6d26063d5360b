"""A small city with every kind of service, a program with a key, and a real server to call."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from PIL import Image

if TYPE_CHECKING:
    from django.test import Client

PACK = Path(__file__).parent / "pack"
KEY = "demo-key"
INSIDE = {"lat": "0.15", "long": "32.05"}


def picture(color: str = "red", form: str = "JPEG") -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(out, form)
    return out.getvalue()


@dataclass
class Door:
    """The interface, spoken to as a client would."""

    client: "Client"

    def get(self, path: str, status: int = 200, /, **arguments: Any) -> Any:
        """The parsed JSON of an address such as `services`."""
        answer = self.client.get(f"/open311/v2/{path}.json", arguments)
        assert answer.status_code == status, answer.content
        return answer.json()

    def xml(self, path: str, status: int = 200, /, **arguments: Any) -> ElementTree.Element:
        """The parsed XML of an address."""
        answer = self.client.get(f"/open311/v2/{path}.xml", arguments)
        assert answer.status_code == status, answer.content
        return ElementTree.fromstring(answer.content)

    def post(self, path: str = "requests", status: int = 200, /, **fields: Any) -> Any:
        """The parsed JSON that answers a form."""
        fields = {"api_key": KEY} | fields
        answer = self.client.post(f"/open311/v2/{path}.json", fields)
        assert answer.status_code == status, answer.content
        return answer.json()

    def report(self, words: str = "A deep hole", /, **fields: Any) -> str:
        """The id of a new request."""
        given = {"service_code": "pothole", "description": words} | INSIDE | fields
        return str(self.post("requests", 200, **given)[0]["service_request_id"])


@pytest.fixture
def city(database: None) -> Iterator[Any]:
    """The only city there is, with the key `demo-key`, which may send updates."""
    yield from _city()


def _city() -> Iterator[Any]:
    from ngoma.cities import book
    from ngoma.cities.load import load
    from ngoma.people import apikeys

    book.forget()
    loaded = load(PACK)
    apikeys.create(loaded.pk, name="a client", key=KEY, updates=True)
    yield loaded
    book.forget()


@pytest.fixture
def door(city: Any, client: "Client") -> Door:
    """The interface of the city."""
    return Door(client)


@pytest.fixture
def served(transactional_db: None, live_server: Any) -> Iterator[str]:
    """The address of the interface on a real server, the city loaded."""
    for _ in _city():
        yield f"{live_server.url}/open311/v2/"


@pytest.fixture
def verbs(city: Any) -> Callable[..., Any]:
    """Does a verb of casework to the case of a request, as the system's coordinator would."""
    from ngoma.people.permissions import Actor, Grant
    from ngoma.records.models import Report, Role

    actor = Actor("staff", grants=frozenset({Grant(city.pk, Role.COORDINATOR)}))

    def do(verb: Callable[..., Any], reference: str, **more: Any) -> Any:
        report = Report.objects.get(reference=reference)
        return verb(actor=actor, case_id=report.case_id, **more)

    return do


@pytest.fixture(autouse=True)
def _count_anew() -> None:
    """Ids come again after a test is undone, so what was counted by them must not stay."""
    from ngoma.records.queries import requests

    requests._count.cache_clear()
