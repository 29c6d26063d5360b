"""In which languages people are written to."""

from collections.abc import Sequence

from ngoma.records.sql.statements import fetch, marks

_READERS = """
SELECT COALESCE(k.language, r.language), COUNT(*) FROM records_report r
LEFT JOIN records_contact k ON k.id = r.contact_id
WHERE r.case_id IN ({cases}) GROUP BY 1
"""


def of_reporters(case_ids: Sequence[int]) -> dict[str, int]:
    """How many reports of the cases came from readers of each language."""
    rows = fetch(_READERS.format(cases=marks(case_ids)), case_ids)
    return dict(rows)
