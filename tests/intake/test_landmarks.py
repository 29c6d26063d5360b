"""Words that no map knows lead somewhere once the desk has twice said where."""

from collections.abc import Callable
from typing import Any

import pytest

from ngoma.casework import deciding
from ngoma.intake.landmarks import find
from ngoma.people.permissions import Actor
from ngoma.records.models import Landmark, Report
from ngoma.work.worker import run_until_idle
from tests.notices.conftest import city, officer

__all__ = ["city", "officer"]
KIOSK = "behind the blue kiosk"
SPOT = (0.15, 32.05)


@pytest.fixture
def corrected(city: Any, officer: Actor) -> Callable[..., Report]:
    """A report with these words for its place, set right by the desk; the report."""
    from ngoma.intake.submission import Submission
    from ngoma.intake.submit import submit

    def corrected(location: str, spot: tuple[float, float] | None, **more: Any) -> Report:
        key = str(Report.objects.count())
        told = Submission(
            book=city, origin="test", key=key, channel="web", words="A hole", location=location
        )
        report = submit(told).report
        if spot:
            deciding.correct(actor=officer, case_id=report.case_id, position=spot, **more)
        run_until_idle()
        return report

    return corrected


def test_the_second_time_it_is_known(city: Any, corrected: Callable[..., Report]) -> None:
    assert corrected(KIOSK, SPOT).lat is None
    assert find(city, KIOSK) is None, "one may be wrong"
    assert corrected(KIOSK, (0.1501, 32.0501)).lat is None
    third = corrected("  Behind THE blue kiosk! ", None)
    assert (third.lat, third.lon) == pytest.approx((0.15005, 32.05005))
    assert third.accuracy == 150
    assert third.place is not None


def test_who_disagrees_starts_anew(city: Any, corrected: Callable[..., Report]) -> None:
    corrected(KIOSK, SPOT)
    corrected(KIOSK, SPOT)
    corrected(KIOSK, (0.15, 32.06))
    assert find(city, KIOSK) is None
    assert Landmark.objects.get().told == 1


@pytest.mark.parametrize("location", ["Kasubi", "x", "here", "y" * 130])
def test_names_of_the_map_and_words_of_no_place_are_not_learned(
    corrected: Callable[..., Report], location: str
) -> None:
    corrected(location, SPOT)
    assert not Landmark.objects.exists()


def test_a_correction_of_something_else_teaches_nothing(
    city: Any, officer: Actor, corrected: Callable[..., Report]
) -> None:
    report = corrected(KIOSK, None)
    service = next(iter(city.services.values())).id
    deciding.correct(actor=officer, case_id=report.case_id, service_id=service)
    run_until_idle()
    assert not Landmark.objects.exists()


def test_one_case_counts_once_however_often_it_is_set_right(
    city: Any, officer: Actor, corrected: Callable[..., Report]
) -> None:
    report = corrected(KIOSK, SPOT)
    deciding.correct(actor=officer, case_id=report.case_id, position=(0.1501, 32.05))
    run_until_idle()
    assert Landmark.objects.get().told == 1
