"""Places that reporters name and no map knows: learned from where the desk says that they are.

"Behind the blue kiosk" leads somewhere once two cases with these words were set right to about the
same spot. Where somebody means another place by the same words, they start anew.
"""

from ngoma.base.clock import now
from ngoma.base.quad import distance_m
from ngoma.cities import gazetteer
from ngoma.cities.book import Book, book_of
from ngoma.records.models import Event, Landmark, Report
from ngoma.triage.words import plain

LEARN = "intake.landmark"
AGREEING = 2
"""Cases that have to agree before words are believed."""
NEAR = 200.0
"""Metres within which two of them mean the same spot."""
LONGEST, SHORTEST = 120, 6
"""Characters of words that say a place; shorter ones may mean anything."""


def find(book: Book, said: str) -> tuple[float, float] | None:
    """Latitude and longitude of what somebody calls a place, if the desk knows it."""
    words = _key(said)
    known = Landmark.objects.filter(city=book.id, words=words, told__gte=AGREEING).first()
    return (known.lat, known.lon) if known else None


def learn(event: int, case: int) -> None:
    """The job after a correction: keep where the reporter's words lead."""
    told = Event.objects.select_related("case").get(pk=event)
    lat, lon = told.data.get("lat"), told.data.get("lon")
    words = _key(_said(told)) if told.user_id and lat is not None else ""
    book = book_of(told.case.city_id)
    if not words or gazetteer.sure(book, words):
        return
    known = Landmark.objects.filter(city=book.id, words=words).first()
    if known is None:
        known = Landmark(city_id=book.id, words=words, lat=lat, lon=lon, told=0)
    elif known.case_id == case:  # set right once more: it is still one case
        return
    if distance_m(known.lat, known.lon, lat, lon) > NEAR:
        known.told, known.lat, known.lon = 0, lat, lon
    known.told += 1
    known.lat += (lat - known.lat) / known.told
    known.lon += (lon - known.lon) / known.told
    known.case_id, known.learned_at = case, now()
    known.save()


def _said(told: Event) -> str:
    """How the reporter called the place: in the form, or in answer to where it is."""
    report = Report.objects.filter(reference=told.case.reference).only("location").first()
    if report is not None and report.location:
        return report.location
    added = Event.objects.filter(case=told.case_id, kind="informed", undone=False)
    first = added.order_by("seq").first()
    return str(first.data.get("text", "")) if first else ""


def _key(said: str) -> str:
    """Words without capitals, accents and signs; empty where they are no name of a place."""
    words = plain(said)
    return words if SHORTEST <= len(words) <= LONGEST else ""
