"""What the reporter thinks of the result."""

from datetime import datetime

from ngoma.casework.change import change
from ngoma.casework.errors import BadRequest
from ngoma.casework.wording import LONGEST_TEXT
from ngoma.people.permissions import Actor
from ngoma.records.models import Case


def rate(
    *, actor: Actor, case_id: int, score: int, text: str = "", at: datetime | None = None
) -> Case:
    """Give 1 (bad) to 5 (good). The last rating counts. Raises `BadRequest` for another number."""
    with change("rate", actor=actor, case_id=case_id, at=at) as held:
        if score not in range(1, 6):
            raise BadRequest("score", "out_of_range")
        if len(text) > LONGEST_TEXT:
            raise BadRequest("text", "too_long")
        held.append("rated", score=score, text=text.strip())
    return held.case
