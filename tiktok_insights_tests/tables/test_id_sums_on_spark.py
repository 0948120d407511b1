"""The sum over IDs is the documented number on Spark, too."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql
from tiktok_insights_tests.tables.test_id_sums import CASES, expected

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark
SUM = id_sum_sql("id", SqlEngine.SPARK)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    """Spark on one core of this machine."""
    from pyspark.sql import SparkSession

    folder: Path = tmp_path_factory.mktemp("spark")
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = (
        builder.config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.local.dir", str(folder))
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.parametrize("ansi", ["true", "false"])
def test_spark_adds_up_the_documented_numbers(spark: "SparkSession", ansi: str) -> None:
    """In either of its dialects, the sum is a DECIMAL(38,0); no text counts as the empty one."""
    spark.conf.set("spark.sql.ansi.enabled", ansi)
    cases: list[Sequence[str | None]] = [*CASES, [None]]
    for texts in cases:
        spark.createDataFrame([(text,) for text in texts], "id string").createOrReplaceTempView("ids")
        ((total,),) = (found := spark.sql(f"SELECT {SUM} AS total FROM ids")).collect()
        assert int(total) == expected(["" if text is None else text for text in texts])
        assert found.schema["total"].dataType.simpleString() == "decimal(38,0)"
