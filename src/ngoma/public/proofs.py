"""What a form shows when too many come: that its machine worked for it, or that it waited its turn.

Work is ALTCHA's: keys are derived until one begins as asked, some seconds for a phone and nothing
for us to check. Who has no script waits instead: a ticket says, signed, when its turn comes. Both
are good for one form alone, the one they were given to, and for ten minutes.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import altcha
from django.core import signing
from django.utils.crypto import salted_hmac

from ngoma.base.floods import WINDOW

ALGORITHM, ROUNDS = "PBKDF2/SHA-256", 2000
"""How a key is derived: half a millisecond for us, up to ten for an old phone."""

LIFE = WINDOW
"""Seconds: of work since it was asked for, of a ticket since its turn."""

LONGEST = 4000
TICKET = "ngoma.ticket"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What is asked of a form. `json` is for a script; the page without one hands the ticket on."""

    work: dict[str, Any]
    ticket: str
    wait_seconds: int

    @property
    def json(self) -> str:
        """Work and ticket, as `proof.ts` takes them: it hands in what is done first."""
        return json.dumps({"work": self.work, "ticket": self.ticket, "wait": self.wait_seconds})


def ask(form: str, *, keys: int, turn: datetime, at: datetime) -> Challenge:
    """Ask a form to derive at most so many keys, or to wait for its turn."""
    work = altcha.create_challenge(
        ALGORITHM,
        ROUNDS,
        counter=keys // 2 + secrets.randbelow(keys // 2),
        data={"form": form},
        expires_at=int(at.timestamp() + LIFE),
        hmac_secret=_secret("work"),
        hmac_key_secret=_secret("key"),
    )
    ticket = signing.dumps([form, turn.timestamp()], salt=TICKET)
    wait = max(round((turn - at).total_seconds()), 1)
    return Challenge(work.to_dict(), ticket, wait)


def turn_of(proof: str, form: str) -> datetime | None:
    """When the turn of this form comes or came, if the proof is a ticket of it."""
    try:
        holder, turn = signing.loads(proof[:LONGEST], salt=TICKET)
    except signing.BadSignature:
        return None
    return datetime.fromtimestamp(turn, UTC) if holder == form else None


def good(proof: str, form: str, at: datetime) -> str:
    """What tells this proof from every other, if it is good now and for this form; else empty."""
    turn = turn_of(proof, form)
    if turn is not None:
        return proof if 0 <= (at - turn).total_seconds() <= LIFE else ""
    return _worked(proof, form, at)


def _worked(proof: str, form: str, at: datetime) -> str:
    try:
        given = altcha.Payload.from_base64(proof[:LONGEST])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    checked = altcha.verify_solution(given, _secret("work"), hmac_key_secret=_secret("key"))
    # From here on the challenge is ours.
    asked = given.challenge.parameters
    if not checked.verified or asked.data != {"form": form}:
        return ""
    return asked.nonce if at.timestamp() <= (asked.expires_at or 0) else ""


@cache
def _secret(purpose: str) -> str:
    return salted_hmac(f"ngoma.proofs.{purpose}", "", algorithm="sha256").hexdigest()
