"""How the desk says until when: near by working time, in the words of the clock."""

from datetime import datetime

import pytest
from django.utils import timezone, translation

from ngoma.base.clock import frozen
from ngoma.cities.book import Book
from ngoma.desk import naming

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("now", "due", "tone", "text"),
    [
        ("2026-06-02 16:00", "2026-06-08 09:00", "soon", "until Monday"),
        ("2026-06-02 09:00", "2026-06-08 09:00", "", "until Monday"),
        ("2026-06-01 08:00", "2026-06-02 09:00", "", "until Tuesday"),
        ("2026-06-01 08:00", "2026-06-01 11:00", "soon", "3 hours left"),
        ("2026-06-03 22:00", "2026-06-04 01:00", "soon", "3 hours left"),
        ("2026-06-01 11:00", "2026-06-01 08:00", "late", "3 hours late"),
        ("2026-06-03 09:00", "2026-08-03 08:00", "", "until 3 Aug"),
    ],
)
def test_a_date_is_near_when_little_working_time_is_left(
    town: Book, now: str, due: str, tone: str, text: str
) -> None:
    """The town works on Monday and Tuesday, from eight to five."""
    here = datetime.fromisoformat(now).replace(tzinfo=town.zone)
    promised = datetime.fromisoformat(due).replace(tzinfo=town.zone)
    with frozen(here), translation.override("en"), timezone.override(town.zone):
        found = naming.due(town, promised)
    assert found is not None
    assert (found.tone, found.text) == (tone, text)
