"""Why something could not be done, and what to do now, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext, gettext_lazy

from ngoma.casework.errors import BadRequest, Refusal, WrongState
from ngoma.desk import naming
from ngoma.desk.orders import PhotosRefused
from ngoma.desk.site import Desk
from ngoma.desk.telling import Line
from ngoma.intake.explaining import explain
from ngoma.intake.submission import Problem
from ngoma.intake.submit import MOST_PHOTOS
from ngoma.records.models import State

_SAY = {
    ("service", "unknown"): gettext_lazy("Choose a service from the list."),
    ("service", "missing"): gettext_lazy("Say first what kind of problem it is: choose a service."),
    ("department", "unknown"): gettext_lazy("Choose a department from the list."),
    ("department", "missing"): gettext_lazy("Choose a department."),
    ("user", "unknown"): gettext_lazy("Choose somebody who works for this city."),
    ("urgency", "unknown"): gettext_lazy("Choose how urgent it is."),
    ("text", "missing"): gettext_lazy("Write something first."),
    ("text", "too_long"): gettext_lazy("The text is too long: 4,000 characters are the most."),
    ("reason", "unknown"): gettext_lazy("Choose a reason from the list."),
    ("body", "unknown"): gettext_lazy("Choose a body from the list."),
    ("days", "out_of_range"): gettext_lazy("Give a number of working days from 1 to 90."),
    ("days", "unknown"): gettext_lazy("Give a number of working days from 1 to 90."),
    ("days", "extended_before"): gettext_lazy("A deadline can be extended once only."),
    ("position", "outside_city"): gettext_lazy("That position lies outside the city."),
    ("position", "unknown"): gettext_lazy(
        "Write the position as two numbers, latitude first: 0.3136, 32.5811."
    ),
    ("into", "unknown"): gettext_lazy("There is no case with that reference in this city."),
    ("into", "itself"): gettext_lazy("A case cannot be merged with itself."),
    ("into", "other_city"): gettext_lazy("There is no case with that reference in this city."),
    ("report", "first"): gettext_lazy(
        "A case bears the number of this report, so it cannot be taken out."
    ),
    ("report", "unknown"): gettext_lazy("That report is no longer part of this case."),
    ("photo", "unknown"): gettext_lazy("That photo is no longer part of this case."),
    ("photos", "unknown"): gettext_lazy("Choose the photos again."),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with a form: a title, what to do, what happened meanwhile, what was typed."""

    title: str
    say: str
    action: str
    meanwhile: list[Line] = field(default_factory=list)
    typed: Mapping[str, str] = field(default_factory=dict)


def say(refusal: Refusal | PhotosRefused, desk: Desk) -> str:
    """A sentence that says what is wrong and what to do."""
    if isinstance(refusal, PhotosRefused):
        problem = Problem("photos", refusal.code, {"most": MOST_PHOTOS})
        return explain(problem, desk.book, desk.language)
    if isinstance(refusal, WrongState):
        state = naming.STATES[State(refusal.state)]
        return gettext("This cannot be done to a case in the state “%(state)s”.") % {"state": state}
    if isinstance(refusal, BadRequest):
        return str(_SAY[refusal.field, refusal.code])
    raise refusal
