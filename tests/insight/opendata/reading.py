"""The public data of a town, as a program reads it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow.parquet as pq

from ngoma.cities.book import Book
from ngoma.insight.opendata import exporting
from ngoma.insight.opendata.manifest import Manifest
from ngoma.insight.opendata.publishing import publish


def rows(town: Book) -> list[dict[str, Any]]:
    """Every report as its row in Parquet."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        exporting.export(town, "parquet", path)
        found: list[dict[str, Any]] = pq.read_table(path).drop_columns("geometry").to_pylist()
        return found


def night(town: Book) -> Manifest:
    """What the night makes of a town that publishes."""
    published = publish(town)
    assert published is not None
    return published


def as_text(town: Book, kind: str, tmp_path: Path) -> str:
    """An export as readable text, whatever its format."""
    path = tmp_path / f"public.{kind}"
    exporting.export(town, kind, path)
    if kind != "parquet":
        return path.read_text(encoding="utf-8")
    return str(duckdb.read_parquet(str(path)).fetchall())
