"""The transform's SQL on DuckDB and on Spark: not one value of hostile rows is different."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tiktok_insights.schema import HISTORY_COLUMNS, ColumnKind
from tiktok_insights.staging.transform import READ_COLUMNS, rejected_rows_sql, transform_sql
from tiktok_insights_tests.support.csv_texts import HEADER_19
from tiktok_insights_tests.support.hostile_rows import rows
from tiktok_insights_tests.support.spark import spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["spark"]

pytestmark = pytest.mark.spark

_WRITTEN = datetime(2026, 2, 1, 6, 7, 8, tzinfo=UTC)
_NAMES = HEADER_19.split(",")
#: Moments as numbers: a client may not know the year 0 of a row that is rejected.
_MOMENTS = {column.warehouse for column in HISTORY_COLUMNS if column.kind is ColumnKind.TIMESTAMP}
_COLUMNS = ["object_number", *(column.warehouse for column in HISTORY_COLUMNS), "negative_counts", "disposition"]


def selected(of_moment: str) -> str:
    """The transform's columns, with a function of the engine around moments."""
    # Of a rejected row, only its ID and the reason are used: an engine may make anything of its other texts.
    kept = {"object_number", "TIKTOK_ID", "negative_counts", "disposition"}
    columns = ", ".join(
        str(name)
        if name in kept
        else f"CASE WHEN rejected_column IS NULL THEN {f'{of_moment}({name})' if name in _MOMENTS else name} END"
        for name in _COLUMNS
    )
    return f"SELECT {columns}, rejected_column FROM ({transform_sql('source')}) AS transformed"


def on_duckdb(texts: Sequence[Sequence[str]], *queries: str) -> list[Counter[tuple[Any, ...]]]:
    """The rows of each query over these rows."""
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'UTC'")
    names = ", ".join(f"{name} VARCHAR" for name in _NAMES)
    duck.execute(
        f"CREATE TABLE source ({names}, object_number INTEGER, record BIGINT, first_modified TIMESTAMP, "
        "taken_at TIMESTAMP)"
    )
    written = _WRITTEN.replace(tzinfo=None)
    values = [[*row, number % 3, number, written, written] for number, row in enumerate(texts)]
    columns = ", ".join(["unnest(?)"] * len(values[0]))
    duck.execute(f"INSERT INTO source SELECT {columns}", [list(column) for column in zip(*values, strict=True)])
    return [Counter(duck.execute(query).fetchall()) for query in queries]


def on_spark(spark: "SparkSession", texts: Sequence[Sequence[str]], *queries: str) -> list[Counter[tuple[Any, ...]]]:
    """The same on Spark."""
    names = ", ".join(f"{name} string" for name in _NAMES)
    ddl = f"{names}, object_number int, record bigint, first_modified timestamp, taken_at timestamp"
    values = [(*row, number % 3, number, _WRITTEN, _WRITTEN) for number, row in enumerate(texts)]
    spark.createDataFrame(values, ddl).createOrReplaceTempView("source")
    return [Counter(tuple(row) for row in spark.sql(query).collect()) for query in queries]


@pytest.mark.parametrize("ansi", ["true", "false"])
def test_hostile_rows_become_the_same_on_both_engines(spark: "SparkSession", ansi: str) -> None:
    """Each text at the edge of each column, and ties over every column, in either of Spark's dialects."""
    texts = list(rows(20260131, 6_000))
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.ansi.enabled", ansi)
    rejected = f"SELECT object_number, record, rejected_column FROM ({rejected_rows_sql('source')}) AS r"
    expected = on_duckdb(texts, selected("epoch_us"), rejected)
    found = on_spark(spark, texts, selected("unix_micros"), rejected)
    assert all(len(READ_COLUMNS) + 4 == len(row) for row in expected[0])
    dispositions = Counter(row[-2] for row in expected[0].elements())
    assert min(dispositions[name] for name in ("staged", "duplicate", "rejected")) > 30
    assert found[1] == expected[1]
    assert found[0] == expected[0]
