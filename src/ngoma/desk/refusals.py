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
    ("department", "coordinator_decides"): gettext_lazy(
        "This case has been passed on twice: now the coordinator decides where it stays. Write a "
        "note that says why it is not yours."
    ),
    ("task", "unknown"): gettext_lazy("This part is no longer open."),
    ("task", "too_many"): gettext_lazy("Too many parts are open: wait until some are done."),
    ("task", "open"): gettext_lazy(
        "Another department still does a part of it. Wait for it, or say that it is not needed."
    ),
    ("appeal", "same_person"): gettext_lazy(
        "The reporter contests your decision, so a colleague decides now, or the coordinator."
    ),
    ("urgency", "unknown"): gettext_lazy("Choose how urgent it is."),
    ("text", "missing"): gettext_lazy("Write something first."),
    ("text", "too_long"): gettext_lazy("The text is too long: 4,000 characters are the most."),
    ("text", "blanks"): gettext_lazy(
        "There is still a blank such as [___ date] in the text: fill it, or take it out."
    ),
    ("location", "too_long"): gettext_lazy(
        "The words for the place are too long: 300 characters are the most."
    ),
    ("reason", "unknown"): gettext_lazy("Choose a reason from the list."),
    ("reason", "needs_rule"): gettext_lazy(
        "This reason is only for reports that its rule has found: there is no flag of it here."
    ),
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
    ("areas", "unknown"): gettext_lazy("Mark again what is to be blurred."),
    ("photo", "unknown"): gettext_lazy("That photo is no longer part of this case."),
    ("photos", "unknown"): gettext_lazy("Choose the photos again."),
    ("text", "mention_not_seen"): gettext_lazy(
        "A colleague whom you mention may not see this case: ask somebody of its department."
    ),
    ("text", "mention_unknown"): gettext_lazy(
        "Nobody here has the name that stands after @: choose one from the list, or leave the @ "
        "out."
    ),
    ("text", "mentions_many"): gettext_lazy("A note can tell 20 colleagues at most."),
    ("text", "braces"): gettext_lazy(
        "In braces may stand only: reference, service, place, date, due."
    ),
    ("step", "unknown"): gettext_lazy("Choose what is to be done."),
    ("cases", "out_of_range"): gettext_lazy("Choose between 1 and 1,000 cases."),
    ("case", "unknown"): gettext_lazy("This case is no longer there."),
    ("user", "sees_it_not"): gettext_lazy(
        "That person may not see the cases of this department: choose somebody of it, or nobody."
    ),
    ("case", "not_allowed"): gettext_lazy("It belongs to another department, or to another role."),
    ("key", "unknown"): gettext_lazy("This visit cannot be told from another one: write it anew."),
    ("outcome", "unknown"): gettext_lazy("Say what came of it."),
    ("minutes", "out_of_range"): gettext_lazy("Write the minutes as a number, at most 1,440."),
    ("undo", "unknown"): gettext_lazy("This step cannot be undone."),
    ("undo", "changed"): gettext_lazy(
        "Something has happened to the case since, so the step can no longer be undone."
    ),
    ("undo", "too_late"): gettext_lazy(
        "It is too late to undo this: the reporters are being told. Take the next step instead."
    ),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with a form: a title, what to do, what happened meanwhile, what was typed.

    `takeover`: sent again, the form takes the case from who holds it.
    """

    title: str
    say: str
    action: str
    meanwhile: list[Line] = field(default_factory=list)
    takeover: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)


def words(refusal: Refusal | PhotosRefused, desk: Desk) -> str:
    """A sentence that says what is wrong and what to do."""
    if isinstance(refusal, PhotosRefused):
        problem = Problem("photos", refusal.code, {"most": MOST_PHOTOS})
        return explain(problem, desk.book, desk.language)
    if isinstance(refusal, WrongState):
        return in_words("state", refusal.state)
    if isinstance(refusal, BadRequest):
        return in_words(refusal.field, refusal.code)
    raise refusal


def in_words(field: str, code: str) -> str:
    """The same for a refusal that was kept as its field and code; a wrong state is `state`."""
    if field == "state":
        state = naming.STATES[State(code)]
        return gettext("This cannot be done to a case in the state “%(state)s”.") % {"state": state}
    return str(_SAY[field, code])
