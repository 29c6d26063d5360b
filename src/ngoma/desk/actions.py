"""What can be done to a case at the desk: one row each, with its form and the verb it calls."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from ngoma.casework import (
    assigning,
    deadlines,
    deciding,
    erasing,
    merging,
    redacting,
    talking,
    tasks,
    workflow,
    working,
)
from ngoma.casework.errors import BadRequest
from ngoma.desk import areas
from ngoma.desk.orders import Order
from ngoma.desk.site import Desk
from ngoma.records.queries.casefiles import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """`verb` is asked for permission and state; `fields` make its form; `done` is said after it."""

    name: str
    verb: str
    icon: str
    label: Promise
    done: Promise
    fields: tuple[str, ...]
    run: Callable[[Order], object]
    undoable: bool = True

    @property
    def decides(self) -> bool:
        """Whether it waits for a colleague who holds the case; notes of any kind do not."""
        return self.name not in ("note", "inform")

    @property
    def tells(self) -> bool:
        """Whether its text is for the reporters, so that a draft can be made of it."""
        return self.name in _TELLING

    def open_to(self, desk: Desk, head: Head) -> bool:
        """Whether this person may do it to this case now."""
        allowed = desk.may_do(self.verb, head.id, head.department_id)
        return allowed and workflow.possible(self.verb, head.state)


_TELLING = ("accept", "resolve", "answer", "ask", "extend", "refer", "reject")


def _accept(order: Order) -> object:
    return deciding.accept(
        **order.on,
        service_id=order.service(),
        urgency=order.number("urgency"),
        department_id=order.number("department"),
        text=order.text,
    )


def _correct(order: Order) -> object:
    return deciding.correct(
        **order.on,
        service_id=order.service(),
        urgency=order.number("urgency"),
        position=order.position(),
    )


def _assign(order: Order) -> object:
    department_id = order.number("department")
    if department_id is None:
        raise BadRequest("department", "missing")
    user_id = order.number("user")
    return assigning.assign(
        **order.on, department_id=department_id, user_id=user_id, text=order.text
    )


def _task(order: Order) -> object:
    department_id = order.number("department")
    if department_id is None:
        raise BadRequest("department", "missing")
    return tasks.give(**order.on, department_id=department_id, text=order.text)


def _end_task(order: Order) -> object:
    seq = order.number("task") or 0
    done = order.given("done") != "no"
    return tasks.end(**order.on, seq=seq, done=done, text=order.text)


def _extend(order: Order) -> object:
    days = order.number("days")
    if days is None:
        raise BadRequest("days", "out_of_range")
    reason = order.given("reason")
    return deadlines.extend(**order.on, reason=reason, days=days, text=order.text)


def _hide(order: Order) -> object:
    return redacting.hide_photo(**order.on, photo_id=order.number("photo") or 0)


def _blur(order: Order) -> object:
    marked = areas.marked(order.request.POST)
    return redacting.blur_photo(**order.on, photo_id=order.number("photo") or 0, areas=marked)


def _redact(order: Order) -> object:
    return redacting.redact(
        actor=order.desk.actor,
        report_id=order.own_report(),
        words=order.given("words"),
        location=order.given("location"),
    )


ACTIONS = {
    action.name: action
    for action in (
        Action(
            name="accept",
            verb="accept",
            icon="check",
            label=gettext_lazy("Accept"),
            done=gettext_lazy("Accepted."),
            fields=("service", "urgency", "department", "text"),
            run=_accept,
        ),
        Action(
            name="start",
            verb="start",
            icon="crew",
            label=gettext_lazy("Start work"),
            done=gettext_lazy("Work has begun; the reporters are told."),
            fields=("text",),
            run=lambda order: working.start(**order.on, text=order.text),
        ),
        Action(
            name="resolve",
            verb="resolve",
            icon="flag",
            label=gettext_lazy("Solved"),
            done=gettext_lazy("Solved; the reporters are told."),
            fields=("text", "photos"),
            run=lambda order: working.resolve(
                **order.on, text=order.text, photo_ids=order.photos()
            ),
        ),
        Action(
            name="answer",
            verb="answer",
            icon="chat",
            label=gettext_lazy("Answer"),
            done=gettext_lazy("Your answer is on its way to the reporters."),
            fields=("text",),
            run=lambda order: talking.answer(**order.on, text=order.text),
        ),
        Action(
            name="ask",
            verb="ask",
            icon="question",
            label=gettext_lazy("Ask the reporter"),
            done=gettext_lazy("Your question is on its way; the clock stands still."),
            fields=("text",),
            run=lambda order: talking.ask(**order.on, text=order.text),
        ),
        Action(
            name="inform",
            verb="inform",
            icon="phone",
            label=gettext_lazy("Write down what the reporter adds"),
            done=gettext_lazy("Written down."),
            fields=("text", "photos"),
            run=lambda order: talking.inform(**order.on, text=order.text, photo_ids=order.photos()),
        ),
        Action(
            name="correct",
            verb="correct",
            icon="pencil",
            label=gettext_lazy("Correct service or place"),
            done=gettext_lazy("Corrected."),
            fields=("service", "urgency", "position"),
            run=_correct,
        ),
        Action(
            name="assign",
            verb="assign",
            icon="person",
            label=gettext_lazy("Assign"),
            done=gettext_lazy("Assigned."),
            fields=("department", "user", "text"),
            run=_assign,
        ),
        Action(
            name="task",
            verb="task",
            icon="people",
            label=gettext_lazy("Give a part to another department"),
            done=gettext_lazy("Given; that department sees the case now."),
            fields=("department", "text"),
            run=_task,
            undoable=False,
        ),
        Action(
            name="merge",
            verb="merge",
            icon="merge",
            label=gettext_lazy("Merge with another case"),
            done=gettext_lazy("Merged: its reporters now hear of the other case."),
            fields=("into",),
            run=lambda order: merging.merge(**order.on, into=order.other_case()),
        ),
        Action(
            name="extend",
            verb="extend",
            icon="clock",
            label=gettext_lazy("Extend the deadline"),
            done=gettext_lazy("Extended; the reporters are told the new date."),
            fields=("reason", "days", "text"),
            run=_extend,
        ),
        Action(
            name="refer",
            verb="refer",
            icon="out",
            label=gettext_lazy("Refer to another body"),
            done=gettext_lazy("Referred."),
            fields=("body", "text"),
            run=lambda order: deciding.refer(**order.on, body=order.given("body"), text=order.text),
        ),
        Action(
            name="reject",
            verb="reject",
            icon="cross",
            label=pgettext_lazy("action", "Reject"),
            done=gettext_lazy("Rejected; the reporters are told why."),
            fields=("reason", "text"),
            run=lambda order: deciding.reject(
                **order.on, reason=order.given("reason"), text=order.text
            ),
        ),
        Action(
            name="close",
            verb="close",
            icon="lock",
            label=pgettext_lazy("action", "Close"),
            done=gettext_lazy("Closed."),
            fields=(),
            run=lambda order: working.close(**order.on),
        ),
        Action(
            name="reopen",
            verb="reopen",
            icon="again",
            label=gettext_lazy("Open again"),
            done=gettext_lazy("Open again, with new dates."),
            fields=("text",),
            run=lambda order: working.reopen(**order.on, text=order.text),
        ),
        Action(
            name="note",
            verb="note",
            icon="lock",
            label=gettext_lazy("Note for colleagues"),
            done=gettext_lazy("Noted; no resident sees it."),
            fields=("text",),
            run=lambda order: talking.note(**order.on, text=order.text),
        ),
    )
}
"""Those with a place of their own on the page of a case, in order: the next step first."""

BESIDE = {
    action.name: action
    for action in (
        Action(
            name="end-task",
            verb="end_task",
            icon="check",
            label=gettext_lazy("Done"),
            done=gettext_lazy("Noted."),
            fields=("text",),
            run=_end_task,
            undoable=False,
        ),
        Action(
            name="split",
            verb="split",
            icon="split",
            label=gettext_lazy("Give it a case of its own"),
            done=gettext_lazy("It has a case of its own now."),
            fields=(),
            undoable=False,
            run=lambda order: merging.split(actor=order.desk.actor, report_id=order.own_report()),
        ),
        Action(
            name="redact",
            verb="redact",
            icon="eye",
            label=gettext_lazy("Change what is published"),
            done=gettext_lazy("Changed for the public; the report itself stays as it was said."),
            fields=("words", "location"),
            undoable=False,
            run=_redact,
        ),
        Action(
            name="erase",
            verb="erase",
            icon="cross",
            label=gettext_lazy("Erase what was said"),
            done=gettext_lazy("Erased. What happened stays on record."),
            fields=(),
            undoable=False,
            run=lambda order: erasing.erase(actor=order.desk.actor, report_id=order.own_report()),
        ),
        Action(
            name="hide",
            verb="redact",
            icon="eye",
            label=gettext_lazy("Hide the photo"),
            done=gettext_lazy("The photo is no longer published."),
            fields=(),
            undoable=False,
            run=_hide,
        ),
        Action(
            name="blur",
            verb="redact",
            icon="eye",
            label=gettext_lazy("Publish it so"),
            done=gettext_lazy("The photo is published with what you marked blurred."),
            fields=(),
            undoable=False,
            run=_blur,
        ),
    )
}
"""Those done to one report, photo or part of the work, beside it."""


def possible(desk: Desk, head: Head) -> list[Action]:
    """What this person may do to the case now."""
    return [action for action in ACTIONS.values() if action.open_to(desk, head)]
