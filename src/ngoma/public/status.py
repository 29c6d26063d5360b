"""The state of a case in people's words: a tag for lists, and a sentence with a date."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ngoma.base import clock
from ngoma.look.formats import day, days, moment, span
from ngoma.public.site import Site
from ngoma.records.models import ACTIVE
from ngoma.records.queries.stories import Happened, Told


@dataclass(frozen=True, slots=True)
class Tag:
    """A state as a coloured word with its icon."""

    tone: str
    icon: str
    word: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is so now, and what follows from it."""

    head: str
    more: str


def tag(state: str, *, due: datetime | None = None, fixed: bool = True) -> Tag:
    """The tag of a state; `due` makes an open one late, `fixed` tells a repair from a mere end."""
    if state in ACTIVE and due is not None and due < clock.now():
        return Tag("sun", "clock", _("Past its date"))
    match state:
        case "received":
            return Tag("sky", "inbox", pgettext("case", "Received"))
        case "accepted":
            return Tag("sky", "eye", pgettext("case", "Accepted"))
        case "in_progress":
            return Tag("sky", "crew", _("Being worked on"))
        case "waiting":
            return Tag("sun", "question", _("Waiting for the reporter"))
        case "referred":
            return Tag("", "out", _("Passed on"))
        case "rejected":
            return Tag("", "cross", _("Not taken up"))
        case "merged":
            return Tag("", "merge", _("Joined with another"))
    if state == "closed" and not fixed:
        return Tag("", "lock", pgettext("case", "Closed"))
    return Tag("leaf", "check", pgettext("case", "Fixed"))


def promise(resolved: datetime, due: datetime | None) -> str:
    """How a repair stands to the date that was promised; empty where none was."""
    if due is None:
        return ""
    late = (timezone.localtime(resolved).date() - timezone.localtime(due).date()).days
    if late > 0:
        return ngettext("%(n)s day late", "%(n)s days late", late) % {"n": late}
    if late < 0:
        early = -late
        return ngettext("%(n)s day before its date", "%(n)s days before its date", early) % {
            "n": early
        }
    return _("on its date")


def fixed_in(opened: datetime, resolved: datetime, due: datetime | None) -> str:
    """Fixed in 3 days, 1 day before its date."""
    words = {"span": span(resolved - opened), "promise": promise(resolved, due)}
    if not words["promise"]:
        return _("Fixed in %(span)s") % words
    return _("Fixed in %(span)s, %(promise)s") % words


def sentence(
    site: Site, told: Told, last: Happened | None = None, *, own: bool = False
) -> Sentence:
    """The state of a report's case as a sentence, `own`: said to its reporter.

    `last` is the event that led to it, where the state has to be explained by one.
    """
    now = clock.now()
    who = site.department(told.department_id) or site.name
    match told.state:
        case "received":
            return _received(told, now, who)
        case "accepted" | "in_progress":
            return _in_work(told, now, who)
        case "waiting":
            return Sentence(
                _("We wait for your answer.")
                if own
                else _("We wait for an answer from the person who reported it."),
                _("Until then the clock stands. Asked on %(day)s.")
                % {"day": day(last.at if last else told.received_at)},
            )
        case "referred":
            return _referred(site, told, last)
        case "rejected":
            return _rejected(site, told, last)
    return _fixed(site, told)


def _received(told: Told, now: datetime, who: str) -> Sentence:
    head = _("Received on %(day)s.") % {"day": day(told.received_at)}
    if told.answer_due is None:
        return Sentence(head, _charge(who))
    words = {"moment": moment(told.answer_due)}
    if told.answer_due < now:
        more = _("An answer was due by %(moment)s. It is late.") % words
    else:
        more = _("It is read and answered by %(moment)s.") % words
    return Sentence(head, f"{more} {_charge(who)}")


def _in_work(told: Told, now: datetime, who: str) -> Sentence:
    state = _("Work has begun.") if told.state == "in_progress" else _("Read and accepted.")
    if told.due is None:
        return Sentence(state, _charge(who))
    late = told.due < now
    head = _("Late: it was to be fixed by %(day)s.") if late else _("To be fixed by %(day)s.")
    return Sentence(head % {"day": day(told.due)}, f"{state} {_charge(who)}")


def _charge(who: str) -> str:
    return _("In charge: %(who)s.") % {"who": who}


def _referred(site: Site, told: Told, last: Happened | None) -> Sentence:
    body = site.book.body(last.data.get("body", "")) if last else None
    when = day(told.closed_at or told.received_at)
    if body is None:
        return Sentence(_("Passed on to another body on %(day)s.") % {"day": when}, "")
    name = site.text(body["name"])
    head = _("Passed on to %(body)s on %(day)s.") % {"body": name, "day": when}
    phone = body.get("phone")
    return Sentence(head, _("You can reach them at %(phone)s.") % {"phone": phone} if phone else "")


def _rejected(site: Site, told: Told, last: Happened | None) -> Sentence:
    reason = site.book.reason(last.data.get("reason", "")) if last else None
    head = _("Not taken up, decided on %(day)s.") % {"day": day(told.closed_at or told.received_at)}
    return Sentence(head, site.text(reason["text"]) if reason else "")


def _fixed(site: Site, told: Told) -> Sentence:
    if told.resolved_at is None:
        when = day(told.closed_at or told.received_at)
        return Sentence(
            _("Closed on %(day)s.") % {"day": when},
            _("We asked for more and heard nothing. If it is still there, report it again."),
        )
    head = _("Fixed on %(day)s.") % {"day": day(told.resolved_at)}
    kept = promise(told.resolved_at, told.due)
    more = f"{kept[:1].upper()}{kept[1:]}. " if kept else ""
    if told.state == "resolved":
        more += _("If it is not fixed, tell us before %(day)s.") % {"day": day(closes(site, told))}
    return Sentence(head, more.strip())


def closes(site: Site, told: Told) -> datetime:
    """When a repaired case closes by itself."""
    assert told.resolved_at is not None
    return told.resolved_at + site.book.by_clock("close")


def took(length: timedelta) -> str:
    """A usual time in days, at least one."""
    return days(max(round(length.total_seconds() / 86400), 1))
