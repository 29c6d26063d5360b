"""How the desk calls states, urgencies and roles, and says until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

from ngoma.base.clock import now
from ngoma.base.days import locale
from ngoma.cities.book import Book
from ngoma.look import formats
from ngoma.records.models import Notice, Role, State, Urgency

STATES = {
    State.RECEIVED: pgettext_lazy("state", "New"),
    State.ACCEPTED: pgettext_lazy("state", "Accepted"),
    State.IN_PROGRESS: pgettext_lazy("state", "In progress"),
    State.WAITING: pgettext_lazy("state", "Waiting for the reporter"),
    State.RESOLVED: pgettext_lazy("state", "Solved"),
    State.CLOSED: pgettext_lazy("state", "Closed"),
    State.REFERRED: pgettext_lazy("state", "Referred"),
    State.REJECTED: pgettext_lazy("state", "Rejected"),
    State.MERGED: pgettext_lazy("state", "Merged"),
}
TONES = {
    State.RECEIVED: "sky",
    State.WAITING: "sun",
    State.RESOLVED: "leaf",
    State.CLOSED: "leaf",
}
"""Colours of states; the others have none."""
URGENCIES = {
    Urgency.NOW: gettext_lazy("Danger"),
    Urgency.SOON: gettext_lazy("Soon"),
    Urgency.NO: gettext_lazy("Ordinary"),
}
SENDING = {
    Notice.State.QUEUED: gettext_lazy("waiting to be sent"),
    Notice.State.SENDING: gettext_lazy("being sent"),
    Notice.State.SENT: gettext_lazy("sent"),
    Notice.State.DELIVERED: gettext_lazy("delivered"),
    Notice.State.FAILED: gettext_lazy("failed"),
    Notice.State.UNSURE: gettext_lazy("perhaps sent"),
    Notice.State.HELD: gettext_lazy("held back"),
}
ASKED_FOR = {
    "call-back": gettext_lazy("To call or write back"),
    "identity": gettext_lazy("To check who reported"),
    "request": gettext_lazy("The reporter asked for it"),
}
"""What a member of staff may look at personal data for, and has to say."""

PURPOSES = {**ASKED_FOR, "call": gettext_lazy("During a call")}
ROLES = {
    Role.AGENT: gettext_lazy("Agent"),
    Role.TRIAGER: gettext_lazy("Triager"),
    Role.OFFICER: gettext_lazy("Officer"),
    Role.CREW: gettext_lazy("Crew"),
    Role.SUPERVISOR: gettext_lazy("Supervisor"),
    Role.COORDINATOR: gettext_lazy("Coordinator"),
    Role.AUDITOR: gettext_lazy("Auditor"),
    Role.ADMINISTRATOR: gettext_lazy("Administrator"),
}
_SOON = timedelta(hours=6)
"""A date is near when so much working time, or so much time of the clock, is left until it."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Due:
    """A promise in words. `tone`: `late`, `soon` or empty."""

    tone: str
    text: str


def due(book: Book, at: datetime | None) -> Due | None:
    """How much time is left until a promise, as somebody would say it.

    Monday morning is near on Friday afternoon, for little working time is left until then.
    """
    if at is None:
        return None
    left = at - now()
    if left <= timedelta():
        return Due("late", gettext("%(span)s late") % {"span": formats.span(-left)})
    if left < _SOON:
        return Due("soon", gettext("%(span)s left") % {"span": formats.span(left)})
    near = left < _WEEK and book.calendar.between(now(), at) < _SOON
    return Due("soon" if near else "", until(at))


def until(at: datetime) -> str:
    """Until when: an hour today, a weekday this week, a date."""
    local, today = timezone.localtime(at), timezone.localtime(now()).date()
    if local.date() == today:
        return gettext("today until %(time)s") % {"time": formats.hour(at)}
    if local.date() - today < _WEEK and at > now():
        return gettext("until %(day)s") % {"day": _weekday(local)}
    return gettext("until %(day)s") % {"day": formats.short(at)}


def ago(at: datetime) -> str:
    """How long ago."""
    passed = now() - at
    if passed > _WEEK:
        return formats.short(at)
    return gettext("%(span)s ago") % {"span": formats.span(passed)}


def _weekday(local: datetime) -> str:
    return format_date(local.date(), "EEEE", locale=locale(get_language() or "en"))
