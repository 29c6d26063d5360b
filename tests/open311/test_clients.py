"""Clients that others wrote, unmodified, against a real server."""

import builtins
import itertools
import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from ngoma.base.clock import now
from tests.intake.pictures import made_public
from tests.open311.conftest import KEY, picture

NODE = Path(__file__).parent / "node"
WHERE = {"lat": 0.15, "long": 32.05}
BOSTON = (
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime",
    "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url",
)  # fmt: skip

pytestmark = pytest.mark.server


class _Element(ElementTree.Element):
    """An element as Python 2 had it."""

    def getchildren(self) -> list[ElementTree.Element]:
        return list(self)


class _Etree:
    """What of ElementTree the XML reader of `three` calls."""

    @staticmethod
    def fromstring(text: bytes) -> ElementTree.Element:
        builder = ElementTree.TreeBuilder(element_factory=_Element)
        return ElementTree.fromstring(text, ElementTree.XMLParser(target=builder))


class _Dict(dict[str, Any]):
    """A dictionary whose keys can be counted off, as in Python 2."""

    def keys(self) -> Any:
        return list(super().keys())


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`three` was written for Python 2: the names that it misses since are lent to it."""
    monkeypatch.setattr(itertools, "ifilter", builtins.filter, raising=False)
    import relaxml.converter
    import three
    import three.core

    monkeypatch.setattr(relaxml.converter, "etree", _Etree)
    monkeypatch.setattr(three.core, "xml", lambda text: _Dict(relaxml.xml(text)))
    return three


@pytest.mark.parametrize("form", ["json", "xml"])
def test_three(served: str, three: Any, form: str, tmp_path: Path) -> None:
    client = three.Three(served, api_key=KEY, format=form, jurisdiction="tryout")

    def unwrapped(data: Any, name: str) -> Any:
        return data[name] if form == "xml" else data

    assert client.discovery()["changeset"]
    assert len(unwrapped(client.services(), "service")) == 5
    assert client.services("light")["service_code"] == "light"
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture())
    with photo.open("rb") as media:
        created = client.post(
            "pothole", address="Kasubi", name="Ana Nakato", email="ana@example.org",
            description="A hole", media=media, **WHERE,
        )  # fmt: skip
    request = unwrapped(created, "request")
    reference = (request if form == "xml" else request[0])["service_request_id"]
    made_public()
    told = unwrapped(client.request(reference), "request")
    told = told if form == "xml" else told[0]
    assert told["description"] == "A hole"
    assert httpx.get(told["media_url"]).status_code in (200, 404)  # files are served elsewhere
    day = now().strftime("%m-%d-%Y")
    tomorrow = (now() + timedelta(days=1)).strftime("%m-%d-%Y")
    found = unwrapped(client.requests("pothole", between=[day, tomorrow], count=5), "request")
    assert (found if form == "xml" else found[0])["service_request_id"] == reference
    token = unwrapped(client.post("survey", description="Later", **WHERE), "request")
    token = (token if form == "xml" else token[0])["token"]
    later = unwrapped(client.token(token), "request")
    assert (later if form == "xml" else later[0])["service_request_id"]
    refused = client.post("pothole")
    assert unwrapped(refused, "error")


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport(served: str, form: str) -> None:
    from georeport import GeoReport

    client = GeoReport(served, jurisdiction="tryout", output_format=form)
    reference = _report(served)
    _report(served, description="Another")
    assert client.get_service_list()[0]["service_code"] == "pothole"
    attributes = client.get_service_definition("light")["attributes"]
    assert len(attributes if form == "json" else attributes["attribute"]) == 7
    assert len(client.get_service_requests(status="open", service_code="pothole")) == 2
    assert client.get_service_request(reference)["description"] == "A hole"
    with pytest.raises(Exception, match="404"):
        client.get_service_request("none")


def test_civicbot(served: str) -> None:
    from civicbot import Endpoint, HttpError, HttpTransport, Open311Client, ValidationError
    from civicbot.http import RateLimiter

    endpoint = Endpoint("tryout", "Tryout", served, write=True)
    transport = HttpTransport(rate_limiter=RateLimiter(min_interval=0))
    client = Open311Client(endpoint, transport, jurisdiction_id="tryout")
    sent = client.create_request(
        "light", lat=0.15, lng=32.05, description="Out", api_key=KEY, validate_remote=True,
        attributes={"depth": "knee", "seen": ["day", "night"]}, dry_run=False, confirm="SEND",
    )  # fmt: skip
    reference = sent.response[0]["service_request_id"]
    told = client.get_request(reference)
    assert told is not None
    assert told["service_code"] == "light"
    assert len(client.list_requests(page_size=1, status="open")) == 1
    assert client.list_requests(service_request_ids=[reference])[0] == told
    with pytest.raises(ValidationError):
        client.create_request("light", lat=0.15, lng=32.05, validate_remote=True)
    with pytest.raises(HttpError) as refused:
        client.get_request("none")
    assert refused.value.status == 404


@pytest.mark.parametrize("form", ["json", "xml"])
def test_open311_of_npm(served: str, form: str) -> None:
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "open311").is_dir():
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"the npm client is not installed: run `npm ci` in {NODE.name}/")
    ran = subprocess.run(
        [node, "client.js", served, form, KEY], cwd=NODE, capture_output=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode()
    found = json.loads(ran.stdout)
    assert found["endpoint"] == served
    assert [each["service_code"] for each in found["services"]][:2] == ["pothole", "light"]
    assert len(found["definition"]["attributes"]) == 7
    reference = found["created"][0]["service_request_id"]
    assert found["refused"]["error"] == 404
    assert [each["description"] for each in found["one"]] == [f'A light & "more" {form}']
    assert found["one"][0]["service_request_id"] == reference
    assert len(found["both"]) == len(found["open"]) == 2
    assert found["found"][0]["token"] == found["token"]
    assert found["unknown"]["error"] is True


def test_what_boston_and_chicago_ask_for(served: str) -> None:
    reference = _report(served)
    assert all(each["group"] for each in httpx.get(f"{served}services.json").json())
    (told,) = httpx.get(f"{served}requests/{reference}.json").json()
    assert set(BOSTON) <= told.keys()
    since = {"updated_after": "2020-11-22 01:13:23.218495-06:00", "page": 1, "page_size": 200}
    more = {"extensions": "true"}
    (told,) = httpx.get(f"{served}requests.json", params=since | more).json()
    assert told["service_request_id"] == reference


def _report(served: str, **fields: Any) -> str:
    form = {"api_key": KEY, "service_code": "pothole", "description": "A hole"} | WHERE | fields
    answer = httpx.post(f"{served}requests.json", data=form)
    return str(answer.json()[0]["service_request_id"])
