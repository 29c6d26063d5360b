"""Hostile requests to every address, in this process: nothing breaks, on both databases.

`./ngoma bench fuzz` sends a hundred thousand of them to a real server.
"""

from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from bench.fuzz import EXPECTED, known_to
from bench.hostile import Known, Request, names, request
from django.test import Client
from django.test.client import FakePayload

from bench import staff
from ngoma.cities.book import Book
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit

REQUESTS = 3000
FIRST = 10_000_000
"""Other numbers than the bench begins with, so that the two are not the same."""


@pytest.fixture
def known(town: Book, settings: Any, tmp_path: Path) -> Known:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.NGOMA_FLOOD_LIMIT = 0
    for name, value in EXPECTED.items():
        setattr(settings, name, value)
    staff.hire(town.id)
    for number in range(3):
        submit(
            Submission(
                book=town, words="A deep hole", service="pothole", lat=0.15, lon=32.05,
                channel="web", origin="test", key=str(number), email="aisha@resident.example",
            )
        )  # fmt: skip
    return known_to(town)


def test_nothing_breaks(known: Known) -> None:
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    sent = (request(number, known) for number in range(FIRST, FIRST * 2))
    asked = islice((each for each in sent if not each.broken), REQUESTS)
    broke = []
    statuses = set()
    for number, each in enumerate(asked):
        status = _answer(client, each)
        statuses.add(status)
        if status >= 500:
            broke.append((FIRST + number, status, str(each)))
    assert broke == []
    # Else all of them would have been turned away at the door.
    assert {200, 201, 204, 302, 400, 403, 404, 405, 409, 413, 415, 422} - statuses <= {
        201,
        409,
        413,
    }


def _answer(client: Client, sent: Request) -> int:
    """The status that the whole of the application answers with."""
    path, _, query = sent.target.partition("?")
    environment = {
        "REQUEST_METHOD": sent.method,
        "PATH_INFO": _decoded(path),
        "QUERY_STRING": query,
        "wsgi.input": FakePayload(sent.body),
        "CONTENT_LENGTH": str(len(sent.body)),
        "wsgi.url_scheme": "http",
    }
    for name, value in sent.headers:
        key = name.upper().replace("-", "_")
        plain = value.encode("latin-1", "replace").decode("latin-1")
        environment[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = plain
    answer = client.request(**environment)
    if answer.streaming:
        b"".join(answer)
    return int(answer.status_code)


def _decoded(path: str) -> str:
    return unquote_to_bytes(path).decode("latin-1")


@pytest.mark.once
def test_what_the_doors_look_for_is_found_in_their_source() -> None:
    assert {"words", "contact", "api_key", "after", "csv", "draft"} <= set(names())
    assert len(names()) > 80


@pytest.mark.once
def test_a_number_draws_the_same_request_each_time() -> None:
    known = Known({"city": ("small",)})
    assert [str(request(n, known)) for n in range(50)] == [
        str(request(n, known)) for n in range(50)
    ]
    assert len({request(n, known).target for n in range(50)}) > 40
