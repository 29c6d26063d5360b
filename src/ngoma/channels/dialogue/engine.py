"""Where somebody is in a conversation, what they see there, and where what they say leads.

Nothing is stored or sent here: a state and what was said give the next state.
"""

from collections.abc import Sequence

import msgspec

from ngoma.base.characters import clean
from ngoma.channels import texts
from ngoma.channels.dialogue.script import Choice, Script, Step
from ngoma.cities import gazetteer
from ngoma.cities.book import Book, text
from ngoma.intake import landmarks
from ngoma.look.formats import autonym

MOST_PLACES = 3
"""Places that are offered where it is not sure which one is meant."""
LONGEST_NAME = 22
"""Characters of a place's name on a screen."""
LONGEST_TYPED = 300


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The step, the language, and what was told so far. `service` and `place` are codes.

    `offered`: codes of places one of which is to be chosen. `resuming`: the conversation broke off
    here, and whoever began it is asked whether to go on.
    """

    step: str
    language: str
    service: str = ""
    words: str = ""
    location: str = ""
    place: str = ""
    reference: str = ""
    offered: tuple[str, ...] = ()
    resuming: bool = False


def begin(script: Script, language: str) -> State:
    """The first step."""
    return State(step=script.start, language=script.book.language(language))


def resume(state: State) -> State:
    """The same place after a break: go on, or begin anew?"""
    return msgspec.structs.replace(state, resuming=True)


def does(script: Script, state: State) -> str:
    """What is to be done now that all is told: `report`, `status`, or nothing yet."""
    do = script.steps[state.step].do
    return "" if state.resuming or do == "language" else do


def takes(script: Script, state: State) -> str:
    """What is taken now as it is said: `words`, `place`, `reference`, or nothing but a choice."""
    return "" if state.resuming or state.offered else script.steps[state.step].take


def question(script: Script, state: State) -> str:
    """What is said before the choices."""
    if state.resuming:
        return texts.said("resume", state.language)
    if state.offered:
        return texts.said("which", state.language)
    return text(script.steps[state.step].say, state.language)


def hear(script: Script, state: State, said: str) -> State | None:
    """The next state; None where what was said makes no sense here."""
    typed = clean(said)[:LONGEST_TYPED].strip()
    if state.resuming:
        return _resumed(script, state, typed)
    step = script.steps[state.step]
    if state.offered:
        return _place_chosen(step, state, typed)
    if step.do == "language":
        return _language_chosen(script, step, state, typed)
    choice = _picked(typed, step.choices)
    if choice is not None:
        service = choice.service or state.service
        return msgspec.structs.replace(state, step=choice.go, service=service)
    if not step.take or not typed:
        return None
    return _taken(script, step, state, typed)


def screen(script: Script, state: State, *, before: str = "") -> str:
    """What is seen, a choice a line. `before` is said first: that the last answer made no sense."""
    lines = [*([before] if before else []), question(script, state)]
    lines += [f"{number} {each}" for number, each in enumerate(choices(script, state), 1)]
    return "\n".join(lines)


def choices(script: Script, state: State) -> list[str]:
    """What can be chosen, in the order of their numbers."""
    language = state.language
    if state.resuming:
        return [texts.said(each, language) for each in ("go_on", "anew")]
    if state.offered:
        return [*names(script.book, state.offered, language), texts.said("none", language)]
    step = script.steps[state.step]
    if step.do == "language":
        return [autonym(each) for each in script.book.languages]
    return [text(each.say, language) for each in step.choices]


def _resumed(script: Script, state: State, typed: str) -> State | None:
    if typed == "1":
        return msgspec.structs.replace(state, resuming=False)
    return begin(script, state.language) if typed == "2" else None


def _picked(typed: str, choices: tuple[Choice, ...]) -> Choice | None:
    number = _number(typed)
    return choices[number - 1] if 1 <= number <= len(choices) else None


def _number(typed: str) -> int:
    """A number of one digit; 0 for anything else."""
    return int(typed) if len(typed) == 1 and typed.isdecimal() else 0


def _language_chosen(script: Script, step: Step, state: State, typed: str) -> State | None:
    number, languages = _number(typed), script.book.languages
    if not 1 <= number <= len(languages):
        return None
    return msgspec.structs.replace(state, step=step.go, language=languages[number - 1])


def _place_chosen(step: Step, state: State, typed: str) -> State | None:
    number = _number(typed)
    if not 1 <= number <= len(state.offered) + 1:
        return None
    place = state.offered[number - 1] if number <= len(state.offered) else ""
    return msgspec.structs.replace(state, step=step.go, place=place, offered=())


def _taken(script: Script, step: Step, state: State, typed: str) -> State:
    if step.take == "words":
        return msgspec.structs.replace(state, step=step.go, words=typed)
    if step.take == "reference":
        return msgspec.structs.replace(state, step=step.go, reference=typed)
    place, offered = understood(script.book, typed)
    if offered:
        return msgspec.structs.replace(state, location=typed, offered=offered)
    return msgspec.structs.replace(state, step=step.go, location=typed, place=place)


def understood(book: Book, typed: str) -> tuple[str, tuple[str, ...]]:
    """The code of the place that is meant; or, where that is not sure, those that may be."""
    found = gazetteer.find(book, typed, limit=MOST_PLACES)
    codes = tuple(book.places[each.place_id].code for each in found)
    if found and found[0].score >= gazetteer.SURE:
        return codes[0], ()
    return "", () if landmarks.find(book, typed) else codes


def names(book: Book, codes: Sequence[str], language: str) -> list[str]:
    """Places that are offered together: those that share a name are told apart by what they lie
    in."""
    shown = [name(book, code, language) for code in codes]
    return [
        name(book, code, language, within=1) if shown.count(each) > 1 else each
        for code, each in zip(codes, shown, strict=True)
    ]


def name(book: Book, code: str, language: str, *, within: int = -1) -> str:
    """A place, and where there is room the whole it lies in: the largest, or the one `within`
    which it lies."""
    chain = book.chain(book.place_by_code[code].id)
    whole = chain[within] if within < len(chain) else chain[-1]
    names = [text(book.places[each].names, language) for each in (chain[0], whole)]
    full = ", ".join(dict.fromkeys(names))
    return full if len(full) <= LONGEST_NAME else names[0][:LONGEST_NAME]
