"""A pack reads the reports that were written for it, without any history."""

import pytest
from bench.cold import CITIES, measure

pytestmark = pytest.mark.once


def test_packs_read_their_own_reports() -> None:
    found = {each.city: each for each in measure() if each.language == "all"}
    assert set(found) == set(CITIES)
    for each in found.values():
        assert each.first >= 0.85, each
        assert each.top_3 >= 0.95, each
