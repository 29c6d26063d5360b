"""Reports that say something, and a search behind the jobs; staff and cases are casework's own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from ngoma.cities.book import Book
from ngoma.records.models import Case, Report
from ngoma.records.queries.search import search
from ngoma.records.sql import search as index
from tests.casework.conftest import coordinator, employ, report
from tests.insight.following import catch_up

__all__ = ["coordinator", "employ", "report"]


@pytest.fixture
def empty_index(transactional_db: None) -> Iterator[None]:
    """The index is no model: nothing else empties it."""
    yield
    index.drop()
    index.create()


@pytest.fixture
def tell(report: Callable[..., Report], empty_index: None) -> Callable[..., Report]:
    """Makes a report that says something, perhaps in a given case; `fields` are its columns."""

    def tell(words: str, case: Case | None = None, **fields: Any) -> Report:
        service = fields.pop("service", "pothole")
        fields = {"words": words, "public_words": words} | fields
        with transaction.atomic():
            told = report(case, service=service)
            Report.objects.filter(pk=told.pk).update(**fields)
        return told

    return tell


@pytest.fixture
def finds(town: Book, empty_index: None) -> Callable[..., list[int]]:
    """Lets the reader come up, then searches: ids of the cases that are found."""

    def finds(text: str, *, public: bool = False) -> list[int]:
        catch_up()
        return [found.id for found in search(town.id, text, public=public)]

    return finds
