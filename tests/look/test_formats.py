"""Numbers, dates and spans as people of each language read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from ngoma.base.clock import frozen
from ngoma.look import formats

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATE_EVENING = datetime(2026, 11, 19, 21, 30, tzinfo=UTC)
"""Already Friday in Kampala and Seoul."""


@pytest.mark.parametrize(
    ("language", "zone", "day", "moment"),
    [
        ("en", "Africa/Kampala", "Friday 20 November", "Friday 20 November, 00:30"),
        ("ko", "Asia/Seoul", "11월 20일 금요일", "11월 20일 금요일 06:30"),
        ("lg", "Africa/Kampala", "Lwakutaano, Novemba 20", "Lwakutaano, Novemba 20, 00:30"),
        ("sw", "Africa/Kampala", "Ijumaa, 20 Novemba", "Ijumaa, 20 Novemba, saa 00:30"),
    ],
)
def test_a_day_is_that_of_the_city(language: str, zone: str, day: str, moment: str) -> None:
    with frozen(NOW), translation.override(language), timezone.override(ZoneInfo(zone)):
        assert formats.day(LATE_EVENING) == day
        assert formats.moment(LATE_EVENING) == moment


def test_a_day_of_another_year_says_the_year() -> None:
    with frozen(NOW), translation.override("en"), timezone.override(UTC):
        assert formats.day(LATE_EVENING.replace(year=2025)) == "Wednesday, 19 November 2025"
        assert formats.short(LATE_EVENING) == "19 Nov"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=5), "1 minute"),
        (timedelta(minutes=20), "20 minutes"),
        (timedelta(hours=5), "5 hours"),
        (timedelta(days=1, hours=20), "2 days"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_a_span_has_one_unit(length: timedelta, words: str) -> None:
    with translation.override("en"):
        assert formats.span(length) == words


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "English"), ("ko", "한국어"), ("lg", "Luganda"), ("sw", "Kiswahili")],
)
def test_a_language_is_named_in_itself(language: str, name: str) -> None:
    assert formats.autonym(language) == name


def test_numbers_and_distances() -> None:
    with translation.override("en"):
        assert formats.number(48213) == "48,213"
        assert formats.metres(23) == "20 metres"
        assert formats.metres(1440) == "1.4 kilometres"
