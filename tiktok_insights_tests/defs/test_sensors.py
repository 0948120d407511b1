"""The sensor on the CSV prefix: asks once for what is pending, and misses nothing. Bucket and ledger are real."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import dagster as dg
import pytest
from dagster._core.execution.plan.objects import StepSuccessData
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from tiktok_insights.cli.summary import Summary
from tiktok_insights.definitions import defs, resources_for
from tiktok_insights.defs.jobs import load_pending_objects, replay_snapshots, tiktok_pipeline
from tiktok_insights.defs.load_runs import (
    LISTING_TAG,
    unreadable_entries,
    wait_before_asking_again,
    wait_for_unreadable,
)
from tiktok_insights.defs.sensors import new_s3_objects_sensor
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.runtime.orphaned_runs import CUT_OFF_TAG
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.staging.ledger import settled_versions
from tiktok_insights.staging.pending import pending
from tiktok_insights.tables.definitions import LOAD_HISTORY
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.refused_objects import archive

pytestmark = pytest.mark.runs

_EVENTS = {
    dg.DagsterRunStatus.QUEUED: dg.DagsterEventType.RUN_ENQUEUED,
    dg.DagsterRunStatus.STARTED: dg.DagsterEventType.RUN_START,
    dg.DagsterRunStatus.FAILURE: dg.DagsterEventType.RUN_FAILURE,
}


class SleepingWarehouse(SnowflakeResource):
    """A warehouse that must not be woken."""

    def session(self) -> None:  # type: ignore[override]
        """Fail, whoever asks."""
        pytest.fail("the sensor has asked the warehouse")


class Daemon:
    """Evaluates ticks as Dagster's daemon does: keeps the cursor, and launches nothing unless a test says so."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.resources = resources_for(settings)
        self.cursor: str | None = None

    def tick(self, *, is_cut_short: bool = False, wakes_warehouse: bool = True) -> dg.RunRequest | str:
        """One tick: the run that is asked for, or why none is. One that is cut short leaves the cursor as it was."""
        warehouse = self.resources["snowflake"]
        assert isinstance(warehouse, SnowflakeResource)
        if not wakes_warehouse:
            warehouse = SleepingWarehouse(**warehouse.model_dump())
        resources = {"s3": self.resources["s3"], "snowflake": warehouse}
        with dg.build_sensor_context(instance=self.instance, cursor=self.cursor, resources=resources) as context:
            answer = new_s3_objects_sensor(context)
            if not is_cut_short:
                self.cursor = context.cursor
        if isinstance(answer, dg.RunRequest):
            assert answer.run_key is None
            return answer
        assert isinstance(answer, dg.SkipReason)
        assert answer.skip_message
        return answer.skip_message

    def asks(self) -> bool:
        """Whether the next tick asks for a run."""
        return isinstance(self.tick(), dg.RunRequest)

    def note_run(self, job: str, status: dg.DagsterRunStatus, request: dg.RunRequest | None = None) -> dg.DagsterRun:
        """A run of the instance, as the daemon launches it for a request."""
        tags = dict(request.tags) if request else {}
        repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("test"), "__repository__")
        run = dg.DagsterRun(job, tags=tags, remote_job_origin=RemoteJobOrigin(repository, job))
        self.instance.add_run(run)
        self.note(run, _EVENTS[status])
        return run

    def note(self, run: dg.DagsterRun, event: dg.DagsterEventType, step: str | None = None) -> None:
        """An event of a run, or of one of its steps."""
        data = StepSuccessData(1.0) if event is dg.DagsterEventType.STEP_SUCCESS else None  # type: ignore[no-untyped-call]
        self.instance.report_dagster_event(
            dg.DagsterEvent(event.value, run.job_name, step_key=step, event_specific_data=data), run.run_id
        )


@pytest.fixture
def daemon(settings: Settings) -> Iterator[Daemon]:
    """A daemon with an instance of its own."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield Daemon(settings, instance)


@pytest.fixture
def s3(connections: Connections) -> Any:
    """A client for what the package never does: deleting, and uploading in parts."""
    return boto3.client("s3", **connections.aws)


def test_an_object_is_asked_for_until_it_is_loaded(daemon: Daemon, loader: Loader) -> None:
    """An empty bucket asks for nothing, an object for a run; once it is loaded, for nothing again."""
    assert daemon.tick() == "All 0 objects are in the ledger."
    loader.put("a", csv_file(row("1")))
    request = daemon.tick()
    assert isinstance(request, dg.RunRequest)
    assert set(request.tags) >= {LISTING_TAG}
    loader.load()
    assert daemon.tick() == "All 1 objects are in the ledger."


def test_the_warehouse_sleeps_while_the_bucket_stays_as_it_is(daemon: Daemon, loader: Loader, s3: Any) -> None:
    """After one look at the ledger, ticks ask the bucket only, until an object comes, changes or goes."""
    key = loader.put("a", csv_file(row("1")))
    loader.load()
    daemon.tick()
    for _ in range(3):
        assert daemon.tick(wakes_warehouse=False) == "Nothing has changed. Objects: 1."
    loader.put("b", csv_file(row("2")))
    with pytest.raises(pytest.fail.Exception, match="has asked the warehouse"):
        daemon.tick(wakes_warehouse=False)
    loader.load()
    daemon.tick()
    s3.delete_object(Bucket=loader.store.bucket, Key=key)
    assert daemon.tick() == "All 1 objects are in the ledger."
    assert daemon.tick(wakes_warehouse=False) == "Nothing has changed. Objects: 1."


def test_an_object_with_the_time_of_a_loaded_one_is_not_missed(daemon: Daemon, loader: Loader) -> None:
    """Objects come in the same second as the last one that was loaded, with keys before and after it."""
    loader.put("m", csv_file(row("1")))
    loader.load()
    assert not daemon.asks()
    for name in ("a", "z"):
        loader.put(name, csv_file(row(str(ord(name)))))
        assert daemon.asks()
        loader.load()
        assert not daemon.asks()
    times = {info.last_modified for info in loader.store.list("csv/")}
    assert len(times) < 3 or max(times) - min(times) < timedelta(minutes=1)
    assert [status for (status,) in loader.ledger("STATUS").values()] == ["loaded"] * 3


def test_a_new_version_and_a_version_that_comes_back_are_asked_for(daemon: Daemon, loader: Loader) -> None:
    """The same key with other bytes, and with the first bytes again; the same bytes twice are one version."""
    first, second = csv_file(row("1", uniqueId="old")), csv_file(row("1", uniqueId="new"))
    for body, name in ((first, "old"), (second, "new"), (first, "old")):
        loader.put("a", body)
        assert daemon.asks()
        loader.load()
        assert not daemon.asks()
        assert loader.rows("SELECT USER_NAME FROM TIKTOK_DATA") == [(name,)]
    loader.put("a", first)
    assert not daemon.asks()


def test_a_multipart_upload_that_ends_late_is_loaded(daemon: Daemon, loader: Loader, s3: Any) -> None:
    """Begun before another version of its key was loaded, and completed after: it is the newest all the same."""
    key = loader.put("a", csv_file(row("1", uniqueId="first")))
    place = {"Bucket": loader.store.bucket, "Key": key}
    upload = s3.create_multipart_upload(**place)["UploadId"]
    part = s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=csv_file(row("1", uniqueId="late")))
    assert daemon.asks()
    loader.load()
    assert not daemon.asks()
    parts = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
    s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload=parts)
    assert daemon.asks()
    loader.load()
    assert loader.rows("SELECT USER_NAME FROM TIKTOK_DATA") == [("late",)]
    assert not daemon.asks()


def test_objects_that_are_never_loaded_ask_for_nothing(daemon: Daemon, loader: Loader) -> None:
    """A folder's marker, an empty file, a foreign one and a misplaced one; the empty one counts when it is written."""
    place = "csv/followers/account=42/dt=2026-01-31"
    for key in (f"{place}/", f"{place}/empty.csv", f"{place}/notes.txt", "csv/followers/misplaced.csv"):
        loader.store.put(key, b"" if key.endswith(("/", "empty.csv")) else csv_file(row("1")), "text/csv")
    assert not daemon.asks()
    loader.store.put(f"{place}/empty.csv", csv_file(row("1")), "text/csv")
    assert daemon.asks()


def test_the_last_of_more_than_a_thousand_keys_is_found(daemon: Daemon, loader: Loader) -> None:
    """S3 lists a thousand keys at a time; an object on the second page is asked for, and only it is pending."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: loader.put(f"{n:04}", csv_file(row(str(n + 1)))), range(1_050)))
    infos = list(loader.store.list("csv/"))
    counts = {
        "ROWS_IN": 1,
        "ROWS_STAGED": 1,
        "ROWS_DUPLICATE": 0,
        "ROWS_REJECTED": 0,
        "ROWS_SUPPRESSED": 0,
        "NEGATIVE_COUNTS": 0,
    }
    sums = dict.fromkeys(("ID_SUM_IN", "ID_SUM_STAGED", "ID_SUM_DUPLICATE", "ID_SUM_REJECTED"), 0)
    loaded = {
        **counts,
        **sums,
        "STATUS": "loaded",
        "REASON": None,
        "NEWEST_ROW_AT": None,
        "BATCH_ID": "batch",
        "LOADED_AT": datetime.now(UTC),
    }
    known = [
        {
            **loaded,
            "OBJECT_KEY": info.key,
            "ETAG": info.etag,
            "LATEST_ETAG": info.etag,
            "CONTENT_SHA256": info.etag,
            "FIRST_MODIFIED": info.last_modified,
            "SIZE_BYTES": info.size,
            "LAST_MODIFIED": info.last_modified,
        }
        for info in infos[:-1]
    ]
    loader.session.insert(LOAD_HISTORY, known)
    assert daemon.asks()
    batch = loader.load()
    assert [item.item.info.key for item in batch.objects] == [infos[-1].key]
    assert not daemon.asks()


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTED])
@pytest.mark.parametrize("job", [load_pending_objects.name, replay_snapshots.name])
def test_while_a_load_is_queued_or_running_no_other_is_asked_for(
    daemon: Daemon, loader: Loader, job: str, status: dg.DagsterRunStatus
) -> None:
    """Whatever comes meanwhile waits for the next run; who launched the load does not matter."""
    loader.put("a", csv_file(row("1")))
    run = daemon.note_run(job, status)
    assert daemon.tick() == f"Run {run.run_id[:8]} of {job} is queued or running."
    daemon.instance.report_run_failed(run)
    assert daemon.asks()


def test_a_pipeline_that_still_extracts_does_not_hold_up_a_load(daemon: Daemon, loader: Loader) -> None:
    """Extraction may take hours; once it has ended, the pipeline's own load takes what is pending."""
    loader.put("a", csv_file(row("1")))
    run = daemon.note_run(tiktok_pipeline.name, dg.DagsterRunStatus.STARTED)
    assert daemon.asks()
    for event in (dg.DagsterEventType.STEP_START, dg.DagsterEventType.STEP_SUCCESS):
        assert daemon.asks()
        daemon.note(run, event, "raw_followers")
    assert daemon.tick() == f"Run {run.run_id[:8]} of tiktok_pipeline will load the pending objects."


def test_a_tick_that_is_cut_short_loses_nothing_and_asks_for_no_second_run(daemon: Daemon, loader: Loader) -> None:
    """Killed before its request arrived: it is made again. Killed after: the run is seen, and its load is too."""
    loader.put("a", csv_file(row("1")))
    assert isinstance(daemon.tick(is_cut_short=True), dg.RunRequest)
    request = daemon.tick(is_cut_short=True)
    assert isinstance(request, dg.RunRequest)
    run = daemon.note_run(load_pending_objects.name, dg.DagsterRunStatus.STARTED, request)
    assert "is queued or running" in str(daemon.tick(is_cut_short=True))
    loader.load()
    daemon.note(run, dg.DagsterEventType.RUN_SUCCESS)
    assert daemon.tick(is_cut_short=True) == "All 1 objects are in the ledger."
    assert daemon.tick() == "All 1 objects are in the ledger."


def test_a_run_that_failed_is_asked_for_again_after_longer_and_longer_waits(daemon: Daemon, loader: Loader) -> None:
    """A minute after the first failure, then two, at most six hours; a change in the bucket waits for none."""
    loader.put("a", csv_file(row("1")))
    request = daemon.tick()
    assert isinstance(request, dg.RunRequest)
    fingerprint = request.tags[LISTING_TAG]
    waits = []
    for _ in range(12):
        run = daemon.note_run(load_pending_objects.name, dg.DagsterRunStatus.FAILURE, request)
        ended = daemon.instance.get_run_record_by_id(run.run_id)
        assert ended is not None
        low, high = 0, 24 * 3600
        while low < high:
            middle = (low + high) // 2
            now = ended.update_timestamp + timedelta(seconds=middle)
            is_waiting = wait_before_asking_again(daemon.instance, fingerprint, now)[1]
            low, high = (middle + 1, high) if is_waiting else (low, middle)
        waits.append(low)
    assert waits == [60 * 2**n for n in range(9)] + [21_600] * 3
    assert str(daemon.tick()).startswith(f"Run {run.run_id[:8]} ended with FAILURE. If objects are still pending")
    loader.put("b", csv_file(row("2")))
    assert daemon.asks()


def cut_off(daemon: Daemon, request: dg.RunRequest) -> dg.DagsterRun:
    """A run for the request whose process is found to be gone."""
    run = daemon.note_run(load_pending_objects.name, dg.DagsterRunStatus.STARTED, request)
    daemon.instance.add_run_tags(run.run_id, {CUT_OFF_TAG: "true"})
    daemon.note(run, dg.DagsterEventType.RUN_FAILURE)
    return run


def test_a_run_that_was_cut_off_is_asked_for_again_at_once(daemon: Daemon, loader: Loader) -> None:
    """A crash says nothing about the objects: no wait and no look at the warehouse, until a run has succeeded."""
    loader.put("a", csv_file(row("1")))
    request = daemon.tick()
    assert isinstance(request, dg.RunRequest)
    cut_off(daemon, request)
    assert isinstance(daemon.tick(wakes_warehouse=False), dg.RunRequest)
    run = daemon.note_run(load_pending_objects.name, dg.DagsterRunStatus.STARTED, request)
    loader.load()
    daemon.note(run, dg.DagsterEventType.RUN_SUCCESS)
    assert daemon.tick() == "All 1 objects are in the ledger."


def test_objects_that_end_every_run_are_not_asked_for_without_end(daemon: Daemon, loader: Loader) -> None:
    """Cut off twice in a row, as by a full memory: from then on it waits like any other failure."""
    loader.put("a", csv_file(row("1")))
    request = daemon.tick()
    assert isinstance(request, dg.RunRequest)
    cut_off(daemon, request)
    second = cut_off(daemon, request)
    assert str(daemon.tick(wakes_warehouse=False)).startswith(f"Run {second.run_id[:8]} ended with FAILURE. If objects")


def test_a_sensor_that_was_off_asks_once_for_all_that_has_come_meanwhile(
    daemon: Daemon, loader: Loader, s3: Any
) -> None:
    """Some came and were loaded by others, some changed, some came and went: one run takes those that wait."""
    loader.put("old", csv_file(row("1")))
    loader.load()
    assert not daemon.asks()
    loader.put("loaded by the schedule", csv_file(row("2")))
    loader.load()
    gone = loader.put("gone", csv_file(row("3")))
    loader.put("old", csv_file(row("1", uniqueId="changed")))
    for number in range(5):
        loader.put(f"new {number}", csv_file(row(str(10 + number))))
    s3.delete_object(Bucket=loader.store.bucket, Key=gone)
    request = daemon.tick()
    assert isinstance(request, dg.RunRequest)
    daemon.note_run(load_pending_objects.name, dg.DagsterRunStatus.QUEUED, request)
    assert not daemon.asks()
    batch = loader.load()
    names = sorted(item.item.info.key.rpartition("/")[2].removesuffix(".csv") for item in batch.objects)
    assert names == [*(f"new {number}" for number in range(5)), "old"]


def test_what_a_killed_run_has_staged_is_asked_for(daemon: Daemon, loader: Loader) -> None:
    """Audited and not published: the ledger lacks it, so a run is asked for, which has but to publish."""
    loader.put("a", csv_file(row("1")))
    loader.stage()
    assert daemon.asks()
    staging = loader.staging()
    assert staging.stage(loader.listing()) == []
    loader.publish()
    assert not daemon.asks()


def staged(daemon: Daemon, loader: Loader) -> None:
    """A load whose books are in the daemon's instance."""
    staging = loader.staging()
    staging.stage(loader.listing())
    loader.publish()
    event = dg.AssetMaterialization("staged_tiktok_data", metadata=unreadable_entries(staging.reading))
    daemon.instance.report_runless_asset_event(event)


def test_objects_that_s3_refuses_ask_for_a_run_every_six_hours(daemon: Daemon, loader: Loader) -> None:
    """Not every tick; a change of them, or anything beside them, asks for one at once."""
    key = loader.put("archived", csv_file(row("1")))
    loader.put("good", csv_file(row("2")))
    archive(loader.store, key)
    assert daemon.asks()
    staged(daemon, loader)
    for _ in range(2):
        assert "could not read the pending objects" in str(daemon.tick())
    waiting = pending(loader.listing(), settled_versions(loader.session))
    now = datetime.now(UTC)
    assert wait_for_unreadable(daemon.instance, waiting, now + timedelta(hours=5, minutes=59))
    assert not wait_for_unreadable(daemon.instance, waiting, now + timedelta(hours=6, minutes=1))
    loader.put("beside", csv_file(row("3")))
    assert daemon.asks()
    staged(daemon, loader)
    assert not daemon.asks()
    loader.put("archived", csv_file(row("4")))
    assert daemon.asks()
    staged(daemon, loader)
    assert daemon.tick() == "All 3 objects are in the ledger."


def test_a_run_leaves_word_of_what_s3_refused(daemon: Daemon, loader: Loader) -> None:
    """In its own books: the next tick knows that it would be refused again. No batch failed, and none is said to."""
    for name in ("archived", "archived too"):
        archive(loader.store, loader.put(name, csv_file(row("1"))))
    run = defs().resolve_implicit_global_asset_job_def()
    result = run.execute_in_process(asset_selection=[dg.AssetKey("staged_tiktok_data")], instance=daemon.instance)
    (red,) = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert (red.check_name, red.blocking) == ("every_pending_object_is_readable", False)
    assert red.severity is dg.AssetCheckSeverity.ERROR
    assert "Nothing was published" not in Summary(result, read_settings({})).text(1.0)
    assert str(daemon.tick()).startswith(f"Run {result.run_id[:8]} could not read the pending objects")
