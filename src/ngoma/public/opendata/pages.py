"""Open data for people: what there is, what each column means, and what is kept out."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ngoma.cities import terms
from ngoma.insight.opendata import manifest
from ngoma.insight.opendata.datasets import DATASETS, Dataset
from ngoma.insight.opendata.dictionary import TABLES
from ngoma.insight.opendata.manifest import File, Manifest
from ngoma.look import formats
from ngoma.public.site import Site, page, show

VERSIONS = 14
"""Versions that the page names; all are kept."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Files that hold the same, in several formats. `name` is theirs without its end."""

    name: str
    files: Sequence[File]

    @property
    def first(self) -> File:
        """Any of them: they were changed together and have the same rows."""
        return self.files[0]


@require_safe
@page
def data(request: HttpRequest, site: Site) -> HttpResponse:
    """What is published; or that nothing is, or not yet."""
    said = site.book.open_data
    published = manifest.read(site.book.slug) if said else None
    context = {
        "terms": said,
        "licence": terms.short(said.licence) if said else "",
        "places_licence": terms.short(said.places_licence) if said else "",
        "published": published,
        "datasets": _datasets(published) if published else [],
        "tables": TABLES,
        "examples": _examples(site, published) if published else {},
        "versions": manifest.versions(site.book.slug)[:VERSIONS] if published else [],
        "size": size,
        "ends": ends,
    }
    return show(request, site, "data", context, page="data")


def size(count: int) -> str:
    """A number of bytes: 812 B, 48 kB, 3.1 MB. Number and unit stay on one line."""
    power = min(max(len(str(count)) - 1, 0) // 3, 3)
    value = count / 1000**power
    shown = formats.number(round(value, 1 if power and value < 10 else None))
    return f"{shown}\u00a0{('B', 'kB', 'MB', 'GB')[power]}"


def ends(file: File) -> str:
    """What people call the format of a file."""
    end = file.name.rpartition(".")[2]
    return {"geojson": "GeoJSON", "parquet": "GeoParquet"}.get(end, end.upper())


def _datasets(published: Manifest) -> list[tuple[Dataset, list[Shown]]]:
    """Each dataset with its files: those of the newest year first."""
    found = []
    for dataset in DATASETS:
        names: dict[str, list[File]] = {}
        for each in published.files:
            if each.dataset == dataset.key:
                names.setdefault(each.name.rpartition(".")[0], []).append(each)
        shown = [Shown(name, files) for name, files in sorted(names.items(), reverse=True)]
        if shown:
            found.append((dataset, shown))
    return found


def _examples(site: Site, published: Manifest) -> dict[tuple[str, str], str]:
    """A value of each column, by table and column, as the dictionary's file has them."""
    file = published.file("dictionary.csv")
    if file is None:
        return {}
    try:
        with manifest.stored(site.book.slug, file).open(encoding="utf-8", newline="") as lines:
            return {(row["table"], row["column"]): row["example"] for row in csv.DictReader(lines)}
    except FileNotFoundError:  # the night takes it away just now
        return {}
