"""Photos of reports and cases, and where their public copies are."""

from collections.abc import Iterable

from django.core.files.storage import default_storage

from ngoma.records.models import Photo
from ngoma.records.sql.statements import fetch, marks

SIZES = {"large": 1600, "small": 480}
"""Public copies by name, with the longest edge in pixels."""


# Of several the last one stays: the first of the reports, the newest of the work.
_NAMES = """
SELECT case_id, kind, name FROM (
    SELECT r.case_id, 'report' AS kind, p.name, -p.id AS place
    FROM records_photo p JOIN records_report r ON r.id = p.report_id
    WHERE p.public AND r.case_id IN ({marks})
    UNION ALL
    SELECT p.case_id, 'after', p.name, p.id FROM records_photo p
    WHERE p.public AND p.kind = 'after' AND p.case_id IN ({marks})
) AS named ORDER BY place
"""


def public_path(name: str, size: str) -> str:
    """Where the public copy of a photo lies in storage."""
    return f"public/{name[:2]}/{name}-{SIZES[size]}.jpg"


def url(name: str, size: str = "large") -> str:
    """The address of a public copy."""
    return default_storage.url(public_path(name, size))


_HIDDEN = """
SELECT c.city_id, c.department_id FROM records_photo p
LEFT JOIN records_report r ON r.id = p.report_id
JOIN records_case c ON c.id = COALESCE(p.case_id, r.case_id)
WHERE p.name = %s AND NOT p.public
"""


def hidden_of(name: str) -> tuple[int, int | None] | None:
    """The city and department of a photo that staff took back from the public; None of others."""
    return next(((city, department) for city, department in fetch(_HIDDEN, [name])), None)


def unattached(names: Iterable[str]) -> list[Photo]:
    """The photos of these names that belong to no report and no case yet."""
    return list(Photo.objects.filter(name__in=list(names), report=None, case=None))


def first_names(case_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """By case the names of its first report photo (`report`) and last after photo (`after`)."""
    ids = list(case_ids)
    if not ids:
        return {}
    found: dict[int, dict[str, str]] = {}
    for case_id, kind, name in fetch(_NAMES.format(marks=marks(ids)), [*ids, *ids]):
        found.setdefault(case_id, {})[kind] = name
    return found
