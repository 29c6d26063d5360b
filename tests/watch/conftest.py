"""A small city in which something happened, and how metrics are read."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from ngoma.cities.book import Book
from ngoma.intake.submission import Submission
from ngoma.intake.submit import Receipt, submit
from ngoma.watch import metrics

Scrape = Callable[..., dict[str, float]]
_SAMPLE = re.compile(r"(?m)^(\w+(?:\{[^}]*\})?) (\S+)$")


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    metrics.forget()
    yield
    metrics.forget()


@pytest.fixture
def scrape() -> Scrape:
    """Asks for the metrics anew; they come by name and labels."""

    def scrape(**headers: Any) -> dict[str, float]:
        metrics.forget()
        answer = Client().get("/metrics", **headers)
        assert answer.status_code == 200, answer.content
        return {name: float(value) for name, value in _SAMPLE.findall(answer.content.decode())}

    return scrape


@pytest.fixture
def tell(town: Book) -> Callable[..., Receipt]:
    """Hands a report in."""
    count = 0

    def tell(**said: Any) -> Receipt:
        nonlocal count
        count += 1
        defaults = {"words": "A deep hole", "service": "pothole", "lat": 0.15, "lon": 32.05}
        told = {"book": town, "origin": "test", "key": str(count), "channel": "web"}
        return submit(Submission(**told | defaults | said))

    return tell
