"""The description for programs says what is there, and what is there answers as it says."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import yaml
from bench.addresses import addresses
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ngoma.people import apikeys
from ngoma.public.programs import OPENAPI

DESCRIBED = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
OPERATIONS = [each.ok() for each in SCHEMA.get_all_operations()]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

FOR_PEOPLE = {
    *("", "report", "offline", "find", "card.jpg", "follow", "mine", "map", "list", "embed"),
    *("places", "your-data", "data", "ledger", "ledger/verify", "how-reports-are-read"),
    *("r/{reference}", "r/{reference}/card.jpg", "r/{reference}/{secret}", "mine/{token}"),
    *("r/{reference}/{secret}/receipt", "follow/{secret}", "list/part", "list/{reference}"),
    *("places/{code}", "places/{code}/card.jpg", "manifest.json", "worker.js", "v/{code}"),
    *("simple", "simple/{token}"),
}
"""Pages below a city's name, with what belongs to them."""

FOR_OTHERS = re.compile(
    r"/(?:admin|desk|channels(?!/bridge)|outbox|media/(?:public|inside))/|/open311/v2/\{path\}(?:\.\{form\})?$|/$"
)
"""Addresses of staff and of single services of messages, and of photos, which others name."""


@schemathesis.serializer("application/partial-upload")
def _as_it_is(_context: Any, value: Any) -> bytes:
    return bytes(getattr(value, "data", b"part"))


def _written(pattern: str) -> str:
    """An address of the URL map as OpenAPI writes it."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern)


def test_every_address_for_programs_is_described_and_every_one_described_is_there() -> None:
    found = {_written(each) for each in addresses()}
    of_city = {
        each.removeprefix("/{city}/") for each in found if re.match(r"/\{city\}/(?!\{lan)", each)
    }
    elsewhere = {f"/{each}" for each in of_city} | {
        each for each in found if each.startswith(("/{l", "/{city}"))
    }
    expected = {f"/{{city}}/{each}" for each in of_city - FOR_PEOPLE}
    expected |= {each for each in found - elsewhere if not FOR_OTHERS.match(each)}
    described = set(DESCRIBED["paths"])
    assert expected - described == set(), "describe it, or say that it is for people"
    assert described - expected == set(), "there is no such address any more"
    assert FOR_PEOPLE - of_city == set()


def test_it_is_served_as_it_lies(reader: Client) -> None:
    answer = reader.get("/openapi.yaml")
    assert answer.content == OPENAPI.read_bytes()
    assert answer["Content-Type"] == "application/yaml"
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_other_methods_than_described_are_refused(reader: Client) -> None:
    for path, item in DESCRIBED["paths"].items():
        address = re.sub(r"\{city\}", "small", path)
        address = re.sub(r"\{(zoom|x|y|seq|size)\}", "1", address)
        address = address.replace("{form}", "json").replace("{kind}", "txt")
        address = address.replace("{digest}", "0" * 64)
        address = re.sub(r"\{\w+\}", "0f0f0f0f-0000-4000-8000-000000000000", address)
        for method in ("get", "post", "put", "delete"):
            status = getattr(reader, method)(address).status_code
            of_others = path.startswith("/open311/v2/") and status == 404
            assert (status == 405) is (method not in item) or of_others, (method, path, status)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The test's own, which the application would close behind each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(tell: Any, settings: Any, town: Any) -> dict[str, list[str]]:
    settings.NGOMA_FLOOD_LIMIT = 0
    apikeys.create(town.id, name="a client", key="demo-key", updates=True)
    told = tell().report
    references = ("reference", "ids", "service_request_id", "case")
    return {name: [told.reference] for name in references} | {
        "city": ["small"], "jurisdiction_id": ["small"], "code": ["pothole"], "place": ["west"],
        "service_code": ["pothole"], "secret": [told.secret], "api_key": ["demo-key"],
        "zoom": [0, 3, 12], "x": [0, 4], "y": [0, 3],
    }  # fmt: skip


@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)
def test_what_is_there_answers_as_described(operation: Any, known: dict[str, list[str]]) -> None:
    load_all_checks()

    @settings(
        max_examples=12, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), draw=st.randoms(use_true_random=False))
    def ask(case: Any, draw: Any) -> None:
        for part in (case.path_parameters, case.query, case.body):
            for name in set(part) & set(known) if isinstance(part, dict) else ():
                if draw.random() < 0.8:
                    part[name] = draw.choice(known[name])
        plain = {"Accept-Encoding": "identity"}
        case.call_and_validate(
            app=WSGIHandler(), base_url="http://localhost", headers=plain, checks=CHECKS
        )

    ask()
