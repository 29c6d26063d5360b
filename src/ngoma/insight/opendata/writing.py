"""Rows of reports as CSV, GeoJSON and GeoParquet, out of the partitions. None holds all rows.

DuckDB reads and shapes, on as many threads as it may use; what it makes is written batch by batch.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ngoma.base.spreadsheets import FORMULA
from ngoma.insight.opendata.dictionary import REPORTS
from ngoma.insight.opendata.rows import SCHEMA

BATCH = 50_000
"""Rows at once, and in one group of a Parquet file."""
MEMORY = "700MB"
"""What DuckDB may use; it goes on disk with the rest."""

_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
"""A point in well-known binary, little end first."""


@contextmanager
def opened(parts: Sequence[Path]) -> Iterator[duckdb.DuckDBPyRelation]:
    """The rows of partitions in their order, with the month of each in `part`, within bounds of
    memory, and without anything being fetched from the net."""
    with TemporaryDirectory() as spilled:
        bounds: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "temp_directory": spilled,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=bounds) as engine:
            yield _rows(engine, parts)


def write_csv(rows: duckdb.DuckDBPyRelation, out: Path) -> None:
    """CSV in which no spreadsheet finds a formula: a text that looks like one gets a `'` before."""
    cells = ", ".join(f'{_cell(each.name, each.type)} AS "{each.name}"' for each in REPORTS)
    rows.project(cells).write_csv(str(out), header=True)


def write_geojson(rows: duckdb.DuckDBPyRelation, out: Path) -> None:
    """A GeoJSON FeatureCollection, one feature a line; without a position the geometry is null."""
    shown = [each for each in REPORTS if each.name not in ("lat", "long")]
    fields = ", ".join(f"'{each.name}': {_value(each.name, each.type)}" for each in shown)
    features = rows.project(_FEATURE.replace("FIELDS", fields))
    with out.open("w", encoding="utf-8", newline="") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        between = "\n"
        for batch in features.to_arrow_reader(BATCH):
            file.write(between + ",\n".join(batch.column(0).to_pylist()))
            between = ",\n"
        file.write("\n]}\n")


def write_parquet(rows: duckdb.DuckDBPyRelation, out: Path) -> None:
    """GeoParquet 1.1: the columns, and the position as a point in well-known binary."""
    geometry = pa.field("geometry", pa.binary())
    meta = {"geo": json.dumps(_geo(_box(rows)))}
    schema = SCHEMA.append(geometry).with_metadata(meta)
    columns = ", ".join(f'"{each.name}"' for each in REPORTS)
    with pq.ParquetWriter(out, schema, compression="zstd") as file:
        for batch in rows.project(columns).to_arrow_reader(BATCH):
            table = pa.Table.from_batches([batch]).cast(SCHEMA)
            whole = table.append_column(geometry, _points(table))
            file.write_table(whole.replace_schema_metadata(meta), row_group_size=BATCH)


def examples(rows: duckdb.DuckDBPyRelation) -> dict[str, str]:
    """Of each column the newest value, but of words that somebody wrote."""
    named = [each for each in REPORTS if not each.words]
    newest = ", ".join(
        f"max_by({value}, requested_datetime) FILTER (coalesce({value}::VARCHAR, '') <> '')"
        for each in named
        for value in [_value(each.name, each.type)]
    )
    (found,) = rows.aggregate(newest).fetchall()
    return {
        each.name: "" if value is None else str(value)
        for each, value in zip(named, found, strict=True)
    }


WRITERS: dict[str, Callable[[duckdb.DuckDBPyRelation, Path], None]] = {
    "csv": write_csv,
    "geojson": write_geojson,
    "parquet": write_parquet,
}
"""By the name of the format, which is the end of the file's name."""


_FEATURE = """
'{"type":"Feature",'
|| CASE WHEN service_request_id = '' THEN '' ELSE '"id":' || to_json(service_request_id) || ',' END
|| '"geometry":' || CASE WHEN lat IS NULL OR "long" IS NULL THEN 'null'
   ELSE '{"type":"Point","coordinates":[' || "long" || ',' || lat || ']}' END
|| ',"properties":' || to_json({FIELDS}) || '}'
"""


def _rows(engine: duckdb.DuckDBPyConnection, parts: Sequence[Path]) -> duckdb.DuckDBPyRelation:
    if not parts:
        return engine.from_arrow(SCHEMA.append(pa.field("part", pa.string())).empty_table())
    found = engine.read_parquet([str(part) for part in parts], filename=True)
    return found.project("* EXCLUDE (filename), parse_filename(filename, true) AS part")


def _value(name: str, kind: str) -> str:
    """A column as text that JSON and CSV share: times as ISO 8601 in UTC."""
    return f"strftime(\"{name}\", '%Y-%m-%dT%H:%M:%SZ')" if kind == "dateTime" else f'"{name}"'


def _cell(name: str, kind: str) -> str:
    if kind != "string":
        return _value(name, kind)
    return (
        f"CASE WHEN regexp_matches(\"{name}\", '{FORMULA}') "
        f"THEN '''' || \"{name}\" ELSE \"{name}\" END"
    )


def _box(rows: duckdb.DuckDBPyRelation) -> list[float] | None:
    """The smallest box around all positions; None where there is none."""
    (found,) = rows.aggregate('min("long"), min(lat), max("long"), max(lat)').fetchall()
    return None if None in found else list(found)


def _geo(box: list[float] | None) -> dict[str, Any]:
    """What GeoParquet says of its geometry. Without a `crs` it is longitude and latitude."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"]}
    if box:
        column["bbox"] = box
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


def _points(table: pa.Table) -> pa.Array:
    """The positions of rows as points; null where there is none."""
    x, y = (table.column(name).combine_chunks() for name in ("long", "lat"))
    points = np.zeros(len(table), _POINT)
    points["order"], points["type"] = 1, 1
    points["x"], points["y"] = (each.fill_null(0).to_numpy(zero_copy_only=False) for each in (x, y))
    offsets = pa.array(np.arange(len(table) + 1, dtype=np.int32) * _POINT.itemsize)
    missing = pc.or_(x.is_null(), y.is_null())
    whole = pa.Array.from_buffers(
        pa.binary(), len(table), [None, offsets.buffers()[1], pa.py_buffer(points.tobytes())]
    )
    return pc.if_else(missing, pa.scalar(None, pa.binary()), whole)
