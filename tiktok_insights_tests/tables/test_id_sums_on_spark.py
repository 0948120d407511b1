"""The sum over IDs is the documented number on Spark, too."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql
from tiktok_insights_tests.support.spark import spark
from tiktok_insights_tests.tables.test_id_sums import CASES, expected

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["spark"]

pytestmark = pytest.mark.spark
SUM = id_sum_sql("id", SqlEngine.SPARK)


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
