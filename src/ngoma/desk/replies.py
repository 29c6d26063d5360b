"""What the city says to a reporter: the pack's templates with their fields filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import pgettext

from ngoma.base.blanks import blank
from ngoma.base.clock import now
from ngoma.base.references import show
from ngoma.cities.book import text
from ngoma.desk.site import Desk
from ngoma.look import formats
from ngoma.records.queries.casefiles import File


@dataclass(frozen=True, slots=True)
class Reply:
    """A template for this case: its title for the desk, its words for the reporter."""

    code: str
    title: str
    text: str
    own: bool
    """Written for the service of the case."""


def language_of_reporter(desk: Desk, file: File) -> str:
    """The language in which the first reporter is written to."""
    first = file.reports[0] if file.reports else None
    wanted = (first.contact_language or first.language) if first else None
    return desk.book.language(wanted)


def replies(
    desk: Desk,
    file: File,
    kind: str,
    *,
    service_id: int | None = None,
    department_id: int | None = None,
    due: datetime | None = None,
) -> list[Reply]:
    """The templates of one kind that fit, filled as if the case had this service and promise.

    What is not known yet stays a blank.
    """
    spoken = replace(desk, language=language_of_reporter(desk, file))
    head = file.head
    service_id = service_id or head.service_id
    fields = {
        "reference": show(head.reference),
        "service": spoken.service(service_id) or blank(pgettext("blank", "service")),
        "place": spoken.place(head.place_id) or blank(pgettext("blank", "place")),
        "department": spoken.department(department_id or head.department_id)
        or blank(pgettext("blank", "department")),
    }
    due, no_day = due or head.due, blank(pgettext("blank", "date"))
    with translation.override(spoken.language):
        fields |= {"date": formats.day(now()), "due": formats.day(due) if due else no_day}
    return [
        _reply(desk, each, text(each["text"], spoken.language), fields)
        for each in desk.book.templates_for(kind, service_id)
    ]


def _reply(desk: Desk, template: Mapping[str, Any], words: str, fields: Mapping[str, str]) -> Reply:
    title = desk.text(template["title"])
    own = bool(template.get("services"))
    return Reply(template["code"], title, words.format_map(fields), own)
