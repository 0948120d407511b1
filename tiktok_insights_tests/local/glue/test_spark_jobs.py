"""A job on Spark on the local stack: real PySpark, on the loopback address, from what the job brings."""

import ast
import sys
from pathlib import Path
from typing import cast

import pytest

from tiktok_insights.local import stack
from tiktok_insights.resources.local_glue import LocalGlue
from tiktok_insights.settings.environment import Settings
from tiktok_insights.staging.glue.packages import JobPackage
from tiktok_insights_tests.local.conftest import aws_client
from tiktok_insights_tests.local.glue.jobs import Jobs

pytestmark = pytest.mark.spark

_ROOT = Path(__file__).parents[3]
_SCRIPT = """
from pyspark.sql import SparkSession

def look(batches):
    import importlib.util, sys
    import pyarrow as pa
    names = ("tiktok_insights", "boto3", "dagster", "duckdb")
    found = [name for name in names if importlib.util.find_spec(name)]
    for batch in batches:
        if batch.num_rows:
            seen = repr({"modules": found, "path": sys.path, "rows": batch.num_rows})
            yield pa.record_batch([pa.array([seen])], names=["seen"])

spark = SparkSession.builder.getOrCreate()
settings = dict(spark.sparkContext.getConf().getAll())
print({name: settings[name] for name in ("spark.master", "spark.ui.enabled", "spark.driver.host", "spark.local.dir")})
for row in spark.range(1000).repartition(2).mapInArrow(look, "seen string").collect():
    print(row.seen)
print("spark.ours", settings["spark.ours"])
spark.range(1).mapInArrow(lambda batches: 1 / 0, "id long").collect()
"""


def test_a_job_on_spark(jobs: Jobs, endpoints: stack.Endpoints, settings: Settings) -> None:
    """Its settings are the stack's, its workers see what the driver sees, and the first error of a task is told."""
    script = JobPackage(jobs.put("spark_job.py", _SCRIPT.encode()), "")
    secrets = aws_client(endpoints, "secretsmanager")
    local = LocalGlue(Path(settings.glue.local_stack), jobs.glue, secrets)  # type: ignore[arg-type]
    local.ensure("spark_job", lambda: script, "ACCOUNTADMIN", "COMPUTE_WH")
    conf = {"--conf": "spark.ours=a b --conf spark.master=local[9]"}
    run_id = jobs.start("spark_job", WorkerType="G.1X", NumberOfWorkers=2, Arguments=conf)
    run = jobs.ended("spark_job", run_id, seconds=300)
    spark, *tasks = [line for line in jobs.lines(run_id) if line.startswith("{")]
    told = cast("dict[str, str]", ast.literal_eval(spark))
    stack_folder = Path(settings.glue.local_stack) / "stack"
    assert Path(told.pop("spark.local.dir")).is_relative_to(stack_folder.resolve())
    assert told == {"spark.master": "local[2,4]", "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1"}
    seen = [ast.literal_eval(line) for line in tasks]
    assert sum(task["rows"] for task in seen) == 1000
    for task in seen:
        assert task["modules"] == []
        ours = [folder for folder in task["path"] if folder.startswith(str(_ROOT)) and "pyspark" not in folder]
        assert not [folder for folder in ours if not folder.startswith(sys.base_prefix)]
    assert "spark.ours a b" in jobs.lines(run_id)
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", "ZeroDivisionError: division by zero")
