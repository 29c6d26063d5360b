"""Cells of a CSV file that no spreadsheet takes for a formula."""

import re

FORMULA = "^[=+\\-@\\t\\r\\n＝＋－＠]"
"""What a spreadsheet takes for the beginning of a formula, as Python and DuckDB read it."""

_FORMULA = re.compile(FORMULA)


def plain(cell: object) -> object:
    """The cell; a text that looks like a formula with a `'` before it, which spreadsheets do not
    show. Numbers are what they are, negative ones too."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
