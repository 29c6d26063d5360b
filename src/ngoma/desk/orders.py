"""What a member of staff asks to be done to a case, read from a form."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from ngoma.base.characters import clean
from ngoma.base.references import BadReference
from ngoma.base.references import read as read_reference
from ngoma.casework.errors import BadRequest
from ngoma.desk.site import Desk
from ngoma.intake import photos
from ngoma.intake.submit import MOST_PHOTOS
from ngoma.records.models import Case, Photo
from ngoma.records.queries.casefiles import case_reference


class PhotosRefused(Exception):
    """A photo of the form cannot be taken; `code` as `intake.photos` says it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def service_of(desk: Desk, typed: str) -> int | None:
    """The service with this name in the desk's language, or this code; None for nothing typed.

    Raises `BadRequest` for anything else.
    """
    wanted = typed.strip().casefold()
    if not wanted:
        return None
    for each in desk.book.services.values():
        if wanted in (desk.text(each.names).casefold(), each.code.casefold()):
            return each.id
    raise BadRequest("service", "unknown")


@dataclass(frozen=True, slots=True)
class Order:
    """A form about a case, field by field. A field that makes no sense raises `BadRequest`."""

    desk: Desk
    request: HttpRequest
    case: Case

    @property
    def on(self) -> dict[str, Any]:
        """What every verb is told: who, and which case."""
        return {"actor": self.desk.actor, "case_id": self.case.pk}

    @property
    def text(self) -> str:
        """What is said to the reporters, or to colleagues."""
        return self.given("text")

    def given(self, field: str) -> str:
        """A field as typed, without what no text should hold."""
        return clean(str(self.request.POST.get(field, "")))

    def number(self, field: str) -> int | None:
        """A whole number; None where nothing was typed."""
        given = self.given(field)
        if not given:
            return None
        try:
            return int(given)
        except ValueError:
            raise BadRequest(field, "unknown") from None

    def service(self) -> int | None:
        """The service chosen by its name in the desk's language, or by its code."""
        return service_of(self.desk, self.given("service"))

    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude, as `37.55, 126.9`."""
        given = self.given("position")
        if not given:
            return None
        try:
            lat, lon = (float(part) for part in given.replace(",", " ").split())
        except ValueError:
            raise BadRequest("position", "unknown") from None
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise BadRequest("position", "unknown")
        return lat, lon

    def other_case(self) -> int:
        """The case typed by its reference (or that of any of its reports), else the one chosen."""
        try:
            wanted = read_reference(self.given("other") or self.given("into"))
        except BadReference:
            raise BadRequest("into", "unknown") from None
        reference = case_reference(self.desk.book.id, wanted)
        found = Case.objects.filter(reference=reference).first() if reference else None
        if found is None:
            raise BadRequest("into", "unknown")
        return found.pk

    def photos(self) -> list[int]:
        """The photos of the form, stored. Raises `PhotosRefused`."""
        files = [data for each in self.request.FILES.getlist("photos") if (data := each.read())]
        if len(files) > MOST_PHOTOS:
            raise PhotosRefused("too_many_photos")
        try:
            for data in files:
                photos.check(data)
            return [photos.store(data, kind=Photo.Kind.AFTER).pk for data in files]
        except photos.PhotoRefused as refused:
            raise PhotosRefused(f"photo_{refused.code}") from None

    def own_report(self) -> int:
        """The report of this case that the form names."""
        report_id = self.number("report")
        if report_id is None or not self.case.reports.filter(pk=report_id).exists():
            raise BadRequest("report", "unknown")
        return report_id
