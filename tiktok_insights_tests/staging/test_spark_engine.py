"""Both engines, the same objects: counts, sums, reasons, staged rows and quarantine are the same to the byte."""

import re
from contextlib import nullcontext
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.resources.opening import open_session
from tiktok_insights.retention.warehouse import expire_rows
from tiktok_insights.settings.environment import Settings
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.staging.quarantine import quarantine_key
from tiktok_insights.staging.spark.engine import SparkEngine
from tiktok_insights.staging.transform import READ_COLUMNS, transform_sql
from tiktok_insights.suppression.hashes import NOBODY, SuppressionList
from tiktok_insights_tests.staging.test_id_patterns import (
    EARLY,
    GENUINE,
    MUSICALLY,
    OLD,
    as_a_double,
    in_a_spreadsheet,
    in_javascript,
)
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.hostile_rows import files
from tiktok_insights_tests.support.loading import Loader, put_upload
from tiktok_insights_tests.support.planted_snapshots import CUT, ours
from tiktok_insights_tests.support.refused_objects import archive, deny
from tiktok_insights_tests.support.shared_warehouse import empty_tables
from tiktok_insights_tests.support.spark import spark
from tiktok_insights_tests.support.staged_outcomes import items_of, stage, staged
from tiktok_insights_tests.support.suppressed_files import FILES, LIST
from tiktok_insights_tests.support.third_party_csvs import CASES, SKIPPED

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["spark"]

pytestmark = pytest.mark.spark


def open_store(arguments: dict[str, Any], bucket: str) -> ObjectStore:
    """Open the test's bucket, in this process or a worker's."""
    return ObjectStore(client(**arguments), bucket)


@cache
def client(**arguments: Any) -> Any:
    """A client for each process: a worker serves many tasks."""
    return boto3.client("s3", **arguments)


def engine_with(
    spark: "SparkSession", settings: Settings, connections: Connections, suppression: SuppressionList
) -> SparkEngine:
    """The engine on the test's bucket and warehouse."""
    return SparkEngine(
        spark,
        partial(open_store, connections.aws, settings.s3.bucket),
        partial(open_session, settings.snowflake, "spark"),
        "test",
        suppression,
    )


@pytest.fixture
def engine(spark: "SparkSession", settings: Settings, connections: Connections) -> SparkEngine:
    """The engine while nobody was removed."""
    return engine_with(spark, settings, connections, NOBODY)


def fill(loader: Loader) -> None:
    """Whatever anybody may put into the bucket, files made up to be read differently, and IDs that were numbers."""
    for case in CASES:
        if case.result != SKIPPED:
            loader.store.put(case.key, case.body, "text/csv")
    for number, body in enumerate(files(20260131, 60)):
        loader.put(f"hostile {number}", body)
    for name, bend in {"sheet": in_a_spreadsheet, "double": as_a_double, "javascript": in_javascript}.items():
        for some, ids in {"three": GENUINE[:3], "many": GENUINE, "old": GENUINE + OLD}.items():
            bent = [bend(tiktok_id) for tiktok_id in ids]
            loader.put(f"{name} {some}", csv_file(*(row(str(n), uniqueId=f"u{i}") for i, n in enumerate(bent))))
            # Half of them twice, with another handle; and one that was never rounded.
            twice = [row(str(n), uniqueId=f"v{i}") for i, n in enumerate(bent) if i % 2]
            once = [row(str(n), uniqueId=f"u{i}") for i, n in enumerate(bent)]
            loader.put(f"{name} {some} renamed", csv_file(row("7423456789012345149"), *once, *twice))
    for name, ids in {"genuine": GENUINE, "musically": MUSICALLY, "early": EARLY}.items():
        loader.put(name, csv_file(*(row(str(tiktok_id), uniqueId=f"u{tiktok_id}") for tiktok_id in ids)))


def test_every_kind_of_object_is_the_same(loader: Loader, engine: SparkEngine) -> None:
    """Of each object the row of STAGED_OBJECTS; the staged rows, and the quarantine byte for byte."""
    fill(loader)
    local = staged(loader)
    assert len(local.objects) > 180
    assert sum(bool(facts["ROWS_REJECTED"]) for facts in local.objects.values()) > 80
    on_spark = staged(loader, engine)
    for key, facts in local.objects.items():
        assert on_spark.objects[key] == facts
    assert on_spark.ids == local.ids
    assert len({found for found in local.ids.values() if found.rounded}) > 6
    assert on_spark.rows == local.rows
    assert on_spark.quarantine == local.quarantine


def test_removed_people_are_kept_out_alike(
    loader: Loader, spark: "SparkSession", settings: Settings, connections: Connections
) -> None:
    """Of each file the counts, the staged rows and the quarantine, when some of its rows are of such people."""
    for name, body in FILES.items():
        loader.put(name, body)
    local = staged(loader, LocalEngine(loader.store, loader.session, LIST))
    on_spark = staged(loader, engine_with(spark, settings, connections, LIST))
    assert sum(facts["ROWS_SUPPRESSED"] for facts in local.objects.values()) > 12
    assert on_spark == local


def test_objects_that_cannot_be_staged_have_the_same_outcomes(loader: Loader, engine: SparkEngine) -> None:
    """Changed, deleted, archived, without a quarantine, loaded already, or loaded before as another version."""
    keys = {name: loader.put(name, csv_file(row(str(n)), row("x"))) for n, name in enumerate("abcdefg", 1)}
    loader.load(keys["a"], keys["b"])
    for name in "ab":
        loader.put(name, csv_file(row("9")))
    loader.load(keys["a"], keys["b"])
    # The first content again, which is not loaded now; and the one that is.
    loader.put("a", csv_file(row("1"), row("x")))
    loader.put("b", csv_file(row("9")))
    items = items_of(loader)
    etags = {item.info.key: item.info.etag for item in items}
    loader.store.put(keys["c"], csv_file(row("8")), "text/csv")
    loader.store._s3.delete_object(Bucket=loader.store.bucket, Key=keys["d"])
    archive(loader.store, keys["e"])
    deny(loader.store, quarantine_key(keys["f"], etags[keys["f"]]), action="s3:PutObject")
    local, on_spark = (sorted(map(repr, stage(loader, items, using))) for using in (None, engine))
    assert on_spark == local
    kinds = {outcome.partition("(")[0] for outcome in local}
    assert kinds == {"StagedObject", "Unreadable", "ObjectChangedError"}
    deny(loader.store)


def test_staged_rows_expire_alike(loader: Loader, engine: SparkEngine) -> None:
    """Of a batch that waits for its publication, the same rows end by the retention, and the rest is published."""
    for upload in (ours("42", "2026-01-31T12", ("1", "2")), ours("43", "2026-02-05T12", ("1", "5"))):
        put_upload(loader.store, upload)
    old = "2026-01-30T12:00:00Z"
    loader.put("old", csv_file(row("6", extracted_at=old), row("no ID", extracted_at=old)), day="2026-01-30")
    found = []
    for using in (LocalEngine(loader.store, loader.session), engine):
        list(Staging(loader.store, loader.session, 1.0, loader.log, engine=using).stage(loader.listing()))
        expired = expire_rows(lambda: nullcontext(loader.session), CUT)
        waiting = loader.rows("SELECT TIKTOK_ID, OBJECT_KEY FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA ORDER BY 1")
        loader.publish()
        found.append((expired, waiting, loader.dump(), loader.tables()["PRESENCE_SPELLS"]))
        empty_tables(loader.session)
    local, on_spark = found
    assert (local[0].staged_rows, [tiktok_id for tiktok_id, _ in local[1]]) == (3, ["1", "5"])
    assert on_spark == local


def normalized(plan: str) -> str:
    """A plan without the numbers that Spark gives to columns."""
    return re.sub(r"#\d+L?", "", plan)


def plans(spark: "SparkSession") -> str:
    """What Spark says that it ran, in this process."""
    ran = spark._jsparkSession.sharedState().statusStore().executionsList()
    return normalized("".join(ran.apply(number).physicalPlanDescription() for number in range(ran.size())))


def test_spark_runs_the_generated_sql(loader: Loader, engine: SparkEngine, spark: "SparkSession") -> None:
    """The plan that the engine ran has each expression of the plan of that text, as Spark itself says."""
    loader.put("a", csv_file(row("1"), row("1"), row("x")))
    assert [outcome.counts.accounted for outcome in stage(loader, items_of(loader), engine)] == [3]  # type: ignore[union-attr]
    ran = plans(spark)
    columns = ", ".join(f"CAST(NULL AS STRING) AS {name}" for name in READ_COLUMNS)
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.sql(
        f"SELECT int(id) AS object_number, now() AS first_modified, now() AS taken_at, {columns} FROM range(2)"
    ).createOrReplaceTempView("unlike_any_other")
    expected = spark.sql(transform_sql("unlike_any_other"))._jdf.queryExecution().analyzed().toString()
    found = r"row_number\(\) windowspecdefinition\(.*?\)\) AS|CASE WHEN .*? END AS \w+"
    expressions = re.findall(found, normalized(expected))
    assert len(expressions) > 10
    assert [text for text in expressions if text not in ran] == []
