"""Photos of reports and cases, and where their public copies are."""

from collections.abc import Iterable

from django.core.files.storage import default_storage

from ngoma.records.models import Photo

SIZES = {"large": 1600, "small": 480}
"""Public copies by name, with the longest edge in pixels."""


def public_path(name: str, size: str) -> str:
    """Where the public copy of a photo lies in storage."""
    return f"public/{name[:2]}/{name}-{SIZES[size]}.jpg"


def url(name: str, size: str = "large") -> str:
    """The address of a public copy."""
    return default_storage.url(public_path(name, size))


def of_case(case_id: int, *, public_only: bool = True) -> list[Photo]:
    """All photos of a case, of its reports and of the work, oldest first."""
    photos = Photo.objects.filter(case=case_id) | Photo.objects.filter(report__case=case_id)
    if public_only:
        photos = photos.filter(public=True)
    return list(photos.order_by("added_at", "pk"))


def unattached(names: Iterable[str]) -> list[Photo]:
    """The photos of these names that belong to no report and no case yet."""
    return list(Photo.objects.filter(name__in=list(names), report=None, case=None))


def first_names(case_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """By case the names of its first report photo (`report`) and last after photo (`after`)."""
    ids = list(case_ids)
    found: dict[int, dict[str, str]] = {}
    photos = Photo.objects.filter(public=True)
    rows = photos.filter(report__case__in=ids).order_by("-added_at")
    for case_id, name in rows.values_list("report__case", "name"):
        found.setdefault(case_id, {})["report"] = name
    after = photos.filter(case__in=ids, kind=Photo.Kind.AFTER).order_by("added_at")
    for case_id, name in after.values_list("case", "name"):
        found.setdefault(case_id, {})["after"] = name
    return found
