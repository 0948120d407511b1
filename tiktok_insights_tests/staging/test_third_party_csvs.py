"""Objects from anybody, all in one bucket: each comes to its stated result and says why, and the others load.

The bucket is loaded once, as a person loads it: by the job, which ends red for what it refused. A second run is green.
The tests compare what came of it.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import click
import dagster as dg
import pytest

from tiktok_insights.checks import CheckOutcome
from tiktok_insights.cli.summary import Summary
from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.definitions import defs
from tiktok_insights.defs.checks import offenders_of
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.staging.quarantine import quarantine_key
from tiktok_insights.warehouse.lost_ids import RereadInput, no_id_is_lost
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.connections import connect
from tiktok_insights_tests.support.csv_texts import HEADER_19
from tiktok_insights_tests.support.history import Tables, Upload
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.third_party_csvs import (
    CASES,
    LOADED,
    MAX_REJECTED_SHARE,
    PLACE,
    REFUSED,
    RENAMED,
    SKIPPED,
    Case,
)

pytestmark = pytest.mark.batches

_CONFIG = {"ops": {"staged_tiktok_data": {"config": {"max_rejected_share": MAX_REJECTED_SHARE}}}}
_AUDITED = [case for case in CASES if case.result == REFUSED and case.rows]


@dataclass(frozen=True)
class Outcome:
    """What came of the bucket: the two runs, what the objects are now, and what the warehouse and quarantine hold."""

    red: dg.ExecuteInProcessResult
    green: dg.ExecuteInProcessResult
    reread: CheckOutcome
    tables: Tables
    ledger: dict[str, tuple[Any, ...]]
    infos: dict[str, ObjectInfo]
    quarantine: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def outcome(home: Path) -> Iterator[Outcome]:
    """Every case in one bucket, loaded by the job; and what the job says when it has nothing more to do."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        set_environment(home, monkeypatch)
        settings = read_settings()
        connections = connect(settings)
        store = ObjectStore(boto3.client("s3", **connections.aws), settings.s3.bucket)
        store.ensure_bucket()
        for case in CASES:
            store.put(case.key, case.body, "text/csv")
        red = _run()
        with open_session(settings.snowflake, "test") as session:
            loader = Loader(store, session, lambda: open_session(settings.snowflake, "test"))
            tables = loader.tables()
            green = _run()
            ledger = loader.rows(
                "SELECT OBJECT_KEY, STATUS, REASON, ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, ROWS_REJECTED "
                "FROM LOAD_HISTORY"
            )
            yield Outcome(
                red,
                green,
                no_id_is_lost(RereadInput(session, store, datetime.now(UTC))),
                tables,
                {key: tuple(rest) for key, *rest in ledger},
                {info.key: info for info in store.list("csv/")},
                {info.key: _entries(store, info.key) for info in store.list("quarantine/")},
            )


def _run() -> dg.ExecuteInProcessResult:
    job = defs().resolve_job_def("load_pending_objects")
    return job.execute_in_process(_CONFIG, raise_on_error=False)


def _entries(store: ObjectStore, key: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in store.get(key).body.splitlines()]


def _metadata(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    (found,) = [
        event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey(asset)
    ]
    return dict(found)


def _records(table: Any) -> list[dict[str, Any]]:
    return [record.data for record in table.records]


def _named(cases: list[Case]) -> list[Any]:
    return [pytest.param(case, id=case.key.rpartition("/")[2][:40] or "folder") for case in cases]


@pytest.mark.parametrize("case", _named([case for case in CASES if case.result != SKIPPED]))
def test_an_object_has_its_result_and_its_counts(outcome: Outcome, case: Case) -> None:
    """Loaded or refused, with rows in, staged, duplicate and rejected, in the ledger."""
    status, _, *counts = outcome.ledger[case.key]
    assert (status, tuple(counts)) == (case.result, case.counts)


@pytest.mark.parametrize("case", _named([case for case in CASES if case.result == REFUSED]))
def test_what_is_refused_says_place_and_remedy(outcome: Outcome, case: Case) -> None:
    """The ledger's reason has the line and column, what is wrong there, and what to do, in a few lines of text."""
    reason = outcome.ledger[case.key][1]
    assert [words for words in case.says if words not in reason] == []
    assert len(reason) < (240 if case not in _AUDITED else 600)


@pytest.mark.parametrize("case", _named([case for case in CASES if case.rejected]))
def test_a_rejected_row_is_in_the_quarantine_with_its_place(outcome: Outcome, case: Case) -> None:
    """Object, line, column, reason and the line itself, of each rejected row and of no other."""
    entries = outcome.quarantine[quarantine_key(case.key, outcome.infos[case.key].etag)]
    assert [(entry["object"], entry["line"], entry["column"], entry["row"]) for entry in entries] == [
        (case.key, rejected.line, rejected.column, rejected.row) for rejected in case.rejected
    ]
    for entry, rejected in zip(entries, case.rejected, strict=True):
        assert entry["reason"].startswith(rejected.reason)


def test_nothing_else_is_in_the_quarantine(outcome: Outcome) -> None:
    """One object there for each with rejected rows, however odd or long its name."""
    assert len(outcome.quarantine) == sum(bool(case.counts[3]) for case in CASES)


@pytest.mark.parametrize("case", _named([case for case in CASES if case.result == SKIPPED]))
def test_what_is_skipped_says_why(outcome: Outcome, case: Case) -> None:
    """The asset's metadata list the object with place and remedy; the ledger does not know it."""
    listed = {
        item["object"]: item["reason"]
        for item in _records(_metadata(outcome.green, "staged_tiktok_data")["skipped_objects"])
    }
    assert [words for words in case.says if words not in listed[case.key]] == []
    assert case.key not in outcome.ledger


def test_the_tables_are_the_oracles_byte_for_byte(outcome: Outcome) -> None:
    """Each loaded object has brought what a plain CSV of the rows that it means would bring, and nobody else any."""
    uploads = [_plain(case, outcome.infos[case.key]) for case in CASES if case.result == LOADED]
    expected = history.tables(uploads)
    for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS", "ACCOUNT_SNAPSHOTS"):
        assert outcome.tables[table] == expected[table]


def _plain(case: Case, info: ObjectInfo) -> Upload:
    """The object's rows in the simplest CSV, for the oracle."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(texts.values() for texts in case.rows)
    ours = case.key.endswith("tiktok_user_data-20260131T093000125Z.csv")
    return Upload(
        case.key,
        f"{HEADER_19}\n{text.getvalue()}".encode(),
        info.last_modified.replace(tzinfo=None),
        "20260131T093000125Z" if ours else "",
    )


def test_the_run_ends_red_for_the_refused_files_alone(outcome: Outcome) -> None:
    """The last asset's check fails it, and names each file with its reason; all else is green, or warns."""
    assert not outcome.red.success
    checks = {check.check_name: check for check in outcome.red.get_asset_check_evaluations()}
    red = {name for name, check in checks.items() if not check.passed}
    assert red == {
        "every_account_is_fresh",
        "every_id_has_one_handle_within_an_object",
        "every_new_object_was_loaded",
        "no_csv_is_skipped",
        "no_object_is_refused",
    }
    (renamed,) = offenders_of(checks["every_id_has_one_handle_within_an_object"])
    assert renamed == (
        f"{PLACE}{RENAMED}.csv: 1 ID with different handles, such as 7423…5777. The newest row of each is kept"
    )
    assert [event.step_key for event in outcome.red.all_events if event.is_step_failure] == ["load_report"]
    named = offenders_of(checks["every_new_object_was_loaded"])
    refused = [case for case in CASES if case.result == REFUSED]
    assert len(named) == len(refused)
    for case in refused:
        assert sum(all(words in said for words in (case.key, *case.says)) for said in named) == 1


def test_every_id_of_the_loaded_files_is_somewhere(outcome: Outcome) -> None:
    """A second reader, which knows nothing of CSV but the first column, finds each in the table or the quarantine."""
    assert outcome.reread.offenders == ()
    assert outcome.reread.facts["objects"] == sum(case.result == LOADED for case in CASES)


def test_the_second_run_is_green_and_warns_of_what_a_person_should_mend(outcome: Outcome) -> None:
    """Every check holds with such objects in the bucket, but warnings; they name object, reason and remedy."""
    assert outcome.green.success
    checks = {check.check_name: check for check in outcome.green.get_asset_check_evaluations()}
    red = {name: check for name, check in checks.items() if not check.passed}
    assert set(red) == {
        "every_account_is_fresh",
        "no_csv_is_skipped",
        "no_object_is_refused",
    }
    assert {check.severity for check in red.values()} == {dg.AssetCheckSeverity.WARN}
    skipped = [item["offender"] for item in _records(red["no_csv_is_skipped"].metadata["offenders"])]
    csvs = [case for case in CASES if case.result == SKIPPED and ".csv" in case.key.lower()]
    assert len(skipped) == len(csvs)
    for case in csvs:
        assert any(said.startswith(f"{case.key}: {case.says[0]}") for said in skipped)


def test_the_summary_in_the_terminal_names_the_refused_files_and_the_remedy(outcome: Outcome) -> None:
    """Of the run that refused them; the later one only warns. Each line has one file, and no step is said to fail."""
    red, green = (
        click.unstyle(Summary(result, read_settings({})).text(1.0)) for result in (outcome.red, outcome.green)
    )
    remedy = "The rest is published. Upload a fixed file under the same key, and the next run loads it."
    assert (remedy in red, remedy in green) == (True, False)
    refused = sum(case.result == REFUSED for case in CASES)
    assert f"new objects loaded, {refused} refused." in red
    lines = [line.strip() for line in red.partition("ERROR: every_new_object_was_loaded:")[2].splitlines()]
    assert sum(line.startswith("csv/followers/") for line in lines[: lines.index(remedy)]) >= 20
    assert f"and {refused - 20} more" in lines
    assert "failed:" not in red
    assert all("WARN: no_csv_is_skipped:" in text for text in (red, green))


def test_a_person_sees_each_object_of_the_run_with_its_status_in_the_ledger(outcome: Outcome) -> None:
    """In both assets' tables of objects, those that were refused first, with their reasons."""
    for asset in ("staged_tiktok_data", "load_report"):
        objects = _records(_metadata(outcome.red, asset)["objects"])
        assert {item["object"]: (item["status"], item["reason"] or None) for item in objects} == {
            key: (status, reason) for key, (status, reason, *_) in outcome.ledger.items()
        }
        statuses = [item["status"] for item in objects]
        assert statuses == sorted(statuses, reverse=True)
    assert "objects" not in _metadata(outcome.green, "load_report")
