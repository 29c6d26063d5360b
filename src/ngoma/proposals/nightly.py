"""Learning at night: started by the clock, in a process of its own.

Training takes minutes and memory, and a worker must ring for a danger meanwhile.
"""

from datetime import timedelta

from ngoma.base.clock import now
from ngoma.cities.book import Book, books
from ngoma.proposals.training import LEAST
from ngoma.records.models import Learned
from ngoma.records.queries.decided import teaching
from ngoma.work.apart import Apart

FROM, UNTIL = 2, 5
"""Hours of the city between which learning is begun."""

AT_LEAST_APART = timedelta(hours=12)

_learning = Apart("triage", "train", "--nightly")


def learn_at_night() -> None:
    """Start learning for each city where it is night, and that has decided something since."""
    if _learning.is_free() and (due := [book.slug for book in books() if _due(book)]):
        _learning.start(due)


def _due(book: Book) -> bool:
    local = now().astimezone(book.zone)
    if not FROM <= local.hour < UNTIL:
        return False
    last = Learned.objects.filter(city=book.id).order_by("-started_at").first()
    if last is None:
        return teaching(book.id).count() >= LEAST
    if now() - last.started_at < AT_LEAST_APART:
        return False
    return teaching(book.id).filter(at__gt=last.started_at).exists()
