"""After a removal, no byte on this machine has the person: a scanner that knows no places searches the whole home."""

import errno
import gzip
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import dagster as dg
import duckdb
import pytest
import snowflake.connector

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session, session_on
from tiktok_insights.dashboard.publishing import DASHBOARD_KEY, dashboard_path, upload_page, write_page
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.local import stack
from tiktok_insights.local.folder import StackFolder
from tiktok_insights.local.snowflake.compaction import compact
from tiktok_insights.people.erasing.dagster_files import clean_dagster
from tiktok_insights.people.erasing.dashboard import renew_dashboard
from tiktok_insights.people.erasing.local_files import clean_machine
from tiktok_insights.people.erasing.named_texts import NamedTexts
from tiktok_insights.people.erasing.text_files import clean_text_files
from tiktok_insights.people.erasing.warehouse import erase_in_warehouse
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.suppression.hashes import Kind, SuppressionList
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.support.connections import connect
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.cut_csvs import CutCsv
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.scanner import scan
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.people

ID, HANDLE, NICKNAME = "7423456789012345149", "Zoe.q7Kx2vM9", "Zoë q7Kx2vM9 \U0001f9c1"
SEC_UID, AVATAR = "MS4wLjABAAAAq7Kx2vM9", "https://p16.example/q7Kx2vM9"
NAMES = [(Kind.ID, ID), (Kind.HANDLE, HANDLE), (Kind.SEC_UID, SEC_UID)]
LIST = SuppressionList(b"k" * 32).with_names(NAMES)
#: The last one is Dagster's own, and says the name of a job.
TAGS = {"about": HANDLE, "id": ID, "short": "1", "path": f"/x/{HANDLE}/y", "dagster/schedule_name": "speak"}
QUIET = {"telemetry": {"enabled": False}}
TEXTS = (ID, HANDLE, HANDLE.lower(), NICKNAME, SEC_UID)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A home of the test's own, with a stack that the test may stop."""
    set_environment(tmp_path / "home", monkeypatch)
    yield read_settings()
    stack.stop(tmp_path / "home")


@dg.op(config_schema={"reference": str})
def speak(context: dg.OpExecutionContext) -> None:
    """Say who it is about, as a message about a row might."""
    reference = context.op_config["reference"]
    context.log.info("The row of %s (%s, %s) is about %s.", ID, HANDLE, SEC_UID, reference)
    context.add_output_metadata({"row": dg.MetadataValue.json({"uniqueId": HANDLE, "id": ID})})


@dg.job
def speaking() -> None:
    """A run that names a person."""
    speak()


def run_dagster(folder: Path) -> str:
    """Run it with its storage in the folder, and print something; give the run's ID."""
    folder.mkdir(exist_ok=True)
    with dg.DagsterInstance.local_temp(str(folder), overrides=QUIET) as instance:
        config = {"ops": {"speak": {"config": {"reference": HANDLE}}}}
        run_id = speaking.execute_in_process(config, instance=instance, tags=TAGS).run_id
        instance.report_runless_asset_event(dg.AssetObservation("speak", tags={"about": HANDLE, "id": ID}))
    log = folder / "storage" / run_id / "compute_logs" / "speak.err"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(f"Traceback: @{HANDLE} has the ID {ID}\n", encoding="utf-8")
    return run_id


def plant(home: Path, store: ObjectStore) -> None:
    """Leave the person where runs that were cut off, and messages, may have left someone."""
    folder = StackFolder.of(home)
    write_page(dashboard_path(home).with_name("accounts.html"), f"<td>{HANDLE}</td>")
    write_page(dashboard_path(home), f"<td>{HANDLE}</td>")
    upload_page(store, f"<td>{HANDLE}</td>")
    with folder.log.open("a", encoding="utf-8") as log:
        log.write(f"WARNING the row of {ID} ({HANDLE})\n")
    upload = folder.snowflake / "stages" / "DB" / "PUBLIC" / "rows.parquet"
    upload.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(f"COPY (SELECT '{ID}' AS TIKTOK_ID, '{NICKNAME}' AS NICK_NAME) TO '{upload}'")
    (folder.temporary / "half.csv").write_text(row(ID, uniqueId=HANDLE), encoding="utf-8")
    folder.glue_runs.mkdir(exist_ok=True)
    (folder.glue_runs / "jr_1.json").write_text(json.dumps({"error": f"row of {ID}"}), encoding="utf-8")


@pytest.mark.full
def test_nothing_of_the_person_is_left_in_the_home(own: Settings) -> None:
    """Rows, versions, databases, logs, Dagster's runs and dashboards; everyone else is still in the tables."""
    connections = connect(own)
    store = ObjectStore(boto3.client("s3", **connections.aws), own.s3.bucket)
    store.ensure_bucket()
    dagster_home = own.home / "dagster"
    run_dagster(dagster_home)

    def open_session() -> AbstractContextManager[Session]:
        return session_on(snowflake.connector.connect(**connections.snowflake), connections.namespace)

    with open_session() as session:
        ensure_tables(session)
        loader = Loader(store, session, open_session)
        person = row(ID, uniqueId=HANDLE, nickname=NICKNAME, avatarLarger=AVATAR)
        others = [row(str(number), nickname=f"Nick {number}") for number in range(7 * 10**18, 7 * 10**18 + 3_000)]
        upload = loader.upload("a", *others, person)
        loader.load()
        marts = Marts(session)
        for mart in all_marts():
            marts.make(mart)
        plant(own.home, store)
        assert {*TEXTS} - {HANDLE.lower()} == set().union(*scan(own.home, TEXTS).values())
        csv = CutCsv(store, upload.key, upload.body, NICKNAME)
        erase_in_warehouse(open_session, LIST, [ID], [csv])
        assert renew_dashboard(session, store, own.dashboard).sources == 2
        before = session.query("SELECT * FROM FOLLOWER_SNAPSHOTS ORDER BY TIKTOK_ID")
    assert scan(own.home, TEXTS)
    cleaned = clean_machine(own.home, dagster_home, NAMES)
    assert not any(item.unread for item in cleaned)
    assert scan(own.home, [*TEXTS, AVATAR]) == {}
    connect(own)
    with open_session() as session:
        assert session.query("SELECT * FROM FOLLOWER_SNAPSHOTS ORDER BY TIKTOK_ID") == before
        assert len(before) == len(others)
    assert b"Nick" in store.get(DASHBOARD_KEY).body


def test_dagsters_runs_stay_readable_without_the_person(tmp_path: Path) -> None:
    """Config, messages and logs say [removed]; every other event is as it was, and a second time changes nothing."""
    run_id = run_dagster(tmp_path)
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=QUIET) as instance:
        before = instance.all_logs(run_id)
    texts = NamedTexts.of([*NAMES, (Kind.HANDLE, "speak"), (Kind.ID, "1")])
    assert sum(item.copies for item in clean_dagster(tmp_path, texts)) > 3
    assert scan(tmp_path, TEXTS) == {}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=QUIET) as instance:
        after = instance.all_logs(run_id)
        run = instance.get_run_by_id(run_id)
    assert run is not None
    assert run.run_config == {"ops": {"speak": {"config": {"reference": "[removed]"}}}}
    assert {key: run.tags[key] for key in TAGS} == {
        **dict.fromkeys(("about", "id", "short"), "[removed]"),
        "path": "/x/[removed]/y",
        "dagster/schedule_name": "speak",
    }
    assert [(each.dagster_event_type, each.step_key, each.timestamp) for each in after] == [
        (each.dagster_event_type, each.step_key, each.timestamp) for each in before
    ]
    assert [each.user_message for each in after if each.level == 20] == [
        "The row of [removed] ([removed], [removed]) is about [removed]."
    ]
    assert sum(item.copies for item in clean_dagster(tmp_path, texts)) == 0


def test_a_database_of_dagster_that_is_in_use_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are cleaned."""
    monkeypatch.setattr("tiktok_insights.people.erasing.dagster_files._PATIENCE", 0.1)
    run_dagster(tmp_path)
    with closing(sqlite3.connect(tmp_path / "history" / "runs.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        unread = [each for item in clean_dagster(tmp_path, NamedTexts.of(NAMES)) for each in item.unread]
        other.execute("ROLLBACK")
    assert [Path(each.source).name for each in unread] == ["runs.db"]
    told("database is locked; stop").says(unread[0].reason)
    assert set(scan(tmp_path, TEXTS)) == {"history/runs.db"}


def test_a_log_that_cannot_be_changed_is_named(tmp_path: Path) -> None:
    """As when it is another user's; the others are cleaned."""
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text(f"{ID} x", encoding="utf-8")
    with patch.object(Path, "open", _refuse("a.log", Path.open)):
        cleaned = clean_text_files("logs", tmp_path, NamedTexts.of(NAMES))
    assert (cleaned.sources, [Path(each.source).name for each in cleaned.unread]) == (1, ["a.log"])
    told("<problem>; run again as the file's owner").says(cleaned.unread[0].reason)
    assert set(scan(tmp_path, [ID])) == {"a.log"}


def _refuse(name: str, opened: Any) -> Any:
    def open_file(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(path, *args, **kwargs)

    return open_file


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"{ID}0 and 1{ID}", f"{ID}0 and 1{ID}"),
        (f"a{ID}b", "a[removed]b"),
        ('12 rows, "12"', '12 rows, "[removed]"'),
        ("@zoe.q7kx2vm9.", "@[removed]."),
        (f"{HANDLE}.shop x{HANDLE}", f"{HANDLE}.shop x{HANDLE}"),
    ],
)
def test_only_the_persons_names_are_replaced(text: str, clean: str) -> None:
    """Not a longer ID or handle that has one in it; a short number only in quotes."""
    assert NamedTexts.of([*NAMES, (Kind.ID, "12")]).clean(text) == clean


def test_a_database_whose_copy_differs_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says so, and the database has all its rows."""
    (tmp_path / "databases").mkdir()
    path = tmp_path / "databases" / "DB.db"
    for each in (tmp_path / "metadata.db", path):
        with duckdb.connect(each) as duck:
            duck.execute("CREATE TABLE people AS SELECT 1 AS id")
    numbers = iter(range(100))
    with monkeypatch.context() as patched, told("<database> was left as it is", f"{tmp_path / 'metadata.db'} was left"):
        patched.setattr("tiktok_insights.local.snowflake.compaction._content", lambda *_: next(numbers))
        compact(tmp_path)
    assert compact(tmp_path) == 1
    with duckdb.connect(path) as duck:
        assert duck.execute("FROM people").fetchall() == [(1,)]


def test_the_scanner_finds_what_is_packed(tmp_path: Path) -> None:
    """In gzip within other bytes, Parquet, DuckDB, UTF-16 and JSON; and not what is elsewhere."""
    (tmp_path / "a.pickle").write_bytes(b"\x80" + gzip.compress(NICKNAME.encode()) + b"rest")
    duckdb.sql(f"COPY (SELECT '{ID}' AS id FROM range(10000)) TO '{tmp_path / 'b.parquet'}'")
    with duckdb.connect(tmp_path / "c.db") as duck:
        duck.execute(f"CREATE TABLE t AS SELECT '{HANDLE}' AS handle FROM range(10000)")
    (tmp_path / "d.txt").write_bytes(SEC_UID.encode("utf-16-le"))
    (tmp_path / "e.json").write_text(json.dumps(NICKNAME), encoding="ascii")
    assert scan(tmp_path, [*TEXTS, "nobody"]) == {
        "a.pickle": {NICKNAME}, "b.parquet": {ID}, "c.db": {HANDLE}, "d.txt": {SEC_UID}, "e.json": {NICKNAME},
    }  # fmt: skip
