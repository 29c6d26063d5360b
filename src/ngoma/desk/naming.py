"""How the desk calls states, urgencies, channels and roles, and says until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

from ngoma.base.clock import now
from ngoma.look import formats
from ngoma.records.models import Channel, Notice, State, Urgency

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
CHANNELS = {
    Channel.WEB: gettext_lazy("web"),
    Channel.SMS: gettext_lazy("text message"),
    Channel.USSD: gettext_lazy("USSD"),
    Channel.CALL: gettext_lazy("telephone"),
    Channel.MAIL: gettext_lazy("e-mail"),
    Channel.MESSENGER: gettext_lazy("messenger"),
    Channel.OPEN311: gettext_lazy("Open311"),
    Channel.IMPORT: gettext_lazy("import"),
}
SENDING = {
    Notice.State.QUEUED: gettext_lazy("waiting to be sent"),
    Notice.State.SENDING: gettext_lazy("being sent"),
    Notice.State.SENT: gettext_lazy("sent"),
    Notice.State.DELIVERED: gettext_lazy("delivered"),
    Notice.State.FAILED: gettext_lazy("failed"),
    Notice.State.UNSURE: gettext_lazy("perhaps sent"),
}
_SOON = timedelta(hours=6)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Due:
    """A promise in words. `tone`: `late`, `soon` or empty."""

    tone: str
    text: str


def due(at: datetime | None) -> Due | None:
    """How much time is left until a promise, as somebody would say it."""
    if at is None:
        return None
    left = at - now()
    if left <= timedelta():
        return Due("late", gettext("%(span)s late") % {"span": formats.span(-left)})
    if left < _SOON:
        return Due("soon", gettext("%(span)s left") % {"span": formats.span(left)})
    return Due("", until(at))


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
    return format_date(local.date(), "EEEE", locale=formats.locale(get_language() or "en"))
