"""The nightly publication of a city: what changed is made anew, and the manifest switches to it.

Years of which no partition changed keep their files. Files lie under their digests until the
manifest, which is replaced last, names them; what it no longer names is deleted at once, so that
words taken back are gone with the next publication. It may be killed at any moment.
"""

import csv
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from hashlib import file_digest, sha256
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
from django.conf import settings

from ngoma.base.clock import now
from ngoma.base.months import written
from ngoma.cities.book import Book
from ngoma.cities.offering import service_list
from ngoma.cities.terms import Terms
from ngoma.insight import partitions
from ngoma.insight.opendata import catalogue, describing, manifest, monthly, places, writing
from ngoma.insight.opendata.datasets import DATASETS
from ngoma.insight.opendata.dictionary import SCHEMA_VERSION
from ngoma.insight.opendata.languages import said
from ngoma.insight.opendata.manifest import DESCRIPTION, File, Manifest, folder, stored
from ngoma.insight.opendata.rows import PUBLIC, SCHEMA
from ngoma.insight.opendata.shelf import Shelf
from ngoma.insight.opendata.writing import WRITERS, opened

Progress = Callable[[str, int, int], object]
"""Hears what is made, and how many of how many: months of rows, then years of files."""

Source = list[tuple[str, str]]
"""Partitions by name and digest: the same, the same rows, also where another host has written them.
"""


class _Made(msgspec.Struct):
    """What is ready: by the stem of a file's name, of what it was made and what came of it."""

    edition: str
    described: str = ""
    files: dict[str, tuple[Source, tuple[File, ...]]] = msgspec.field(default_factory=dict)


def publish(book: Book, progress: Progress = lambda what, done, total: None) -> Manifest | None:
    """Publish a city as it stands; its manifest, None without terms.

    A city that has taken its terms back is taken from the public; what an export has kept of its
    rows goes as well, for nobody would take erased words out of it. Where nothing changed, neither
    does the manifest. Who comes second waits for the first. Raises OSError where the folder cannot
    be written.
    """
    within = folder(book.slug)
    if book.open_data is None:
        shutil.rmtree(within, ignore_errors=True)
        shutil.rmtree(partitions.folder(book, PUBLIC), ignore_errors=True)
        return None
    partitions.refresh(book, [PUBLIC], progress)
    for each in ("files", "versions"):
        (within / each).mkdir(parents=True, exist_ok=True)
    with partitions.alone(within):
        shelf = Shelf(book.slug, now().replace(microsecond=0), manifest.read(book.slug))
        made = _read(within)
        reports, counts = _reports(book, shelf, made, progress), _counts(book, shelf)
        described = _description(book, shelf, reports, counts)
        files = [*reports, counts, *_lists(book, shelf), *described]
        return _switch(book, shelf, made, files)


def _switch(book: Book, shelf: Shelf, made: _Made, files: Sequence[File]) -> Manifest:
    """Describe the files, and make them public, unless they and their description are already."""
    described = _digest(_said(book))
    public = shelf.before if made.described == described else None
    if public is None or not _same(public, files) or not shelf.has(public.files):
        public = _manifest(book, shelf, files)
        content = manifest.encode(public)
        partitions.put(folder(book.slug) / "versions" / f"{public.version}.json", content)
        partitions.put(folder(book.slug) / "manifest.json", content)
        made.described = described
        _keep(folder(book.slug), made)
    shelf.clear(public.files)
    return public


def _manifest(book: Book, shelf: Shelf, files: Sequence[File]) -> Manifest:
    terms = _terms(book)
    today = shelf.at.astimezone(book.zone).date()
    months = partitions.months(book, PUBLIC)
    found = Manifest(
        city=book.slug,
        version=today,
        published_at=shelf.at,
        schema_version=SCHEMA_VERSION,
        licence=terms.licence,
        first_month=written(months[0]) if months else "",
        last_month=written(months[-1]) if months else "",
        files=tuple(files),
    )
    days = manifest.versions(book.slug)
    issued = date.fromisoformat(days[-1]) if days else today
    made = catalogue.make(book, terms, found, places.box(book), issued)
    described = [shelf.put(name, DESCRIPTION, None, content) for name, content in made.items()]
    return msgspec.structs.replace(found, files=(*files, *described))


def _reports(book: Book, shelf: Shelf, made: _Made, progress: Progress) -> list[File]:
    """The reports: three files a year, and one with all."""
    years: defaultdict[int, list[Path]] = defaultdict(list)
    for month in partitions.months(book, PUBLIC):
        years[month // 12].append(partitions.file(book, PUBLIC, month))
    stems = [(f"reports-{year}", parts, tuple(WRITERS)) for year, parts in sorted(years.items())]
    every = [part for _, parts, _ in stems for part in parts]
    stems.append(("reports", every, ("parquet",)))
    digests = {part: _digest_of(part) for part in every}
    made.files = {stem: made.files[stem] for stem, _, _ in stems if stem in made.files}
    files: list[File] = []
    for done, (stem, parts, formats) in enumerate(stems, 1):
        source = [(part.name, digests[part]) for part in parts]
        known = made.files.get(stem)
        if known is None or known[0] != source or not shelf.has(known[1]):
            made.files[stem] = source, _of(shelf, stem, parts, formats)
            _keep(folder(book.slug), made)
        files += made.files[stem][1]
        progress("files", done, len(stems))
    return files


def _digest_of(part: Path) -> str:
    with part.open("rb") as rows:
        return file_digest(rows, "sha256").hexdigest()[:16]


def _of(shelf: Shelf, stem: str, parts: Sequence[Path], formats: Iterable[str]) -> tuple[File, ...]:
    """Partitions as files."""
    count = sum(pq.read_metadata(part).num_rows for part in parts)
    with opened(parts) as rows:
        return tuple(
            shelf.lay(f"{stem}.{kind}", "reports", count, partial(WRITERS[kind], rows))
            for kind in formats
        )


def _counts(book: Book, shelf: Shelf) -> File:
    with opened(_parts(book)) as rows:
        content, lines = monthly.table(book, rows)
    return shelf.put("counts.csv", "counts", lines, content)


def _examples(book: Book, counts: File) -> dict[str, dict[str, str]]:
    """Values of the newest month, and the last line of the counts."""
    with opened(_parts(book)[-1:]) as rows:
        found = {"reports": writing.examples(rows)}
    with stored(book.slug, counts).open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            found["counts"] = line
    return found


def _parts(book: Book) -> list[Path]:
    return [partitions.file(book, PUBLIC, month) for month in partitions.months(book, PUBLIC)]


def _lists(book: Book, shelf: Shelf) -> list[File]:
    """What can be reported, and where: the pack's own lists."""
    services = service_list(book, book.languages[0])
    content = msgspec.json.encode(services)
    files = [shelf.put("services.json", "services", len(services), content)]
    if _terms(book).places_licence:
        content, count = places.geojson(book)
        files.append(shelf.put("places.geojson", "places", count, content))
    return files


def _description(book: Book, shelf: Shelf, reports: Iterable[File], counts: File) -> list[File]:
    """The dictionary, for people and for programs."""
    content = describing.as_csv(book, _examples(book, counts))
    files = [shelf.put("dictionary.csv", DESCRIPTION, None, content)]
    licence = _terms(book).licence
    for table, tables in (("reports", reports), ("counts", [counts])):
        names = [each.name for each in tables if each.media_type == "text/csv"]
        content = describing.as_metadata(book, table, names, licence)
        files.append(shelf.put(f"{table}-metadata.json", DESCRIPTION, None, content))
    return files


def _terms(book: Book) -> Terms:
    terms = book.open_data
    assert terms is not None
    return terms


def _said(book: Book) -> object:
    """What the catalogue says besides the files."""
    texts = [said(book, part) for each in DATASETS for part in (each.title, each.description)]
    return [book.open_data, book.names, texts, settings.NGOMA_URL, places.box(book)]


def _same(before: Manifest, files: Iterable[File]) -> bool:
    """Whether these are the files that are public."""
    public = {(each.name, each.sha256) for each in before.files if each.name not in catalogue.NAMES}
    return public == {(each.name, each.sha256) for each in files}


def _read(within: Path) -> _Made:
    """What is ready; nothing where it was made by another edition of the product."""
    edition = _digest([SCHEMA_VERSION, str(SCHEMA), sorted(WRITERS)])
    try:
        known = msgspec.json.decode((within / "made.json").read_bytes(), type=_Made)
    except (FileNotFoundError, msgspec.DecodeError):
        return _Made(edition)
    return known if known.edition == edition else _Made(edition)


def _keep(within: Path, made: _Made) -> None:
    partitions.put(within / "made.json", msgspec.json.encode(made))


def _digest(value: object) -> str:
    return sha256(msgspec.json.encode(value)).hexdigest()[:16]
