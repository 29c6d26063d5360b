"""The proposal in words: how sure, why, what else, what it would promise and tell the reporter."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, pgettext

from ngoma.casework.deadlines import Dues, dues
from ngoma.desk import naming
from ngoma.desk.site import Desk
from ngoma.look import formats
from ngoma.records.models import OPEN, State
from ngoma.records.queries.casefiles import File, Suggested, Told, briefs

_LEVELS = ((0.9, 4), (0.7, 3), (0.4, 2))
_LIKELY = 0.02
"""Other services are named from this probability on."""
_MOST_OTHERS = 3

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: `quotes` are pieces of the report's words."""

    icon: str
    text: str
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """Another case that may be about the same problem."""

    case_id: int
    reference: str
    words: str
    facts: str
    likely: bool
    open: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What the officer agrees with or overrules."""

    service_id: int | None
    urgency: int
    department_id: int
    dues: Dues
    level: int
    sure: str
    reasons: list[Why]
    others: list[tuple[int, str]]
    """Other services by id, with how likely each is."""


def offer(desk: Desk, file: File) -> Offer:
    """The proposal for a case, or what the case itself says where there is none."""
    head, said = file.head, file.proposal
    service_id = said.service_id if said and said.service_id else head.service_id
    level = _level(said)
    return Offer(
        service_id=service_id,
        urgency=head.urgency,
        department_id=desk.book.owner(service_id, head.place_id),
        dues=dues(desk.book, service_id, head.urgency, head.opened_at),
        level=level,
        sure=_sure(level),
        reasons=_reasons(said, file.reports[0].words) if said and file.reports else [],
        others=_others(said) if said else [],
    )


def marked(told: Told, said: Suggested | None) -> list[tuple[str, bool]]:
    """The words of the report in pieces; True: a reason of the proposal."""
    pieces, done = [], 0
    for start, end in _merged(_span(reason, told.words) for reason in _spoken(said)):
        pieces += [(told.words[done:start], False), (told.words[start:end], True)]
        done = end
    return [piece for piece in (*pieces, (told.words[done:], False)) if piece[0]]


def alike(desk: Desk, said: Suggested | None) -> list[Alike]:
    """The cases that triage thinks are the same problem, if this person may see them."""
    if said is None or not said.duplicates:
        return []
    known = briefs(desk.book.id, [each["case"] for each in said.duplicates])
    found = []
    for each in said.duplicates:
        brief = known.get(each["case"])
        if brief is None or brief.state == State.MERGED:
            continue
        if not desk.may("see", brief.department_id):
            continue
        facts = (
            naming.ago(brief.opened_at),
            formats.metres(each["metres"]),
            str(naming.STATES[State(brief.state)]),
        )
        still = brief.state in OPEN
        words = brief.words or desk.service(brief.service_id)
        likely = each["probability"] >= 0.5
        found.append(Alike(brief.id, brief.reference, words, ", ".join(facts), likely, still))
    return found


def sureness(probability: float) -> str:
    """How likely a service is, in words."""
    return _sure(next((level for least, level in _LEVELS if probability >= least), 1))


def _level(said: Suggested | None) -> int:
    """1 to 4; 0 where nothing was recognised."""
    if said is None or said.service_id is None:
        return 0
    level = next((level for least, level in _LEVELS if said.confidence >= least), 1)
    return level if said.confident else min(level, 2)


def _sure(level: int) -> str:
    return (
        pgettext("confidence", "Not recognised: please choose"),
        pgettext("confidence", "Only a guess"),
        pgettext("confidence", "Uncertain: please look"),
        pgettext("confidence", "Probably"),
        pgettext("confidence", "Almost certain"),
    )[level]


def _others(said: Suggested) -> list[tuple[int, str]]:
    rest = [each for each in said.services if each["service"] != said.service_id]
    likely = [each for each in rest if each["probability"] >= _LIKELY][:_MOST_OTHERS]
    return [(each["service"], _odds(each["probability"])) for each in likely]


def _odds(probability: float) -> str:
    if probability >= 0.25:
        return pgettext("confidence", "quite possible")
    return pgettext("confidence", "less likely")


def _reasons(said: Suggested, words: str) -> list[Why]:
    """Danger first, then what speaks for the service."""
    best = next((each for each in said.services if each["service"] == said.service_id), None)
    service = best["reasons"] if best else []
    whys = []
    if quotes := _quotes(said.reasons, words):
        whys.append(Why("warning", gettext("words that speak of danger"), quotes))
    whys += [_WHYS[kind]("warning") for kind in _kinds(said.reasons) if kind in _WHYS]
    if quotes := _quotes(service, words):
        whys.append(Why("eye", gettext("words that speak for this service"), quotes))
    whys += [_WHYS[kind]("eye") for kind in _kinds(service) if kind in _WHYS]
    return whys


_WHYS: dict[str, Callable[[str], Why]] = {
    "chosen": lambda _icon: Why("person", gettext("The reporter chose this service")),
    "service": lambda icon: Why(icon, gettext("This service is dangerous in itself")),
    "answer": lambda icon: Why(icon, gettext("An answer of the reporter speaks of danger")),
    "burst": lambda icon: Why(icon, gettext("Many report this here just now")),
    "photo": lambda _icon: Why("camera", gettext("The photo shows it")),
    "past": lambda _icon: Why("clock", gettext("Earlier cases with such words were of this kind")),
    "place": lambda _icon: Why("pin", gettext("This is often reported at this place")),
    "time": lambda _icon: Why("clock", gettext("This is often reported at this time")),
    "channel": lambda _icon: Why("inbox", gettext("This is often reported through this channel")),
}


def _kinds(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(each["kind"] for each in reasons))


def _quotes(reasons: Sequence[Mapping[str, Any]], words: str) -> tuple[str, ...]:
    spans = _merged(_span(each, words) for each in reasons)
    return tuple(dict.fromkeys(words[start:end] for start, end in spans))


def _merged(spans: Iterable[Span | None]) -> list[Span]:
    """Spans in order, those that touch made one."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span is not None):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _span(reason: Mapping[str, Any], words: str) -> Span | None:
    start, end = reason.get("start"), reason.get("end")
    if reason["kind"] != "word" or start is None or end is None or end > len(words):
        return None
    return start, end


def _spoken(said: Suggested | None) -> list[Mapping[str, Any]]:
    if said is None:
        return []
    best = next((each for each in said.services if each["service"] == said.service_id), None)
    return [*said.reasons, *(best["reasons"] if best else [])]
