"""Editing a city's articles and reply templates; every process reads the city anew after it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from ngoma.base.clock import now
from ngoma.cities.book import Book, forget
from ngoma.records.models import City, User, Wording, WordingEdit

FIELDS = frozenset({"reference", "service", "place", "department", "date", "due"})
"""What a reply template may have in braces."""


def of_pack(book: Book, kind: str, code: str) -> Mapping[str, Any] | None:
    """What the pack says, whatever was edited since."""
    entries: Sequence[Mapping[str, Any]] = book.packed[f"{kind}s"]
    return next((each for each in entries if each["code"] == code), None)


def edit(book: Book, user: User, kind: str, data: Mapping[str, Any]) -> Wording:
    """Have these words stand from now on; `data` is as a pack has it, with its code."""
    with transaction.atomic():
        wording, _ = Wording.objects.update_or_create(
            city_id=book.id,
            kind=kind,
            code=data["code"],
            defaults={"data": dict(data), "retired": False},
        )
        _note(wording, user, dict(data))
    return wording


def retire(book: Book, user: User, kind: str, code: str) -> None:
    """Have the words of the pack stand again; what the pack does not have is there no more."""
    with transaction.atomic():
        wording = Wording.objects.filter(city=book.id, kind=kind, code=code).first()
        if wording is not None and not wording.retired:
            wording.retired = True
            wording.save(update_fields=["retired"])
            _note(wording, user, None)


def _note(wording: Wording, user: User, data: dict[str, Any] | None) -> None:
    WordingEdit.objects.create(wording=wording, user=user, at=now(), data=data)
    City.objects.filter(pk=wording.city_id).update(version=F("version") + 1)
    transaction.on_commit(forget)
