"""What the set that is made for it says of privacy must not get worse."""

import pytest
from bench.privacy import NOT_ANNOUNCED, measure

pytestmark = pytest.mark.once


def test_nearly_all_that_leads_to_a_person_is_hidden_and_little_else() -> None:
    *kinds, every = measure(None, times=25)
    assert every.recall >= 0.98
    assert every.precision >= 0.98
    for each in kinds:
        if each.kind != NOT_ANNOUNCED:
            assert each.recall >= 0.92, each
            assert each.precision >= 0.9, each
