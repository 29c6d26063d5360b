"""A walk through every way of a city's conversation, in every language: does each screen fit?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ngoma.channels import texts
from ngoma.channels.dialogue import engine
from ngoma.channels.dialogue.engine import State
from ngoma.channels.dialogue.script import Script
from ngoma.notices.texts import date
from ngoma.records.models.case import State as Stage


@dataclass(frozen=True, slots=True)
class Screen:
    """What is seen at a step in a language, on the way to something that is done."""

    step: str
    language: str
    text: str


def screens(script: Script) -> Iterator[Screen]:
    """Everything that can be seen, each as long as it can become."""
    for language in script.book.languages:
        sorry = texts.said("sorry", language)
        for code, step in script.steps.items():
            state = State(step=code, language=language)
            if step.do in ("report", "status"):
                continue
            yield Screen(code, language, engine.screen(script, state, before=sorry))
            if step.take == "place":
                offered = _longest(script, language)
                shown = engine.screen(script, _offering(state, offered), before=sorry)
                yield Screen(code, language, shown)
        start = engine.begin(script, language)
        yield Screen("resume", language, engine.screen(script, engine.resume(start), before=sorry))
        yield from _ends(script, language)


def too_long(script: Script, fits: Callable[[str], bool]) -> list[Screen]:
    """The screens that do not fit."""
    return [each for each in screens(script) if not fits(each.text)]


def _ends(script: Script, language: str) -> Iterator[Screen]:
    """What is said last, with the longest number, date and telephone."""
    reference = f"{script.book.prefix} 7F3 K29 M4P"
    longest = max(_dates(language), key=len)
    by = max(
        (texts.said(key, language, date=longest) for key in ("by", "answer_by", "late")), key=len
    )
    phones = {str(each["phone"]) for each in script.book.settings["stoppers"] if each.get("phone")}
    pin = texts.said("pin", language, pin="4711")
    told = texts.said("received", language, reference=reference, by=f"{pin} {by}")
    yield Screen("report", language, told)
    for phone in phones:
        said = texts.said("danger", language, reference=reference, phone=phone)
        yield Screen("report", language, said)
    for stage in Stage.values:
        state = texts.state(stage, language)
        said = texts.said("status", language, reference=reference, state=state, by=by)
        yield Screen("status", language, said)
    for key in ("unknown", "private", "flood"):
        phone = str(script.book.settings["emergency"])
        yield Screen("status", language, texts.said(key, language, phone=phone))


def _dates(language: str) -> Iterator[str]:
    """Dates as notices write them, of every month and every day of the week."""
    for month in range(1, 13):
        for day in range(20, 27):
            yield date(datetime(2026, month, day, 17, 30, tzinfo=UTC), language, long=False)


def _longest(script: Script, language: str) -> tuple[str, ...]:
    """The places that need most room."""
    codes = [each.code for each in script.book.places.values() if not each.retired]

    def room(code: str) -> int:
        return len(engine.name(script.book, code, language))

    return tuple(sorted(codes, key=room, reverse=True)[: engine.MOST_PLACES])


def _offering(state: State, offered: tuple[str, ...]) -> State:
    return State(step=state.step, language=state.language, offered=offered)
