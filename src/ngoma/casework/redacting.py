"""Taking back from the public what should not be there. The report itself stays as it was said."""

from datetime import datetime

from ngoma.casework.change import change
from ngoma.casework.errors import BadRequest, UnknownCase
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Photo, Report


def redact(*, actor: Actor, report_id: int, words: str, at: datetime | None = None) -> Case:
    """Publish these words of a report instead of the present ones (empty: none)."""
    report = Report.objects.filter(pk=report_id).first()
    if report is None:
        raise UnknownCase(f"no report {report_id}")
    with change("redact", actor=actor, case_id=report.case_id, at=at) as held:
        Report.objects.filter(pk=report_id).update(public_words=words)
        held.append("redacted", report=report_id)
    return held.case


def hide_photo(*, actor: Actor, case_id: int, photo_id: int, at: datetime | None = None) -> Case:
    """Stop publishing a photo. Raises `BadRequest` for one that is not of this case."""
    with change("redact", actor=actor, case_id=case_id, at=at) as held:
        photos = Photo.objects.filter(pk=photo_id)
        own = photos.filter(case=case_id) | photos.filter(report__case=case_id)
        if not own.exists():
            raise BadRequest("photo", "unknown")
        photos.update(public=False)
        held.append("redacted", photo=photo_id)
    return held.case
