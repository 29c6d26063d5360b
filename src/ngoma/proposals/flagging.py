"""What the city's rules of special handling find in a report: each finding is a flag.

A flag names its rule and what the rule found. It decides nothing; a person does.
"""

from datetime import timedelta
from typing import Any

from ngoma.cities.book import Book
from ngoma.records.models import Report
from ngoma.records.queries.alike import for_same_purpose, of_same_person
from ngoma.triage.interface import Reading

Flag = dict[str, Any]


def flags(book: Book, report: Report, service_id: int | None, reading: Reading) -> list[Flag]:
    """The flags of a report that is read as this service."""
    found = [_personal(reading), *_words(book, report)]
    if service_id is not None:
        found += [_repeat(book, report, service_id), _group(book, report, service_id)]
    return [flag for flag in found if flag is not None]


def _repeat(book: Book, report: Report, service_id: int) -> Flag | None:
    """One person, often enough, the same matter."""
    rule = book.handling["repeat"]
    if report.contact_id is None:
        return None
    since = report.received_at - timedelta(days=rule["days"])
    cases = of_same_person(report.contact_id, service_id, since=since)
    if len(cases) < rule["times"]:
        return None
    others = sorted(set(cases) - {report.case_id})
    return {"rule": "repeat", "times": len(cases), "cases": others}


def _group(book: Book, report: Report, service_id: int) -> Flag | None:
    """Many people, the same purpose."""
    rule = book.handling["group"]
    spot = (report.lat, report.lon) if report.lat is not None and report.lon is not None else None
    people, cases = for_same_purpose(
        book.id,
        service_id,
        since=report.received_at - timedelta(days=rule["days"]),
        spot=spot,
        metres=rule["metres"],
        place_id=report.place_id,
    )
    if people < rule["people"]:
        return None
    return {"rule": "group", "people": people, "cases": cases}


def _words(book: Book, report: Report) -> list[Flag]:
    """Insults, and what the city watches for at that time."""
    day = report.received_at.astimezone(book.zone).date().isoformat()
    found = book.special_words(report.words)
    flags: list[Flag] = []
    if quotes := found.get("insult"):
        flags.append({"rule": "insult", "quotes": quotes})
    for watch in book.handling["watches"]:
        quotes = found.get(watch["code"], [])
        now = (watch["from"] or day) <= day <= (watch["until"] or day)
        if now and (quotes or not watch["words"]):
            flags.append({"rule": "watch", "code": watch["code"], "quotes": quotes})
    return flags


def _personal(reading: Reading) -> Flag | None:
    """What leads to a person; it is not published."""
    kinds = sorted({span.kind for span in reading.private})
    return {"rule": "personal", "kinds": kinds} if kinds else None
