"""The same expressions on Spark give the same rows: a country can run them where its data is."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from ngoma.insight import expressions
from tests.insight.made_facts import CLOCK, NOW, arrow, fetched, rows

pytestmark = [
    *(pytest.mark.once, pytest.mark.server),
    *(
        pytest.mark.filterwarnings(f"ignore::{kind}")
        for kind in ("FutureWarning", "DeprecationWarning")
    ),
]
Row = dict[str, Any]
BY = ("service", "month")
MARKS = (40, 150, 10_000)

EXPRESSIONS: dict[str, Callable[[ibis.Table], ibis.Table]] = {
    "measures": lambda facts: expressions.measures(facts, BY, NOW),
    "changes": lambda facts: expressions.changes(
        expressions.measures(facts, BY, NOW), ("service",), expressions.SHARES
    ),
    "whole": lambda facts: expressions.measures(facts, (), NOW),
    "curve": lambda facts: expressions.curve(expressions.answering(facts, CLOCK), BY),
    "times": lambda facts: expressions.times(
        expressions.curve(expressions.solving(facts, CLOCK), ("district",)), ("district",)
    ),
    "done by": lambda facts: expressions.done_by(
        expressions.curve(expressions.solving(facts, CLOCK), ("district",)), ("district",), MARKS
    ),
    "repairs": lambda facts: expressions.again(expressions.repairs(facts, NOW), ("service",)),
}


@pytest.fixture(scope="module")
def spark() -> Iterator[ibis.BaseBackend]:
    """Spark in this process's own Java; a machine without Java skips, but CI fails."""
    if shutil.which("java") is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("no Java: install it (Debian: apt install default-jre-headless)")
    from pyspark.sql import SparkSession

    options = {
        "spark.driver.memory": "512m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": "UTC",
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hundred facts as a partition has them."""
    found: list[Row] = []

    @settings(
        max_examples=300, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), deadline=None,
    )  # fmt: skip
    @given(row=rows())
    def draw(row: Row) -> None:
        found.append(row)

    draw()
    assert len(found) > 100
    path = tmp_path_factory.mktemp("facts") / "2026-06.parquet"
    pq.write_table(arrow([{**row, "case": number} for number, row in enumerate(found)]), path)
    return path


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_spark_gives_the_rows_that_duckdb_gives(
    name: str, spark: ibis.BaseBackend, file: Path
) -> None:
    make = EXPRESSIONS[name]
    on_duckdb = in_order(fetched(make(ibis.read_parquet(file))))
    on_spark = in_order(make(spark.read_parquet(file)).to_pyarrow().to_pylist())
    assert on_duckdb
    assert [row.keys() for row in on_spark] == [row.keys() for row in on_duckdb]
    for here, there in zip(on_duckdb, on_spark, strict=True):
        assert there == pytest.approx(here, abs=1e-9)


def in_order(found: list[Row]) -> list[Row]:
    keys = ("service", "district", "month", "minutes", "mark")
    return sorted(found, key=lambda row: [str(row.get(key, "")) for key in keys])
