"""A city is foretold once a day, as the day begins, in a process of its own.

Learning looks back over years, and a worker must ring for a danger meanwhile.
"""

from datetime import date, timedelta

from ngoma.base.clock import now
from ngoma.cities.book import Book, books
from ngoma.insight import arriving
from ngoma.insight.forecast.history import LEAST
from ngoma.insight.forecast.kept import EPOCH
from ngoma.records.models import Forecast
from ngoma.records.queries import arrivals
from ngoma.records.queries.events import behind
from ngoma.work.apart import Apart
from ngoma.work.claims import claim

CLAIMED = timedelta(hours=1)
"""How long a day is left to the worker that began with it: several hosts have the same to do."""

_foretelling = Apart("insight", "forecast", "--daily")


def watch() -> None:
    """Start foretelling for each city whose day has begun, unless another worker has. Called by the
    clock."""
    if not _foretelling.is_free():
        return
    due = [book.slug for book in books() if _due(book)]
    if ours := [slug for slug in due if claim(f"forecast {slug}", CLAIMED)]:
        _foretelling.start(ours)


def today(book: Book) -> date:
    """The present day of the city."""
    return now().astimezone(book.zone).date()


def _due(book: Book) -> bool:
    day = today(book)
    if Forecast.objects.filter(city=book.id, day=day).exists():
        return False
    if behind(arriving.READER):
        return False  # what came is not all counted: the day would be judged by less
    first = arrivals.first_day(book.id)
    return first is not None and (day - EPOCH).days - first >= LEAST
