"""Runs with a crawler, on the local stack's Glue: what the asset reports, what the check says, and that a load follows.

How a crawl is followed, and what its table is compared with, is tested in catalog/.
"""

import re
from typing import Any

import boto3
import dagster as dg
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.definitions import defs
from tiktok_insights.defs.checks import offenders_of
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.support.connections import connect
from tiktok_insights_tests.support.csv_texts import csv_file, row

pytestmark = pytest.mark.runs

_CHECK = "crawled_table_matches_the_contract"
_IDS = ("7423456789012345149", "7423456789012345150")


@pytest.fixture
def crawler(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a crawler that is configured, and not made yet."""
    name = f"crawler_{environment['GLUE_DATABASE']}"
    monkeypatch.setenv("GLUE_CRAWLER", name)
    return name


@pytest.fixture
def csvs(environment: dict[str, str], store: ObjectStore) -> None:
    """One CSV on each of two days, in folders of the test's own."""
    account = int(environment["GLUE_DATABASE"].removeprefix("glue_"), 16)
    for day, tiktok_id in zip(("2026-01-31", "2026-02-01"), _IDS, strict=True):
        store.put(f"csv/followers/account={account}/dt={day}/partner.csv", csv_file(row(tiktok_id)), "text/csv")


def run() -> dg.ExecuteInProcessResult:
    """The catalog with its checks, and the staging after it."""
    job = defs().resolve_implicit_global_asset_job_def()
    keys = [dg.AssetKey("tiktok_user_data"), dg.AssetKey("staged_tiktok_data")]
    return job.execute_in_process(asset_selection=keys, raise_on_error=False)


def reported(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    """The metadata of the catalog's asset, and the check about the crawler as `passed`, `severity` and `offenders`."""
    (made,) = result.asset_materializations_for_node("tiktok_user_data")
    (evaluation,) = (found for found in result.get_asset_check_evaluations() if found.check_name == _CHECK)
    return {
        **{name: value.value for name, value in made.metadata.items()},
        "passed": evaluation.passed,
        "severity": evaluation.severity,
        "offenders": offenders_of(evaluation),
        "facts": {name: value.value for name, value in evaluation.metadata.items() if name != "offenders"},
    }


def test_a_run_crawls_compares_and_loads(crawler: str, csvs: None, store: ObjectStore) -> None:
    """The crawler takes IDs for numbers, as Glue's does; the contract's table and the load know nothing of it."""
    result = run()
    found = reported(result)
    assert (found["crawler"], found["crawler_state"], found["crawler_last_crawl"]) == (crawler, "READY", "SUCCEEDED")
    assert found["crawler_seconds"] > 0
    (table,) = found["crawled_tables"].records
    assert table.data == {"table": "crawled_followers", "columns": 19, "partitions": 2}
    assert (found["passed"], found["severity"]) == (False, dg.AssetCheckSeverity.WARN)
    assert any(
        re.match(r"crawled_followers: tiktok_id is bigint, not string \(an ID may", o) for o in found["offenders"]
    )
    assert any("this SerDe ignores quotes" in offender for offender in found["offenders"])
    assert not any("partition" in offender for offender in found["offenders"])
    assert result.success
    assert {e.check_name: e.passed for e in result.get_asset_check_evaluations()}["glue_table_matches_the_contract"]
    (staged,) = result.asset_materializations_for_node("staged_tiktok_data")
    assert staged.metadata["objects_loaded"].value == 2


def test_the_contracts_table_passes_where_the_crawler_made_the_same(crawler: str, csvs: None) -> None:
    """Someone gave it a classifier: with LOG, the next crawl leaves that table, and the check is green."""
    run()
    settings = read_settings()
    glue = boto3.client("glue", **connect(settings).aws)
    database = settings.glue.database
    ours: Any = glue.get_table(DatabaseName=database, Name="tiktok_user_data")["Table"]
    crawled: Any = {name: ours[name] for name in ("TableType", "PartitionKeys", "StorageDescriptor")}
    crawled |= {"Name": "crawled_followers", "Parameters": {**ours["Parameters"], "UPDATED_BY_CRAWLER": crawler}}
    glue.update_table(DatabaseName=database, TableInput=crawled)
    for entry in glue.get_partitions(DatabaseName=database, TableName="tiktok_user_data")["Partitions"]:
        changed: Any = {name: entry[name] for name in ("Values", "StorageDescriptor")}
        glue.update_partition(
            DatabaseName=database,
            TableName="crawled_followers",
            PartitionValueList=changed["Values"],
            PartitionInput=changed,
        )
    found = reported(run())
    assert found["offenders"] == []
    assert found["facts"] == {
        "crawler": crawler,
        "state": "READY",
        "last crawl": "SUCCEEDED",
        "tables": "crawled_followers",
        "partitions": 2,
    }


def test_a_crawl_that_does_not_end_in_time_stops_no_load(
    crawler: str, csvs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run reports the problem, warns, and loads."""
    monkeypatch.setenv("GLUE_CRAWLER_MINUTES", "0.0001")
    result = run()
    found = reported(result)
    assert found["crawler_problem"].startswith(f"The crawler {crawler} had not finished after 0.0001 min")
    assert result.success
    (staged,) = result.asset_materializations_for_node("staged_tiktok_data")
    assert staged.metadata["objects_loaded"].value == 2


def test_without_a_crawler_nothing_is_asked_and_nothing_is_checked(environment: dict[str, str], csvs: None) -> None:
    """A default deployment has the checks and the metadata that it had."""
    result = run()
    assert result.success
    (made,) = result.asset_materializations_for_node("tiktok_user_data")
    assert not [name for name in made.metadata if "crawl" in name]
    assert _CHECK not in {found.check_name for found in result.get_asset_check_evaluations()}
