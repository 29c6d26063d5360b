"""No cell is a formula, and what is none stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.spreadsheets import plain

STARTS = "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize("start", STARTS)
def test_what_looks_like_a_formula_is_text(start: str) -> None:
    assert plain(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


@given(cell=st.one_of(st.text(), st.integers(), st.floats(allow_nan=False), st.none()))
def test_no_text_begins_like_a_formula_and_all_else_is_itself(cell: object) -> None:
    told = plain(cell)
    if isinstance(cell, str):
        assert isinstance(told, str)
        assert not told.startswith(tuple(STARTS))
        assert told.endswith(cell)
        assert told == cell or cell.startswith(tuple(STARTS))
    else:
        assert told is cell
