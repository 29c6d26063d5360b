"""What every way of sending shares: the message, and the three ways in which it can go wrong."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_PERSONAL = re.compile(r"[\w.+-]{1,64}@[\w-]+\.[\w.-]+|\+?\d[\d ()-]{4,30}\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is handed over to a gateway. Never stored, never logged.

    `link` and `stop` are empty where a message leads nowhere and there is nothing to stop, `answer`
    where a mail is answered to its sender. `choices` are answers that have buttons where
    there are any; whoever types one, or its number, is understood as well.
    """

    notice: int
    to: str
    sender: str
    sender_address: str
    subject: str
    text: str
    link: str
    thread: str
    stop: str
    answer: str = ""
    choices: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Message(notice={self.notice})"


Gateway = Callable[[Message], str]
"""Hands a message over and returns the provider's id of it, or raises one of the following."""


class NotSent(Exception):
    """The message was not accepted; the text says why, without any address."""

    def __init__(self, reason: str) -> None:
        super().__init__(without_addresses(reason)[:300])


class Temporary(NotSent):
    """Surely not sent, and it may work later; in `after` seconds, if the provider said so."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Away(Temporary):
    """Surely not sent, because the service is out of order for whatever message."""


class Permanent(NotSent):
    """Surely not sent, and it never will be."""


class Gone(Permanent):
    """Nobody takes messages there any more: the address is to be forgotten."""


class Unsure(NotSent):
    """Perhaps sent: the provider's answer was lost or makes no sense."""


def without_addresses(text: str) -> str:
    """The text without phone numbers, e-mail addresses and one-time codes."""
    return _PERSONAL.sub("…", text)
