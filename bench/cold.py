"""How well a new city is read, by its pack alone: on the reports that are written for the packs.

Who wrote these reports also wrote the keywords, so this shows what the keywords do not cover and
that nothing got worse; it does not show how well strangers are read.
"""

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import msgspec

from ngoma.triage import Catalogue, Service, Submission, read, sentences
from ngoma.triage.evaluate import Prediction, Ranked, accuracy, top

CITIES = ("kampala", "seoul")
_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Cold(msgspec.Struct):
    """Reports in a language, by a pack: the share read rightly, and rightly among three."""

    city: str
    language: str
    reports: int
    first: float
    top_3: float


def measure() -> list[Cold]:
    """Every language of each pack that has reports, and the pack as a whole."""
    found = []
    for city in CITIES:
        said = _predictions(city)
        every = [each for group in said.values() for each in group]
        found += [_cold(city, language, group) for language, group in sorted(said.items())]
        found.append(_cold(city, "all", every))
    return found


def _cold(city: str, language: str, said: list[Prediction]) -> Cold:
    return Cold(city, language, len(said), accuracy(said), top(said, 3))


def strangers(requests: Path) -> list[Cold]:
    """Reports of other cities in languages that the Kampala pack lacks, by its keywords, and by
    how near their meaning is to that of the pack's English words, which the product does not do."""
    catalogue = _catalogue("kampala")
    meant = sentences.embed([_in_english(each) for each in catalogue.services])
    codes = [each.code for each in catalogue.services]
    found = []
    for city, language in (("helsinki", "fi"), ("cologne", "de")):
        by_words, by_meaning = [], []
        for words, right in _counterparts(requests / f"{city}_requests.json"):
            near = meant @ sentences.embed([words])[0]
            ranked = sorted(zip(codes, near, strict=True), key=lambda each: -each[1])
            for said, how in ((_by_keywords(words, None, catalogue), by_words),
                              (tuple(ranked[:5]), by_meaning)):  # fmt: skip
                same = tuple(("right" if code in right else code, chance) for code, chance in said)
                how.append(Prediction("right", same))
        found += [_cold("kampala, keywords", language, by_words)]
        found += [_cold("kampala, meanings", language, by_meaning)]
    return found


_COUNTERPARTS = {
    "Potholes": {"pothole", "road-broken"},
    "Traffic signs": {"road-sign"},
    "Sanitation violation": {"rubbish", "dumping", "street-dirty", "skip-full"},
    "Parks": {"park"},
    "Ampel defekt": {"traffic-light"},
    "Straßenlaterne defekt": {"street-light", "light-day", "light-pole"},
    "Wilder Müll": {"rubbish", "dumping", "street-dirty"},
    "Straßenbaustellen": {"road-blocked"},
}
"""Services of Helsinki and Cologne, and those of the Kampala pack that mean the same."""


def _counterparts(path: Path) -> Iterator[tuple[str, set[str]]]:
    for row in json.loads(path.read_text("utf-8")):
        if row["description"] and row["service_name"] in _COUNTERPARTS:
            yield row["description"], _COUNTERPARTS[row["service_name"]]


def _in_english(service: Service) -> str:
    keywords = ", ".join(service.keywords["en"][:6])
    return f"{service.names['en']}. {service.hints['en']} {keywords}"


def _catalogue(city: str) -> Catalogue:
    text = (files("ngoma") / "packs" / city / "services.toml").read_text("utf-8")
    services = [
        Service(n, each["code"], each["group"], each["name"], each["hint"], each["keywords"])
        for n, each in enumerate(tomllib.loads(text)["service"])
    ]
    return Catalogue("", tuple(services[0].names), tuple(services))


def _by_keywords(words: str, language: str | None, catalogue: Catalogue) -> Ranked:
    submission = Submission(words, language, None, None, _NOON, "file")
    guesses = read(submission, catalogue).services
    return tuple((catalogue.by_id[each.service_id].code, each.probability) for each in guesses)


def _predictions(city: str) -> dict[str, list[Prediction]]:
    """By language what is proposed for reports whose reporter chose no service."""
    catalogue = _catalogue(city)
    found: dict[str, list[Prediction]] = {}
    reports = (files("ngoma") / "packs" / city / "demo.jsonl").read_text("utf-8")
    for row in map(json.loads, reports.splitlines()):
        if row.get("service"):
            ranked = _by_keywords(row["words"], row["language"], catalogue)
            found.setdefault(row["language"], []).append(Prediction(row["service"], ranked))
    return found
