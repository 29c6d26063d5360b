"""The story of a case as colleagues read it: every event in a sentence, newest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from ngoma.base.clock import parse
from ngoma.base.references import show
from ngoma.desk import naming
from ngoma.desk.site import Desk
from ngoma.look import formats
from ngoma.look.channels import CHANNELS
from ngoma.records.models import Channel, Event, Notice, State, User
from ngoma.records.queries.casefiles import File, Happened, Replied, briefs, replies


@dataclass(frozen=True, slots=True)
class Line:
    """One event. `said` is what somebody wrote; `notices` how the reporters were told of it."""

    at: datetime
    by: str
    icon: str
    tone: str
    title: str
    facts: tuple[str, ...]
    said: str
    photos: tuple[str, ...]
    notices: tuple[str, ...]
    undone: bool = False


def story(desk: Desk, file: File) -> list[Line]:
    """All that happened and was said, newest first."""
    told = [*lines(desk, file), *(_replied(each) for each in replies(file.head.id))]
    return sorted(told, key=lambda line: line.at, reverse=True)


def lines(desk: Desk, file: File, *, after: int = 0) -> list[Line]:
    """The events numbered after `after`, newest first."""
    names = _Names(desk, file)
    events = [each for each in file.events if each.seq > after]
    return [_line(names, each) for each in reversed(events)]


class _Names:
    """Names of what the events of a case mention by id."""

    def __init__(self, desk: Desk, file: File) -> None:
        self.desk = desk
        self.notices = file.notices
        mentioned = {
            each.data[key]
            for each in file.events
            for key in ("into", "from")
            if isinstance(each.data.get(key), int)
        }
        users = {each.data["user"] for each in file.events if each.data.get("user")}
        self._cases = briefs(desk.book.id, sorted(mentioned))
        self._users = User.objects.in_bulk(users) if users else {}
        self._photos = {each.name for each in file.photos}

    def case(self, case_id: int) -> str:
        brief = self._cases.get(case_id)
        return show(brief.reference) if brief else ""

    def user(self, user_id: int | None) -> str:
        user = self._users.get(user_id) if user_id else None
        return (user.get_full_name() or user.username) if user else ""

    def photos(self, data: dict[str, Any]) -> tuple[str, ...]:
        return tuple(name for name in data.get("photos", ()) if name in self._photos)


def title(kind: str, data: dict[str, Any]) -> tuple[str, str, str]:
    """Icon, tone and title of an event."""
    return _TITLES[kind](data)


def _line(names: _Names, event: Happened) -> Line:
    icon, tone, title = _TITLES[event.kind](event.data)
    data = event.data
    return Line(
        at=event.at,
        by=event.name or _actor(event.actor),
        icon=icon,
        tone=tone,
        title=title,
        facts=tuple(_facts(names, event)),
        said=str(data.get("text") or ""),
        photos=names.photos(data),
        notices=tuple(_notices(names, event)),
        undone=event.undone,
    )


def _replied(reply: Replied) -> Line:
    return Line(
        at=reply.at,
        by=_actor(Event.Actor.SYSTEM),
        icon="send",
        tone="",
        title=gettext("Said back at once"),
        facts=(),
        said=reply.text,
        photos=(),
        notices=(_sent(reply.channel, reply.state, 1),),
    )


def _actor(kind: str) -> str:
    return {
        Event.Actor.RESIDENT: gettext("Reporter"),
        Event.Actor.SYSTEM: gettext("Ngoma"),
        Event.Actor.BODY: gettext("Another body"),
        Event.Actor.STAFF: gettext("Staff"),
    }[Event.Actor(kind)]


def _facts(names: _Names, event: Happened) -> Sequence[str]:
    """What an event's data says, in the desk's names."""
    desk, data, facts = names.desk, event.data, []
    if event.kind != "proposed":
        facts += [desk.service(data.get("service")), desk.place(data.get("place"))]
    facts += [desk.department(data.get("department")), names.user(data.get("user"))]
    if event.kind in ("merged", "split"):
        facts.append(names.case(data["into"]))
    if event.kind == "absorbed" or (event.kind == "opened" and "from" in data):
        facts.append(names.case(data["from"]))
    if data.get("reference"):
        facts.append(show(data["reference"]))
    reason = desk.book.reason(data.get("reason") or "")
    body = desk.book.body(data.get("body") or "")
    facts += [desk.text(each["name"]) for each in (reason, body) if each]
    if data.get("minutes"):
        facts.append(gettext("%(minutes)s minutes") % {"minutes": formats.number(data["minutes"])})
    facts.append(data.get("materials", ""))
    if data.get("due"):
        facts.append(gettext("due %(date)s") % {"date": formats.moment(parse(data["due"]))})
    return [each for each in facts if each]


def _notices(names: _Names, event: Happened) -> Sequence[str]:
    """E-mail: 2 delivered"""
    return [
        _sent(each.channel, each.state, each.contacts)
        for each in names.notices
        if each.event_id == event.id
    ]


def _sent(channel: str, state: str, contacts: int) -> str:
    ways = {"email": gettext("E-mail"), "sms": gettext("Text message"), "open311": "Open311"}
    ways |= {"telegram": "Telegram", "whatsapp": "WhatsApp"}
    ways["bridge"] = capfirst(str(CHANNELS[Channel.MESSENGER]))
    return gettext("%(channel)s: %(count)s %(state)s") % {
        "channel": ways[channel],
        "count": formats.number(contacts),
        "state": naming.SENDING[Notice.State(state)],
    }


Title = tuple[str, str, str]


def _opened(data: dict[str, Any]) -> Title:
    if "from" in data:
        return "split", "", gettext("Taken out of another case")
    channel = CHANNELS[Channel(data["channel"])]
    return "inbox", "", gettext("Reported by %(channel)s") % {"channel": channel}


def _proposed(data: dict[str, Any]) -> Title:
    if data.get("urgency") == 2:
        return "warning", "drum", gettext("Read: danger")
    return "eye", "", gettext("Read, with a proposal")


def _assigned(data: dict[str, Any]) -> Title:
    if data.get("transfer"):
        return "arrow", "", gettext("Passed on to another department")
    return "person", "", gettext("Assigned")


def _reopened(data: dict[str, Any]) -> Title:
    if data.get("appeal"):
        return "again", "sun", gettext("The decision is contested")
    return "again", "sun", gettext("Opened again")


def _task_ended(data: dict[str, Any]) -> Title:
    if data.get("done"):
        return "check", "leaf", gettext("A part is done")
    return "cross", "", gettext("A part is no longer needed")


def _closed(data: dict[str, Any]) -> Title:
    if data.get("reason"):
        return "lock", "", gettext("Closed, as the reporter did not answer")
    return "lock", "leaf", gettext("Closed")


def _escalated(data: dict[str, Any]) -> Title:
    if data.get("step") == 1:
        return "clock", "drum", gettext("First answer late")
    return "clock", "drum", gettext("Solution late")


def _reminded(data: dict[str, Any]) -> Title:
    """What the ladder told, and of which promise."""
    if data.get("late"):
        return "bell", "drum", gettext("Colleagues were told that it is late")
    share = {"share": data.get("at", "")}
    if data.get("promise") == "answer":
        return "bell", "", gettext("Reminder: %(share)s of the time to answer has passed") % share
    return "bell", "", gettext("Reminder: %(share)s of the time to solve it has passed") % share


def _visited(data: dict[str, Any]) -> Title:
    """What a crew found; `late` where they did not know what had happened meanwhile."""
    title = {
        "done": gettext("A crew was there: done"),
        "not_found": gettext("A crew was there: nothing found"),
        "other_crew": gettext("A crew was there: another one is needed"),
    }[data.get("outcome", "done")]
    if data.get("late"):
        title += " " + gettext("(before they knew what had changed)")
    return "crew", "sun" if data.get("late") else "", title


def _rated(data: dict[str, Any]) -> Title:
    stars = ngettext("Rated %(n)s star", "Rated %(n)s stars", data["score"])
    return "star", "", stars % {"n": formats.number(data["score"])}


def _redacted(data: dict[str, Any]) -> Title:
    if "blurs" in data:
        return "eye", "", gettext("What is blurred in a photo was changed")
    if "photo" in data:
        return "eye", "", gettext("A photo was hidden from the public")
    return "eye", "", gettext("Published words were changed")


def _recorded(data: dict[str, Any]) -> Title:
    state = naming.STATES[State(data["state"])]
    return "check", "", gettext("As recorded elsewhere: %(state)s") % {"state": state}


def _undone(data: dict[str, Any]) -> Title:
    _icon, _tone, title = _TITLES[data["step"]]({})
    return "again", "", gettext("Taken back: %(step)s") % {"step": title}


_TITLES: dict[str, Callable[[dict[str, Any]], Title]] = {
    "opened": _opened,
    "joined": lambda _: ("plus", "", gettext("Reported again")),
    "proposed": _proposed,
    "accepted": lambda _: ("check", "", gettext("Accepted")),
    "corrected": lambda _: ("pencil", "", gettext("Corrected")),
    "rejected": lambda _: ("cross", "", gettext("Rejected")),
    "referred": lambda _: ("out", "", gettext("Referred to another body")),
    "assigned": _assigned,
    "started": lambda _: ("crew", "", gettext("Work has begun")),
    "resolved": lambda _: ("flag", "leaf", gettext("Solved")),
    "closed": _closed,
    "reopened": _reopened,
    "tasked": lambda _: ("people", "", gettext("A part was given to a department")),
    "task_ended": _task_ended,
    "answered": lambda _: ("chat", "", gettext("Answered")),
    "asked": lambda _: ("question", "sun", gettext("Asked the reporter")),
    "informed": lambda _: ("chat", "", gettext("The reporter added something")),
    "noted": lambda _: ("lock", "", gettext("Note for colleagues")),
    "merged": lambda _: ("merge", "", gettext("Merged into another case")),
    "absorbed": lambda _: ("merge", "", gettext("Another case was merged into this one")),
    "split": lambda _: ("split", "", gettext("A report was given a case of its own")),
    "returned": lambda _: ("split", "", gettext("Taken out of another case")),
    "extended": lambda _: ("clock", "sun", gettext("Deadline extended")),
    "escalated": _escalated,
    "reminded": _reminded,
    "visited": _visited,
    "rated": _rated,
    "redacted": _redacted,
    "forgotten": lambda _: ("lock", "", gettext("The reporter’s contact was erased")),
    "erased": lambda _: ("cross", "", gettext("What the reporter said was erased")),
    "recorded": _recorded,
    "undone": _undone,
}
