"""A backup each night, a trial each week; at any hour where one was missed."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ngoma.backup import making, trying
from ngoma.base.clock import frozen
from ngoma.records.models import Backup

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NIGHT = datetime(2026, 6, 2, 2, 0).astimezone()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def done(kind: Backup.Kind, at: datetime, failure: str = "") -> None:
    Backup.objects.create(kind=kind, host="here", began_at=at, ended_at=at, failure=failure)


def due(of: Any, at: datetime) -> bool:
    with frozen(at):
        return bool(of.is_due())


def test_once_a_night() -> None:
    assert due(making, NIGHT + 12 * HOUR), "there is none yet"
    done(Backup.Kind.MAKING, NIGHT - DAY)
    assert not due(making, NIGHT - 2 * HOUR), "it is not night"
    assert due(making, NIGHT)
    done(Backup.Kind.MAKING, NIGHT, failure="no network")
    assert due(making, NIGHT + HOUR), "it failed"
    done(Backup.Kind.MAKING, NIGHT + HOUR)
    assert not due(making, NIGHT + 2 * HOUR)
    assert not due(making, NIGHT + 20 * HOUR)


def test_at_any_hour_after_a_night_that_was_missed() -> None:
    done(Backup.Kind.MAKING, NIGHT)
    assert not due(making, NIGHT + 22 * HOUR)
    assert due(making, NIGHT + 34 * HOUR)


def test_a_trial_once_a_week() -> None:
    assert not due(trying, NIGHT), "there is nothing to try"
    done(Backup.Kind.MAKING, NIGHT)
    assert due(trying, NIGHT + 9 * HOUR), "none was tried yet"
    done(Backup.Kind.TRIAL, NIGHT)
    assert not due(trying, NIGHT + 6 * DAY)
    assert due(trying, NIGHT + 7 * DAY + HOUR)
    assert not due(trying, NIGHT + 7 * DAY + 12 * HOUR)
    assert due(trying, NIGHT + 9 * DAY + 12 * HOUR)
