"""What happened to a case, as steps of a timeline: what, who, when, and what comes next."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ngoma.base.clock import parse
from ngoma.look.formats import day, moment
from ngoma.people.publicity import public_event, said
from ngoma.public import status
from ngoma.public.site import Site
from ngoma.records.models import Channel
from ngoma.records.queries.stories import Happened, Story, Told


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a title, who and when, and what somebody said."""

    tone: str
    icon: str
    title: str
    text: str
    said: str = ""
    seq: int = 0
    """Number of the event that it tells; 0 for what is yet to come."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """An event, what of it is public, and for whom it is told."""

    site: Site
    told: Told
    event: Happened
    data: dict[str, Any]
    own: bool

    @property
    def who(self) -> str:
        """The department that acted, as far as the event says."""
        return self.site.department(self.data.get("department"))

    @property
    def by(self) -> str:
        """Until when something is promised; empty where nothing is."""
        return day(parse(self.data["due"])) if self.data.get("due") else ""


def steps(site: Site, story: Story, *, own: bool) -> list[Step]:
    """The public steps, newest first, the next one before them. `own`: told to its reporter.

    What the city wrote in a private case is for its reporters alone.
    """
    done = []
    for event in story.events:
        data = public_event(event.kind, event.data)
        teller = _TELLERS.get(event.kind)
        if data is None or teller is None:
            continue
        if not (story.told.public or own):
            data.pop("text", None)
        elif "texts" in data:
            data["text"] = said(data, site.language)
        step = teller(_Moment(site, story.told, event, data, own))
        if step is not None:
            done.append(_dated(step, event, story.told))
    coming = _next(site, story.told, story.events)
    return [*([coming] if coming else []), *reversed(done)]


def _dated(step: Step, event: Happened, told: Told) -> Step:
    """The step with its number, marked where the ledger got it late.

    What was taken over from elsewhere was always late, and says so itself.
    """
    text = step.text
    if event.late and not told.demo and told.channel != Channel.IMPORT:
        text = f"{text} {_('Recorded late.')}".strip()
    return replace(step, text=text, seq=event.seq)


def _when(told: _Moment, *, exact: bool = False) -> str:
    """'Works department. Thursday 19 November.'"""
    at = moment(told.event.at) if exact else day(told.event.at)
    return f"{told.who}. {at}." if told.who else f"{at}."


def _next(site: Site, told: Told, events: list[Happened]) -> Step | None:
    """What comes next, with its date; None where nothing does."""
    who = site.department(told.department_id)
    match told.state:
        case "received" if told.answer_due:
            title = _("Read and answered by %(moment)s") % {"moment": moment(told.answer_due)}
            return Step("next", "eye", title, who)
        case "accepted" | "in_progress" if told.due:
            return Step("next", "crew", _("Fixed by %(day)s") % {"day": day(told.due)}, who)
        case "waiting":
            asked = next((each.at for each in reversed(events) if each.kind == "asked"), None)
            if asked is None:
                return None
            until = asked + site.book.by_clock("waiting")
            title = _("Closes on %(day)s if we hear nothing") % {"day": day(until)}
            return Step("next", "lock", title, _("An answer before then, and the work goes on."))
        case "resolved":
            when = {"day": day(status.closes(site, told))}
            title = _("Closes by itself on %(day)s") % when
            return Step(
                "next", "lock", title, _("Unless you tell us before then that it is not fixed.")
            )
    return None


def _opened(told: _Moment) -> Step:
    own = told.own and told.event.data.get("reference") == told.told.reference
    title = _("You reported it") if own else _("Reported")
    return Step("", "inbox", title, f"{moment(told.event.at)}.")


def _joined(told: _Moment) -> Step:
    if told.event.data.get("reference") == told.told.reference:
        title = _("You reported it too") if told.own else _("Reported again")
    else:
        title = _("A neighbour reported it too")
    return Step("", "plus", title, _when(told))


def _absorbed(told: _Moment) -> Step:
    count = int(told.event.data.get("reports", 1))
    title = ngettext(
        "%(n)s more report of the same problem", "%(n)s more reports of the same problem", count
    ) % {"n": count}
    return Step("", "merge", title, _when(told))


def _accepted(told: _Moment) -> Step:
    text = _when(told, exact=True)
    if told.by:
        text += " " + _("To be fixed by %(day)s.") % {"day": told.by}
    return Step("", "eye", _("Read and accepted"), text, told.data.get("text", ""))


def _corrected(told: _Moment) -> Step | None:
    service = told.site.service(told.data.get("service"))
    if not service:
        return None
    return Step("", "pencil", _("Now filed as: %(service)s") % {"service": service}, _when(told))


def _rejected(told: _Moment) -> Step:
    reason = told.site.book.reason(told.data.get("reason", ""))
    name = told.site.text(reason["name"]) if reason else ""
    text = f"{name}. {_when(told)}" if name else _when(told)
    return Step("", "cross", _("Not taken up"), text, told.data.get("text", ""))


def _referred(told: _Moment) -> Step:
    body = told.site.book.body(told.data.get("body", ""))
    name = told.site.text(body["name"]) if body else _("another body")
    title = _("Passed on to %(body)s") % {"body": name}
    return Step("", "out", title, _when(told), told.data.get("text", ""))


def _assigned(told: _Moment) -> Step | None:
    if not told.data.get("transfer") or not told.who:
        return None
    title = _("Handed to %(department)s") % {"department": told.who}
    return Step("", "arrow", title, f"{day(told.event.at)}.")


def _extended(told: _Moment) -> Step:
    reason = told.site.book.reason(told.data.get("reason", ""))
    text = f"{told.site.text(reason['name'])}. {_when(told)}" if reason else _when(told)
    title = _("New date: %(day)s") % {"day": told.by}
    return Step("sun", "clock", title, text, told.data.get("text", ""))


def _escalated(told: _Moment) -> Step:
    late = _("Its date has passed") if told.data.get("step") == 2 else _("The answer is late")
    return Step(
        "sun", "clock", late, _("The supervisors were told. %(day)s.") % {"day": day(told.event.at)}
    )


def _closed(told: _Moment) -> Step:
    reason = told.data.get("reason")
    title = _("Closed: we heard nothing") if reason == "no-answer" else pgettext("case", "Closed")
    return Step("", "lock", title, _when(told))


def _reopened(told: _Moment) -> Step:
    text = _when(told)
    if told.by:
        text += " " + _("New date: %(day)s.") % {"day": told.by}
    return Step("sun", "again", _("Opened again: it was not fixed"), text)


def _rated(told: _Moment) -> Step:
    score = told.data.get("score", 0)
    title = _("The reporter gave %(score)s of 5") % {"score": score}
    return Step("", "star", title, _when(told))


def _merged(told: _Moment) -> Step:
    return Step("", "merge", _("Joined with another report of the same problem"), _when(told))


def _recorded(told: _Moment) -> Step:
    return Step(
        "", "list", _("From the city's earlier system"), _when(told), told.data.get("text", "")
    )


def _plain(tone: str, icon: str, title: Callable[[], str]) -> Callable[[_Moment], Step]:
    """A step that says its title, when, and what was written."""

    def tell(told: _Moment) -> Step:
        return Step(tone, icon, title(), _when(told, exact=True), told.data.get("text", ""))

    return tell


_TELLERS: dict[str, Callable[[_Moment], Step | None]] = {
    "opened": _opened,
    "joined": _joined,
    "absorbed": _absorbed,
    "accepted": _accepted,
    "corrected": _corrected,
    "rejected": _rejected,
    "referred": _referred,
    "assigned": _assigned,
    "started": _plain("", "crew", lambda: _("Work has begun")),
    "resolved": _plain("leaf", "check", lambda: pgettext("case", "Fixed")),
    "closed": _closed,
    "reopened": _reopened,
    "returned": _plain("", "again", lambda: _("On its own again: a different problem")),
    "answered": _plain("", "chat", lambda: _("The city wrote")),
    "asked": _plain("sun", "question", lambda: _("The city asked")),
    "informed": _plain("", "pencil", lambda: _("The reporter added something")),
    "merged": _merged,
    "extended": _extended,
    "escalated": _escalated,
    "rated": _rated,
    "recorded": _recorded,
}
