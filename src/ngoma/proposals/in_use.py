"""The models that read a city's reports now, if it has learned some that were good enough."""

from functools import lru_cache
from time import monotonic

import structlog
from django.db.models import QuerySet

from ngoma.records.models import Learned
from ngoma.triage import sameness
from ngoma.triage.learned import Model, from_bytes

LOOK_AGAIN = 5.0
"""Seconds until another process' promotion or rollback is noticed."""

log = structlog.get_logger(__name__)

_seen: dict[tuple[int, str], tuple[float, int | None]] = {}


def model_of(city_id: int, task: str = Learned.Task.SERVICE) -> Model | None:
    """The city's model in use for a task; None where words of the pack alone speak."""
    number = _number(city_id, task)
    return _loaded(number) if number is not None else None


def weights_of(city_id: int) -> sameness.Weights:
    """How much each ground counts for two reports being of one problem."""
    number = _number(city_id, Learned.Task.SAME)
    return _weights(number) if number is not None else sameness.BY_HAND


def _number(city_id: int, task: str) -> int | None:
    """The same as `number_in_use`, asked once in a while."""
    at, number = _seen.get((city_id, task), (-LOOK_AGAIN, None))
    if monotonic() - at >= LOOK_AGAIN:
        number = number_in_use(city_id, task)
        _seen[city_id, task] = (monotonic(), number)
    return number


def number_in_use(city_id: int, task: str = Learned.Task.SERVICE) -> int | None:
    """The id of the training whose model is in use."""
    return _used(city_id, task).values_list("pk", flat=True).first()


def training_in_use(city_id: int, task: str = Learned.Task.SERVICE) -> Learned | None:
    """The training whose model is in use, without the model itself."""
    return _used(city_id, task).defer("data").first()


def trainings(city_id: int, limit: int) -> list[Learned]:
    """The newest trainings of a city, without their models."""
    newest = Learned.objects.defer("data").filter(city=city_id).order_by("-started_at", "-pk")
    return list(newest[:limit])


def look_again() -> None:
    """Notice at once what this process has changed."""
    _seen.clear()
    _loaded.cache_clear()
    _weights.cache_clear()


def _used(city_id: int, task: str) -> "QuerySet[Learned]":
    of_task = Learned.objects.filter(city=city_id, task=task)
    return of_task.filter(used_at__isnull=False, withdrawn_at=None).order_by("-used_at")


@lru_cache(maxsize=16)
def _loaded(number: int) -> Model | None:
    """The model; None where an older version wrote it. Then keywords read until the next night."""
    data = Learned.objects.values_list("data", flat=True).get(pk=number)
    try:
        return from_bytes(bytes(data or b""))
    except ValueError as error:
        log.warning("model not readable", model=number, error=str(error))
        return None


@lru_cache(maxsize=16)
def _weights(number: int) -> sameness.Weights:
    """Those of a training; those by hand where an older version wrote them."""
    data = Learned.objects.values_list("data", flat=True).get(pk=number)
    try:
        return sameness.from_bytes(bytes(data or b""))
    except ValueError as error:
        log.warning("model not readable", model=number, error=str(error))
        return sameness.BY_HAND
