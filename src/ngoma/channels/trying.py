"""A conversation played in a terminal, as a phone without internet shows it."""

import secrets
from collections.abc import Callable

from ngoma.channels.dialogue import talks
from ngoma.channels.dialogue.script import Script
from ngoma.channels.ussd import MOST_SEPTETS, MOST_UNITS, caller, fitted
from ngoma.notices import sms


def play(
    script: Script, number: str, *, ask: Callable[[], str], show: Callable[[str], object]
) -> None:
    """From the first screen to the last; the end of the input is the end of the call."""
    session, typed = secrets.token_hex(8), ""
    who = caller(number, script.book.country)
    while True:
        said = talks.turn(script, who, session, typed)
        text = fitted(said.text)
        most = MOST_SEPTETS if sms.is_gsm(text) else MOST_UNITS
        show(f"\n{text}\n── {sms.size(text)} of {most}")
        if said.ended:
            return
        try:
            answer = ask()
        except EOFError:
            return
        typed = f"{typed}{talks.BETWEEN if typed else ''}{answer}"
