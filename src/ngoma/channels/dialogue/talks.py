"""Conversations under way: where somebody is, over calls that break off, for a day.

Every gateway may say the same again, and may say it late: what was heard before changes nothing.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from ngoma.base.clock import now
from ngoma.channels import texts
from ngoma.channels.dialogue import doing, engine
from ngoma.channels.dialogue.doing import Caller
from ngoma.channels.dialogue.engine import State
from ngoma.channels.dialogue.script import Script
from ngoma.cities.book import Book
from ngoma.people import vault
from ngoma.records.models import Report, Talk

LASTS = timedelta(days=1)
"""How long a conversation can be gone on with; then it is forgotten."""

BETWEEN = "*"
"""Stands between the answers of one call, as gateways of USSD hand them over."""


_LONGEST = 512
"""Characters of all answers of a call that are looked at."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is shown, whether the conversation has ended with it, what can be chosen, and what is
    taken as it is said. `language` is that of the words. `step` is what the pack says there, if it
    is that. `made_of`: the report that came of it."""

    text: str
    ended: bool
    choices: tuple[str, ...] = ()
    takes: str = ""
    language: str = ""
    step: str = ""
    made_of: Report | None = None


def turn(script: Script, caller: Caller, session: str, heard: str) -> Said:
    """The next turn of a call. `heard` is all that was typed in it, with `*` between the answers.

    A call that begins with answers (a string that was dialled) is taken through them at once. One
    that broke off is gone on with in the next, if its caller wants that.
    """
    person = _person(script, caller, session)
    with transaction.atomic():
        talk = held(script.book, caller.gateway, person)
        if talk.session == session and talk.heard.startswith(heard[:_LONGEST]):
            return _shown(script, talk)
        _hear(script, caller, talk, session, heard[:_LONGEST])
        talk.at = now()
        talk.save()
    return _shown(script, talk)


def answer(script: Script, caller: Caller, session: str, typed: str) -> Said:
    """The next turn where a gateway hands over each answer by itself. The first thing that somebody
    says, or a word that means to begin, begins a conversation; it is gone on with for a day."""
    person = _person(script, caller, session)
    with transaction.atomic():
        talk = held(script.book, caller.gateway, person)
        state = _under_way(script, talk)
        begins = state is None or typed.strip().casefold() in texts.words("start", state.language)
        if state is None or begins:
            talk.key = str(uuid.uuid4())
            state = engine.begin(script, _language(script, caller))
        _go(script, caller, talk, state, [] if begins else [typed])
        talk.at = now()
        talk.save()
    return _shown(script, talk)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A question as a page shows it: the `number` of the answers before it, and what is said.
    `trouble` is why an answer to it was not taken: it is `missing`, or it has to wait (`flood`)."""

    number: int
    said: Said
    trouble: str = ""


def leaf(script: Script, caller: Caller, session: str) -> Leaf:
    """Where a conversation stands that is led on pages; its beginning where nobody answered yet."""
    talk = Talk.objects.filter(
        city=script.book.id, channel=caller.gateway, person=_person(script, caller, session)
    ).first()
    return _leaf(script, caller, talk)


def turn_leaf(
    script: Script,
    caller: Caller,
    session: str,
    number: int,
    typed: str,
    *,
    waits: Callable[[State], bool],
) -> Leaf:
    """The answer to page `number` of a conversation that is led on pages. A page that was answered
    before changes nothing. Where the next state `waits`, this one stays, with all that was told."""
    person = _person(script, caller, session)
    with transaction.atomic():
        talk = held(script.book, caller.gateway, person)
        before = _leaf(script, caller, talk)
        state = _under_way(script, talk) if talk.key else engine.begin(script, before.said.language)
        if state is None or before.number != number:
            return before
        following = engine.hear(script, state, typed)
        if following is None or waits(following):
            trouble = "missing" if following is None else "flood"
            transaction.set_rollback(True)  # a beginning that came to nothing is not kept
            return replace(before, trouble=trouble)
        talk.key = talk.key or str(uuid.uuid4())
        _go(script, caller, talk, state, [typed])
        talk.heard, talk.at = str(number + 1), now()
        talk.save()
        return _leaf(script, caller, talk)


def recorded(
    script: Script, caller: Caller, session: str, keep: Callable[[Report], object]
) -> Said:
    """The end of a call in which somebody spoke instead of typing: what they said is a report, and
    `keep` is told of which."""
    person = _person(script, caller, session)
    with transaction.atomic():
        talk = held(script.book, caller.gateway, person)
        state = _under_way(script, talk)
        if talk.session == session and state is not None:
            receipt = doing.report(script.book, state, caller, talk.key, recorded=True)
            keep(receipt.report)
            talk.answer = doing.received(script.book, receipt, state)
            talk.state, talk.at = None, now()
            talk.save()
    return _shown(script, talk)


def close(script: Script, caller: Caller, session: str, words: str) -> Said:
    """End a conversation with these words."""
    with transaction.atomic():
        talk = held(script.book, caller.gateway, _person(script, caller, session))
        talk.state, talk.answer, talk.at = None, words, now()
        talk.save()
    return _shown(script, talk)


def forget_old(at: datetime | None = None) -> int:
    """Delete the conversations that nobody goes on with. Returns how many; called by the clock."""
    return Talk.objects.filter(at__lt=(at or now()) - LASTS).delete()[0]


def _person(script: Script, caller: Caller, session: str) -> str:
    """Who speaks, as a hash; somebody without a number is as good as the call."""
    known = caller.address.address if caller.address else f"call {session}"
    return vault.finder(script.book.id, known)


def held(book: Book, channel: str, person: str) -> Talk:
    """The conversation with somebody over a channel, held until this transaction is over."""
    wanted = {"city_id": book.id, "channel": channel, "person": person}
    new = {"key": "", "session": "", "heard": "", "answer": "", "at": now()}
    Talk.objects.get_or_create(**wanted, defaults=new)
    return Talk.objects.select_for_update().get(**wanted)


def _hear(script: Script, caller: Caller, talk: Talk, session: str, heard: str) -> None:
    """Go through what is new of the call and keep where that leads."""
    goes_on = talk.session == session and heard.startswith(talk.heard)
    state = _under_way(script, talk) if goes_on else None
    if state is not None:
        typed = [heard[len(talk.heard) :].removeprefix(BETWEEN)]
    else:
        state = _first(script, caller, talk, dialled=bool(heard))
        typed = heard.split(BETWEEN) if heard else []
    talk.session, talk.heard = session, heard
    _go(script, caller, talk, state, typed)


def _shown(script: Script, talk: Talk) -> Said:
    state = _under_way(script, talk)
    if state is None:
        return Said(talk.answer, ended=True)
    return _said(script, state, talk.answer)


def _said(script: Script, state: State, words: str) -> Said:
    return Said(
        words,
        ended=False,
        choices=tuple(engine.choices(script, state)),
        takes=engine.takes(script, state),
        language=state.language,
        step="" if state.resuming or state.offered else state.step,
    )


def _leaf(script: Script, caller: Caller, talk: Talk | None) -> Leaf:
    """The page of a conversation, which is known by its key to have begun."""
    if talk is None or not talk.key:
        first = engine.begin(script, _language(script, caller))
        return Leaf(0, _said(script, first, engine.question(script, first)))
    state = _under_way(script, talk)
    if state is not None:
        return Leaf(int(talk.heard), _said(script, state, engine.question(script, state)))
    report = _report(script, caller, talk)
    return Leaf(int(talk.heard), Said(talk.answer, ended=True, made_of=report))


def _report(script: Script, caller: Caller, talk: Talk) -> Report | None:
    """What a conversation handed in."""
    told = Report.objects.filter(city=script.book.id, origin=caller.gateway, key=talk.key)
    return told.first()


def _first(script: Script, caller: Caller, talk: Talk, *, dialled: bool) -> State:
    """Where a call begins: anew, or where the last one broke off."""
    state = _under_way(script, talk)
    if state is not None and state.step != script.start and not dialled:
        return engine.resume(state)
    talk.key = str(uuid.uuid4())
    return engine.begin(script, _language(script, caller))


def _under_way(script: Script, talk: Talk) -> State | None:
    """Where the conversation stands; None where there is none to go on with."""
    if talk.state is None or talk.at <= now() - LASTS:
        return None
    state = msgspec.convert(talk.state, State)
    return state if state.step in script.steps else None


def _go(script: Script, caller: Caller, talk: Talk, state: State, typed: list[str]) -> None:
    sorry = ""
    for each in typed:
        following = engine.hear(script, state, each)
        if following is None:
            sorry = texts.said("sorry", state.language)
            break
        if following.step == script.start and state.resuming:
            talk.key = str(uuid.uuid4())
        state = following
        what = engine.does(script, state)
        if what:
            talk.answer = doing.do(what, script.book, state, caller, talk.key)
            talk.state = None
            return
    talk.answer = engine.screen(script, state, before=sorry)
    talk.state = msgspec.to_builtins(state)


def _language(script: Script, caller: Caller) -> str:
    """The language in which this number is written to; else the city's own."""
    known = vault.find(script.book.id, caller.address) if caller.address else None
    return script.book.language(known.language if known else caller.language)
