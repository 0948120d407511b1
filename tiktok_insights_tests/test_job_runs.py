"""What Dagster's jobs do from one end to the other, run in this process: loads, checks, replays and the verification.

What the definitions say before any run belongs in test_definitions.py.
"""

import json
import logging
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import boto3
import dagster as dg
import pytest
from dagster import AssetKey

from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Row, Session
from tiktok_insights.definitions import defs
from tiktok_insights.lake.followers_csv import write_csv
from tiktok_insights.lake.listing import CsvInventory, list_csvs
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.opening import open_bucket, open_session
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.staging.batch import Staging
from tiktok_insights.warehouse.publish import publish_passed
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.connections import Connections, connect
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.sources import extract, manifest_of
from tiktok_insights_tests.test_definitions import MARTS, STAGES

pytestmark = pytest.mark.runs

_HEADER = (
    "Tiktok_id,uniqueId,nickname,avatarLarger,avatarMedium,avatarThumb,Account_verified,privateAccount,"
    "followers_Count,following_Count,videoCount,heartCount,friends_Count,diggCount"
)
_INFO = Reply(body=encoded(user_info(followers=2)))
_KEY = "csv/followers/account=42/dt=2026-01-01/partner.csv"


@pytest.fixture
def loaded(environment: dict[str, str]) -> dg.Definitions:
    """The definitions, loaded in the test's environment."""
    return defs()


def row(tiktok_id: str) -> str:
    """One row of a file with 14 columns."""
    return f"{tiktok_id},some.body,Some Body,,,,false,false,1,2,3,4,5,6"


def put_csv(store: ObjectStore, *ids: str) -> None:
    """A partner's file with these users."""
    store.put(_KEY, "\n".join([_HEADER, *map(row, ids), ""]).encode(), "text/csv")


def run_job(
    loaded: dg.Definitions, name: str, instance: dg.DagsterInstance | None = None, **config: Any
) -> dg.ExecuteInProcessResult:
    """Run a job in this process; a failure is a result."""
    return loaded.resolve_job_def(name).execute_in_process(config or None, instance, raise_on_error=False)


@dataclass(frozen=True)
class FirstLoad:
    """A partner's file with two users, loaded by the job: the result, and what bucket, warehouse, catalog have then."""

    result: dg.ExecuteInProcessResult
    settings: Settings
    info: ObjectInfo
    ids: list[Row]
    partitions: list[list[str]]


@pytest.fixture(scope="module")
def first_load(home: Path) -> FirstLoad:
    """One run, which several tests look at."""
    with pytest.MonkeyPatch.context() as patch:
        set_environment(home, patch)
        settings = read_settings()
        store, glue = open_bucket(settings.s3), boto3.client("glue", **connect(settings).aws)
        put_csv(store, "7420366745511658149", "7420366745511658150")
        result = run_job(defs(), "load_pending_objects")
        assert result.success
        (info,) = store.list(_KEY)
        with open_session(settings.snowflake, "test") as session:
            ids = session.query("SELECT TIKTOK_ID FROM TIKTOK_DATA ORDER BY TIKTOK_ID")
        found = glue.get_partitions(DatabaseName=settings.glue.database, TableName="tiktok_user_data")["Partitions"]
        return FirstLoad(result, settings, info, ids, [partition["Values"] for partition in found])


def test_the_replay_puts_a_damaged_csv_right_and_tells_what_changed(
    loaded: dg.Definitions, raw: RawStore, connections: Connections, connect_warehouse: Connect
) -> None:
    """The asset's metadata has the object and the column, but no person's data; the table has the true text."""
    with scripted(Reply(body=encoded(web_page(web_row("11"), web_row("12"), total=2))), info=_INFO) as script:
        (result,) = extract(raw, script.address, "some.shop")
    key = write_csv(raw, CsvInventory(raw.store), manifest_of(raw, result), 0.01).key
    raw.store.put(key, raw.store.get(key).body.replace(b"made.up", b"old.code", 1), "text/csv")
    run = run_job(loaded, "replay_snapshots")
    assert run.success
    (metadata,) = (
        event.materialization.metadata
        for event in run.get_asset_materialization_events()
        if event.asset_key == AssetKey("followers_csv")
    )
    (change,) = metadata["changes"].records  # type: ignore[attr-defined]
    assert change.data == {
        "object": key, "column": "uniqueId", "texts changed": 1,
    }  # fmt: skip
    assert [metadata[name].value for name in ("files_replayed", "files_written", "rows_changed")] == [1, 1, 1]
    with connect_warehouse() as session:
        assert session.query("SELECT DISTINCT USER_NAME FROM TIKTOK_DATA") == [("made.up",)]


def test_a_partners_file_is_loaded_without_the_api(first_load: FirstLoad) -> None:
    """load_pending_objects loads what is in the bucket, whoever put it there, and all checks are green."""
    assert first_load.ids == [("7420366745511658149",), ("7420366745511658150",)]
    assert {check.check_name for check in first_load.result.get_asset_check_evaluations() if not check.passed} == set()


def test_a_faulty_file_fails_only_the_last_check_of_its_run_and_the_rest_is_published(
    loaded: dg.Definitions, store: ObjectStore, connect_warehouse: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every asset is materialized and every check runs; the next run is green and warns of the file.

    A run that loads at the same time is not painted red for what another one has refused. What runs cost is written
    by their last step, also for one that failed before it, and completed by the next run.
    """
    instance = dg.DagsterInstance.ephemeral()
    first, requests = extraction_with_a_revoked_key(instance, monkeypatch)
    assert requests > 0
    put_csv(store, "7420366745511658149", "7.42e+18")
    good = "csv/followers/account=43/dt=2026-01-01/good.csv"
    store.put(good, f"{_HEADER}\n{row('7420366745511658150')}\n".encode(), "text/csv")
    result = run_job(loaded, "load_pending_objects", instance)
    assert not result.success
    checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
    names = {
        key.name for key in loaded.resolve_job_def("load_pending_objects").asset_layer.asset_graph.asset_check_keys
    }
    assert names - {"every_account_finished", "no_snapshot_is_blocked"} == set(checks)
    red = {name: check for name, check in checks.items() if not check.passed}
    assert red.keys() == {"every_new_object_was_loaded", "no_object_is_refused"}
    assert all(_KEY in (check.description or "") for check in red.values())
    failed = [event.step_key for event in result.all_events if event.is_step_failure]
    assert failed == ["load_report"]
    events = {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    assert set(events) == {*STAGES, *MARTS, "dashboard", "load_report"} - {"raw_followers", "followers_csv"}
    for asset in ("staged_tiktok_data", "load_report"):
        shown = [item.data for item in events[asset]["objects"].records]  # type: ignore[attr-defined]
        assert [(item["object"], item["status"]) for item in shown] == [(_KEY, "refused"), (good, "loaded")]
    with connect_warehouse() as session:
        assert session.query("SELECT TIKTOK_ID FROM TIKTOK_DATA") == [("7420366745511658150",)]
        assert_costs(session, instance, {first: ("failure", requests), result.run_id: (None, 0)})
    report = {name: entry.value for name, entry in events["load_report"].items()}
    assert report.items() >= {"api_requests": 0, "glue_usd": 0.0, "glue_basis": "No Glue job ran."}.items()
    assert "snowflake_credits" not in report

    # Another run has staged and refused something, and this one publishes it.
    other = _KEY.replace("partner", "other")
    store.put(other, b"x", "text/csv")
    with connect_warehouse() as session:
        Staging(store, session, 0.01, logging.getLogger(__name__)).stage(list_csvs(store))
    again = run_job(loaded, "load_pending_objects", instance)
    with connect_warehouse() as session:
        runs = {first: ("failure", requests), result.run_id: ("failure", 0), again.run_id: (None, 0)}
        assert_costs(session, instance, runs)
        assert session.query("SELECT STATUS FROM LOAD_HISTORY WHERE OBJECT_KEY = ?", (other,)) == [("refused",)]
    assert again.success
    assert [check.check_name for check in again.get_asset_check_evaluations() if not check.passed] == [
        "no_object_is_refused"
    ]


def extraction_with_a_revoked_key(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """Run the pipeline, which fails at its first step; give its run and the requests that the API has seen."""
    with monkeypatch.context() as patch, scripted(Reply(401, b'{"message": "Invalid API key."}')) as api:
        for name, value in {"ACCOUNTS": "some.shop", "API_URL": api.address}.items():
            patch.setenv(f"TIKTOK_{name}", value)
        patch.setenv("RAPIDAPI_KEY", "revoked")
        result = run_job(defs(), "tiktok_pipeline", instance)
        assert not result.success
        return result.run_id, len(api.asked)


def assert_costs(session: Session, instance: dg.DagsterInstance, expected: dict[str, tuple[str | None, int]]) -> None:
    """Each run has one row with its status and requests, and no number that the local stack cannot know."""
    rows = {row["RUN_ID"]: row for row in session.records("SELECT * FROM MAIN.RUN_COSTS")}
    assert {run_id: (row["STATUS"], row["API_REQUESTS"]) for run_id, row in rows.items()} == expected
    for run_id, row in rows.items():
        record = instance.get_run_record_by_id(run_id)
        assert record is not None
        assert row["STARTED_AT"].replace(tzinfo=UTC).timestamp() == pytest.approx(record.start_time, abs=1e-3)
        assert (row["ENDED_AT"] is None) == (row["STATUS"] is None)
        assert (row["GLUE_DPU_HOURS"], row["GLUE_USD"], row["GLUE_BASIS"]) == (0, 0, "No Glue job ran.")
        assert row["SNOWFLAKE_SECONDS"] is row["SNOWFLAKE_CREDITS"] is None
        assert row["SNOWFLAKE_BASIS"] == "Unknown: the local stack has no query history."


def test_refused_objects_are_tried_again_by_a_job(
    loaded: dg.Definitions, store: ObjectStore, connect_warehouse: Connect
) -> None:
    """As by the command and a run after it: with a higher threshold the good row is loaded, the bad one quarantined."""
    put_csv(store, "7420366745511658149", "7.42e+18")
    assert not run_job(loaded, "load_pending_objects").success
    config = {"ops": {"staged_tiktok_data": {"config": {"retry_refused": True, "max_rejected_share": 0.5}}}}
    assert run_job(loaded, "load_pending_objects").success, "a refused object is not pending"
    assert run_job(loaded, "retry_refused_objects", None, **config).success
    assert loaded.resolve_job_def("retry_refused_objects").run_config == {
        "ops": {"staged_tiktok_data": {"config": {"retry_refused": True}}}
    }
    with connect_warehouse() as session:
        assert session.query("SELECT TIKTOK_ID FROM TIKTOK_DATA") == [("7420366745511658149",)]
    (quarantined,) = [info.key for info in store.list("quarantine/")]
    line = json.loads(store.get(quarantined).body)
    assert (line["object"], line["column"]) == (_KEY, "Tiktok_id")
    assert "7.42e+18" in line["row"]


def test_a_run_with_nothing_new_leaves_every_version_and_shows_no_empty_table(
    loaded: dg.Definitions, store: ObjectStore
) -> None:
    """So nothing downstream is marked as unsynced; a new object changes the versions from the catalog on."""
    put_csv(store, "7420366745511658149")
    first, second = (run_job(loaded, "load_pending_objects") for _ in range(2))
    assert versions(first) == versions(second)
    assert versions(first).keys() == {*MARTS, *STAGES, "dashboard", "load_report"} - {"raw_followers", "followers_csv"}
    for event in second.get_asset_materialization_events():
        for name, value in event.materialization.metadata.items():
            assert not isinstance(value, dg.TableMetadataValue) or value.records, name
    put_csv(store, "7420366745511658149", "7420366745511658150")
    third = versions(run_job(loaded, "load_pending_objects"))
    assert {name for name, version in third.items() if version == versions(first)[name]} == set()


def versions(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    """The version of each asset's data after a run."""
    return {
        event.asset_key.to_user_string(): event.materialization.tags["dagster/data_version"]
        for event in result.get_asset_materialization_events()
        if event.asset_key and event.materialization.tags
    }


def test_the_table_carries_numbers_places_and_lineage(first_load: FirstLoad) -> None:
    """A materialization has row count, table name, the query of a mart, and column lineage back to the CSV."""
    events = {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in first_load.result.get_asset_materialization_events()
        if event.asset_key
    }
    table, settings = events["tiktok_data"], first_load.settings
    assert table["dagster/row_count"].value == 2
    assert table["dagster/table_name"].value == f"{settings.snowflake.database}.PUBLIC.TIKTOK_DATA"
    said = f"{first_load.info.last_modified:%Y-%m-%d %H:%M} UTC"
    assert table["newest_row"].value == said, "the file does not say when"
    lineage = table["dagster/column_lineage"].value.deps_by_column["TIKTOK_ID"]  # type: ignore[union-attr]
    assert [(dep.asset_key.to_user_string(), dep.column_name) for dep in lineage] == [
        ("staged_tiktok_data", "TIKTOK_ID")
    ]
    assert events["tiktok_user_data"]["dagster/uri"].value == f"s3://{settings.s3.bucket}/csv/followers/"
    mart = events["user_totals"]
    assert f"SELECT * FROM {mart['dagster/table_name'].value}" in str(mart["query"].value), "it runs in any schema"


def test_glue_describes_what_was_loaded(first_load: FirstLoad) -> None:
    """After a load the Glue table has the partition of the object."""
    assert first_load.partitions == [["42", "2026-01-01"]]


def publish_one_user(store: ObjectStore, connect_warehouse: Connect) -> None:
    """Stage and publish one object, outside of Dagster, so that no checks have looked at it."""
    put_csv(store, "7420366745511658149")
    with connect_warehouse() as session:
        Staging(store, session, 0.01, logging.getLogger(__name__)).stage(list_csvs(store))
    publish_passed(connect_warehouse, logging.getLogger(__name__))


def test_a_single_check_can_be_run_by_itself(
    loaded: dg.Definitions, store: ObjectStore, connect_warehouse: Connect
) -> None:
    """A person may execute one check of the table from its page."""
    publish_one_user(store, connect_warehouse)
    key = dg.AssetCheckKey(AssetKey("tiktok_data"), "step_7_returns_every_user")
    job = dg.define_asset_job("one_check", dg.AssetSelection.checks(key))
    one_check = dg.Definitions.merge(loaded, dg.Definitions(jobs=[job])).resolve_job_def("one_check")
    for _ in range(2):
        (evaluation,) = one_check.execute_in_process().get_asset_check_evaluations()
        assert (evaluation.passed, evaluation.metadata["rows"].value) == (True, 1), "one check marks nothing as checked"
    assert run_job(loaded, "load_pending_objects").success
    (evaluation,) = one_check.execute_in_process().get_asset_check_evaluations()
    assert (evaluation.passed, evaluation.metadata["objects compared"].value) == (True, 0)


def test_what_did_not_pass_is_checked_again_by_the_next_run(
    loaded: dg.Definitions, store: ObjectStore, connect_warehouse: Connect
) -> None:
    """A run that loads nothing is red, too, until the table is repaired; the one after that compares nothing."""
    publish_one_user(store, connect_warehouse)
    with connect_warehouse() as session:
        session.execute("DELETE FROM TIKTOK_DATA")
    runs = [run_job(loaded, "load_pending_objects") for _ in range(2)]
    rebuilt = {"ops": {"tiktok_data": {"config": {"rebuild": True}}}}
    runs += [run_job(loaded, "load_pending_objects", None, **rebuilt), run_job(loaded, "load_pending_objects")]
    assert [run.success for run in runs] == [False, False, True, True]
    compared = [
        check.metadata["objects compared"].value
        for run in runs
        for check in run.get_asset_check_evaluations()
        if check.check_name == "every_user_has_one_row"
    ]
    assert compared == [1, 1, 1, 0]


def test_the_verification_compares_everything_and_fails_its_run(
    loaded: dg.Definitions, store: ObjectStore, connect_warehouse: Connect
) -> None:
    """Green after a load, also in the object that is read again; red for a change that no run would look for."""
    put_csv(store, "7420366745511658149", "7420366745511658150")
    assert run_job(loaded, "load_pending_objects").success
    good = run_job(loaded, "verify")
    assert good.success
    checks = {check.check_name: check for check in good.get_asset_check_evaluations()}
    assert checks["no_id_is_lost"].metadata["ids compared"].value == 2
    assert checks["step_7_returns_every_user"].metadata["rows"].value == 2
    with connect_warehouse() as session:
        session.execute("UPDATE TIKTOK_DATA SET NICK_NAME = 'x' WHERE TIKTOK_ID = '7420366745511658149'")
    assert run_job(loaded, "load_pending_objects").success
    red = run_job(loaded, "verify")
    assert not red.success
    assert {check.check_name for check in red.get_asset_check_evaluations() if not check.passed} == {
        "every_row_is_the_newest_of_its_user"
    }
