"""What each step of a report asks, and what is known already: proposals, duplicates, warnings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from ngoma.cities.book import ServiceEntry
from ngoma.intake import placing
from ngoma.intake.explaining import explain
from ngoma.intake.submission import Problem
from ngoma.look import frames, outlines
from ngoma.look.formats import metres
from ngoma.proposals.reading import preview
from ngoma.public import drafts, filters
from ngoma.public.drafts import Draft
from ngoma.public.lines import Line, Photo, line
from ngoma.public.mapping import PICTURE
from ngoma.public.site import Site
from ngoma.records.models import OPEN
from ngoma.records.queries.photos import inside_url, likenesses
from ngoma.records.queries.public_cases import of_ids
from ngoma.triage.interface import Reading

CHIPS = 3
FAINT = 0.05
"""Probability below which a service is not worth a chip."""

LIKELY = 0.3
"""Probability from which a case is shown with "Is it this one?"."""


@dataclass(frozen=True, slots=True)
class Same:
    """A known case that may be the same problem."""

    line: Line
    distance: str


def first(site: Site, draft: Draft) -> dict[str, Any]:
    """Step 1: the photos that are there, and the chips for words typed before."""
    return {
        "photos": [(name, _photo(name)) for name in draft.photos],
        "guesses": guesses(site, draft) if draft.words else [],
    }


def second(site: Site, draft: Draft) -> dict[str, Any]:
    """Step 2: the map with its pin, the places to choose from, a warning if one is due."""
    frame = frames.read(draft.frame, *PICTURE) or outlines.whole(site.book, *PICTURE)
    pinned = draft.lat is not None and draft.lon is not None
    pin = {"pin": f"{draft.lat:.6f},{draft.lon:.6f}"} if pinned else {}
    query = urlencode({"frame": frame.text, **pin, "v": site.book.version})
    return {
        "picture": f"{site.url('map.svg')}?{query}",
        "frame": frame.text,
        "pinned": pinned,
        "there": _there(site, draft),
        "size": PICTURE,
        "places": list(filters.places(site)),
        "stopper": stopper(site, draft),
    }


def third(site: Site, draft: Draft) -> dict[str, Any]:
    """Step 3: what we think it is, what else the service asks, and cases it may be the same as."""
    known = suggestions(site, draft)
    entry = site.book.service_by_code.get(known["service"])
    return {
        **known,
        "photos": [(name, _photo(name)) for name in draft.photos],
        "groups": list(filters.groups(site)),
        "questions": _questions(site, draft, entry) if entry else [],
    }


def suggestions(site: Site, draft: Draft) -> dict[str, Any]:
    """What we make of a draft: its likely services and the likeliest, where it is, cases that it
    may be the same as, a warning if one is due."""
    reading = _read(site, draft)
    proposed = list(_guesses(site, draft, reading))
    service = draft.service or (proposed[0][0] if proposed else "")
    entry = site.book.service_by_code.get(service)
    return {
        "where": _there(site, draft),
        "guesses": proposed,
        "service": service,
        "same": _same(site, reading),
        "stopper": stopper(site, draft, entry.id if entry else None),
    }


def at_hand(site: Site) -> dict[str, Any]:
    """What the script needs to ask all of it without a network: the questions of every service that
    has some, and the warnings with the words and services that are due to them."""
    services = [each for each in site.book.services.values() if not each.retired]
    return {
        "asked_of": {
            each.code: _questions(site, drafts.EMPTY, each) for each in services if each.questions
        },
        "stoppers": [
            (each, {"words": _words(each), "services": list(each.get("services", ()))})
            for each in site.book.settings["stoppers"]
        ],
    }


def _words(stopper: Mapping[str, Any]) -> list[str]:
    """What a warning is due to, in all languages: nobody chooses one when there is danger."""
    return [phrase for phrases in stopper.get("words", {}).values() for phrase in phrases]


def _questions(site: Site, draft: Draft, entry: ServiceEntry) -> list[dict[str, Any]]:
    return [_question(site, draft, each) for each in entry.questions]


def guesses(site: Site, draft: Draft) -> list[tuple[str, str]]:
    """Code and name of the services that the draft is probably about, best first."""
    return list(_guesses(site, draft, _read(site, draft)))


def stopper(site: Site, draft: Draft, service_id: int | None = None) -> Mapping[str, Any] | None:
    """The warning to be read before such a report is sent."""
    chosen = site.book.service_by_code.get(draft.service)
    return site.book.stopper(service_id or (chosen.id if chosen else None), draft.words)


def _guesses(site: Site, draft: Draft, reading: Reading) -> Iterator[tuple[str, str]]:
    chosen = site.book.service_by_code.get(draft.service)
    ids = [chosen.id] if chosen else []
    likely = [each for each in reading.services if each.probability >= FAINT]
    ids += [each.service_id for each in likely if each.service_id not in ids]
    for service_id in ids[:CHIPS]:
        entry = site.book.services[service_id]
        yield entry.code, site.text(entry.names)


def _read(site: Site, draft: Draft) -> Reading:
    position, _problems = placing.find(drafts.submission(site, draft))
    return preview(
        site.book,
        words=draft.words,
        language=site.language,
        lat=position.lat,
        lon=position.lon,
        place_id=position.place_id,
        radius_m=position.accuracy,
        pictures=likenesses(draft.photos),
    )


def _same(site: Site, reading: Reading) -> list[Same]:
    likely = [each for each in reading.duplicates if each.probability >= LIKELY][:1]
    far = {each.case_id: each.metres for each in likely}
    return [
        Same(line(site, row), metres(far[row.id]))
        for row in of_ids(list(far))
        if row.public and row.state in OPEN
    ]


def _there(site: Site, draft: Draft) -> str:
    """Where it is, in words: what was typed, and the place that we understand by pin or words."""
    position, _problems = placing.find(drafts.submission(site, draft))
    place = site.place(position.place_id)
    # Who typed just the name of the place need not read it twice.
    typed = "" if place.casefold().startswith(draft.location.casefold()) else draft.location
    return ", ".join(part for part in (typed, place) if part)


def _question(site: Site, draft: Draft, question: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": question["code"],
        "kind": question["datatype"],
        "asked": question.get("variable", True),
        "required": question.get("required", False),
        "text": site.text(question["text"]),
        "help": site.text(question.get("help", {})),
        "values": [
            (str(each["key"]), site.text(each["name"])) for each in question.get("values", ())
        ],
        "given": draft.answers.get(question["code"], []),
        "missing": _missing(site, question) if question.get("required") else "",
    }


def _missing(site: Site, question: Mapping[str, Any]) -> str:
    problem = Problem(question["code"], "missing_answer", {"question": question})
    return explain(problem, site.book, site.language)


def _photo(name: str) -> Photo:
    """What was sent, as it is: there is no public copy before somebody has looked for faces."""
    small, large = inside_url(name, "small"), inside_url(name)
    return Photo(name, small, large, _("Your photo"), 480, 360)
