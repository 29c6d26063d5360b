"""Photos of reports and cases, and where their copies are.

A photo has copies for whoever may see it as it is, and, once its faces are blurred, public ones
under a name of their own: that of the photo with its edition.
"""

from collections.abc import Iterable

from django.core.files.storage import default_storage

from ngoma.records.models import Photo
from ngoma.records.sql.statements import fetch, marks

SIZES = {"large": 1600, "small": 480}
"""Copies by name, with the longest edge in pixels."""

SHOWN = "p.name || '-' || p.edition"
"""The name of the public copies, in SQL."""

PUBLISHED = "p.public AND p.edition IS NOT NULL"
"""Which photos have public copies that may be shown."""


# Of several the last one stays: the first of the reports, the newest of the work.
_NAMES = f"""
SELECT case_id, kind, shown FROM (
    SELECT r.case_id, 'report' AS kind, {SHOWN} AS shown, -p.id AS place
    FROM records_photo p JOIN records_report r ON r.id = p.report_id
    WHERE {PUBLISHED} AND r.case_id IN ({{marks}})
    UNION ALL
    SELECT p.case_id, 'after', {SHOWN}, p.id FROM records_photo p
    WHERE {PUBLISHED} AND p.kind = 'after' AND p.case_id IN ({{marks}})
) AS named ORDER BY place
"""  # noqa: S608 - pieces


def public_path(shown: str, size: str) -> str:
    """Where the public copy of this name lies in storage."""
    return f"public/{shown[:2]}/{shown}-{SIZES[size]}.jpg"


def inside_path(name: str, size: str) -> str:
    """Where the copy of a photo as it is lies in storage."""
    return f"private/copies/{name[:2]}/{name}-{SIZES[size]}.jpg"


def url(shown: str, size: str = "large") -> str:
    """The address of the public copy of this name."""
    return default_storage.url(public_path(shown, size))


def inside_url(name: str, size: str = "large") -> str:
    """The address of a photo as it is, for who may see it."""
    return f"/media/inside/{name}-{SIZES[size]}.jpg"


def published(name: str, edition: str) -> bool:
    """Whether the public copies of this edition may be shown."""
    return Photo.objects.filter(name=name, edition=edition, public=True).exists()


def shown_as(names: Iterable[str]) -> dict[str, str]:
    """By the names of photos those of their public copies; left out is what has none."""
    editions = Photo.objects.filter(name__in=list(names), public=True).exclude(edition=None)
    return {name: f"{name}-{edition}" for name, edition in editions.values_list("name", "edition")}


_OWNER = """
SELECT c.city_id, c.department_id FROM records_photo p
LEFT JOIN records_report r ON r.id = p.report_id
LEFT JOIN records_case c ON c.id = COALESCE(p.case_id, r.case_id)
WHERE p.name = %s
"""


def owner_of(name: str) -> tuple[int | None, int | None] | None:
    """The city and department of the case of a photo, neither where it belongs to no case yet;
    None where there is no such photo."""
    return next(((city, department) for city, department in fetch(_OWNER, [name])), None)


_OF_CASES = """
SELECT r.case_id, p.likeness FROM records_photo p JOIN records_report r ON r.id = p.report_id
WHERE r.case_id IN ({marks}) AND p.likeness IS NOT NULL
"""


def likenesses(names: Iterable[str]) -> tuple[int, ...]:
    """What the photos of these names look like, as `triage.pictures` tells it."""
    known = Photo.objects.filter(name__in=list(names)).values_list("likeness", flat=True)
    return tuple(bits for bits in known if bits is not None)


_OF_REPORT = "SELECT likeness FROM records_photo WHERE report_id = %s AND likeness IS NOT NULL"


def likenesses_in(report_id: int) -> tuple[int, ...]:
    """The same of the photos of a report."""
    return tuple(bits for (bits,) in fetch(_OF_REPORT, [report_id]))


def likenesses_of(case_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The same of the photos of the reports of cases, by case."""
    ids, found = list(case_ids), dict[int, tuple[int, ...]]()
    for case_id, bits in fetch(_OF_CASES.format(marks=marks(ids)), ids) if ids else ():
        found[case_id] = (*found.get(case_id, ()), bits)
    return found


def unattached(names: Iterable[str]) -> list[Photo]:
    """The photos of these names that belong to no report and no case yet."""
    asked = list(names)
    if not asked:  # of most reports: even to build the query takes a tenth of accepting one
        return []
    return list(Photo.objects.filter(name__in=asked, report=None, case=None))


def first_names(case_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """By case the public copies of its first report photo (`report`) and last after photo
    (`after`), by name."""
    ids = list(case_ids)
    if not ids:
        return {}
    found: dict[int, dict[str, str]] = {}
    for case_id, kind, name in fetch(_NAMES.format(marks=marks(ids)), [*ids, *ids]):
        found.setdefault(case_id, {})[kind] = name
    return found
