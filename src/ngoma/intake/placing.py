"""Where a report is: a position, a place of the pack, or words such as a plus code."""

from dataclasses import dataclass
from math import isfinite

from ngoma.base.characters import clean
from ngoma.cities import gazetteer
from ngoma.cities.book import Book
from ngoma.intake import landmarks
from ngoma.intake.submission import Problem, Submission

LANDMARK_RADIUS = 150
"""Metres of uncertainty where the desk has said where such words lead."""

PLACE_RADIUS = 1000
"""Metres of uncertainty where only the name of a place is known."""


@dataclass(frozen=True, slots=True)
class Position:
    """What is known: any of coordinates with their uncertainty in metres, and a place."""

    lat: float | None = None
    lon: float | None = None
    accuracy: int = 0
    place_id: int | None = None


def find(submission: Submission) -> tuple[Position, list[Problem]]:
    """The position of a submission, and what is wrong with it."""
    if submission.lat is not None or submission.lon is not None:
        return _by_coordinates(submission)
    if submission.place:
        return _by_place(submission.book, submission.place)
    if words := clean(submission.location):
        return _by_words(submission.book, words), []
    return Position(), [Problem("location", "no_place")]


def _by_coordinates(submission: Submission) -> tuple[Position, list[Problem]]:
    book, lat, lon = submission.book, submission.lat, submission.lon
    if lat is None or lon is None or not (isfinite(lat) and isfinite(lon)):
        return Position(), [Problem("location", "bad_position")]
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or not _inside(book, lat, lon):
        swapped = -90 <= lon <= 90 and -180 <= lat <= 180 and _inside(book, lon, lat)
        return Position(), [Problem("location", "swapped" if swapped else "outside_city")]
    place_id = book.locate(lat, lon).place_id
    named = book.place_by_code.get(submission.place or "")
    if named is not None and place_id in book.chain(named.id):
        place_id = named.id
    accuracy = submission.accuracy if isfinite(submission.accuracy) else 0
    return Position(lat, lon, max(0, min(int(accuracy), 100_000)), place_id), []


def _by_place(book: Book, code: str) -> tuple[Position, list[Problem]]:
    place = book.place_by_code.get(code)
    if place is None or place.retired:
        return Position(), [Problem("place", "unknown_place", {"place": code[:80]})]
    return centre(book, place.id), []


def _by_words(book: Book, words: str) -> Position:
    """A plus code, the name of a place, or what the desk has learned that such words mean; a
    landmark that nobody knows stays words."""
    point = gazetteer.plus_code(book, words)
    if point is not None and _inside(book, *point):
        return Position(*point, accuracy=15, place_id=book.locate(*point).place_id)
    place_id = gazetteer.sure(book, words)
    if place_id is not None:
        return centre(book, place_id)
    return landmark(book, words)


def landmark(book: Book, words: str) -> Position:
    """Where the words lead by what the desk has learned; nowhere where that is not known."""
    spot = landmarks.find(book, words)
    if spot is None:
        return Position()
    return Position(*spot, accuracy=LANDMARK_RADIUS, place_id=book.locate(*spot).place_id)


def centre(book: Book, place_id: int) -> Position:
    """The place, at the centre of the smallest area around it that has one."""
    for known in book.chain(place_id):
        entry = book.places[known]
        if entry.lat is not None and entry.lon is not None:
            radius = PLACE_RADIUS if known == place_id else 5 * PLACE_RADIUS
            return Position(entry.lat, entry.lon, radius, place_id)
    return Position(place_id=place_id)


def _inside(book: Book, lat: float, lon: float) -> bool:
    return book.locate(lat, lon).outside_m <= float(book.settings["map"]["outside"])
