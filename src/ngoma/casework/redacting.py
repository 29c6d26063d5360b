"""Taking back from the public what should not be there. The report itself stays as it was said."""

from collections.abc import Sequence
from datetime import datetime

from ngoma.casework.change import change
from ngoma.casework.errors import BadRequest, UnknownCase
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Photo, Report

LOCATION_MOST = 300
"""Letters of the words for a place."""

MOST_BLURS = 200
"""Areas of a photo."""

WHOLE = 1000
"""What the sides of areas are parts of."""


def redact(
    *,
    actor: Actor,
    report_id: int,
    words: str,
    location: str | None = None,
    at: datetime | None = None,
) -> Case:
    """Publish these words of a report, and of the place where it is, instead of the present ones
    (empty: none). Without a `location` that of the present stays. Raises `BadRequest` for a
    location of more than `LOCATION_MOST` letters.
    """
    if location is not None and len(location) > LOCATION_MOST:
        raise BadRequest("location", "too_long")
    report = Report.objects.filter(pk=report_id).first()
    if report is None:
        raise UnknownCase(f"no report {report_id}")
    with change("redact", actor=actor, case_id=report.case_id, at=at) as held:
        published = {"public_words": words}
        if location is not None:
            published["public_location"] = location
        Report.objects.filter(pk=report_id).update(**published)
        held.append("redacted", report=report_id, location=location is not None)
    return held.case


def hide_photo(*, actor: Actor, case_id: int, photo_id: int, at: datetime | None = None) -> Case:
    """Stop publishing a photo. Raises `BadRequest` for one that is not of this case."""
    with change("redact", actor=actor, case_id=case_id, at=at) as held:
        photo = _photo(case_id, photo_id)
        photo.public = False
        photo.save(update_fields=["public"])
        held.append("redacted", photo=photo_id)
    return held.case


def blur_photo(
    *,
    actor: Actor,
    case_id: int,
    photo_id: int,
    areas: Sequence[Sequence[int]],
    at: datetime | None = None,
) -> Case:
    """Publish a photo with these areas of it blurred and no others.

    Each is left, top, width and height in thousandths of the picture's. What was published is taken
    back at once; the job that follows makes the new copies. Raises `BadRequest` for a photo that is
    not of this case, and for areas that do not lie in it.
    """
    with change("redact", actor=actor, case_id=case_id, at=at) as held:
        photo = _photo(case_id, photo_id)
        if len(areas) > MOST_BLURS or not all(map(_lies_within, areas)):
            raise BadRequest("areas", "unknown")
        blurs, edition = [list(area) for area in areas], photo.edition
        photo.blurs, photo.edition, photo.public = blurs, None, True
        photo.save(update_fields=["blurs", "edition", "public"])
        held.append("redacted", photo=photo_id, blurs=blurs, edition=edition)
    return held.case


def _photo(case_id: int, photo_id: int) -> Photo:
    photos = Photo.objects.select_for_update(of=("self",)).filter(pk=photo_id)
    of_case = photos.filter(case=case_id).first()
    of_report = of_case or photos.filter(report__case=case_id).first()
    if of_report is None:
        raise BadRequest("photo", "unknown")
    return of_report


def _lies_within(area: Sequence[int]) -> bool:
    if len(area) != 4:
        return False
    left, top, width, height = area
    fits = left + width <= WHOLE and top + height <= WHOLE
    return fits and left >= 0 and top >= 0 and width > 0 and height > 0
