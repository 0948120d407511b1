"""After a removal, Dagster's records on a real PostgreSQL server name nobody who was removed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import dagster as dg
import pytest
import snowflake.connector
import yaml  # type: ignore[import-untyped]  # PyYAML, which Dagster brings, has no types
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import session_on
from tiktok_insights.people.erasing.dagster_postgres import clean_postgres
from tiktok_insights.people.erasing.named_texts import NamedTexts
from tiktok_insights.resources.dagster_records import postgres_url
from tiktok_insights.settings.environment import Settings
from tiktok_insights.settings.errors import SettingsError
from tiktok_insights.suppression.hashes import Kind
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights_tests.people.test_erasing_on_this_machine import HANDLE, ID, NAMES, SEC_UID, TEXTS, own, speaking
from tiktok_insights_tests.support.connections import connect
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.postgres import Postgres, postgres_server
from tiktok_insights_tests.support.scanner import scan
from tiktok_insights_tests.support.troubleshooting import told

__all__ = ["own"]

pytestmark = pytest.mark.full

#: Also names that something of Dagster's has; it keeps them.
TEXT = NamedTexts.of([*NAMES, (Kind.HANDLE, "speak"), (Kind.ID, "1")])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    """A server whose address the orchestrator's settings find in the environment."""
    with postgres_server() as server:
        for name, value in server.variables.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def dagster_home(server: Postgres, tmp_path: Path) -> Path:
    """A home with the storage of the orchestrator's settings."""
    settings = yaml.safe_load((ROOT / "deploy" / "orchestrator" / "dagster.yaml").read_text(encoding="utf-8"))
    kept = {name: settings[name] for name in ("storage", "telemetry")}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(kept), encoding="utf-8")
    return tmp_path


def test_records_in_postgres_lose_the_names_and_nothing_else(server: Postgres, dagster_home: Path) -> None:
    """Neither a dump nor a data file has them; runs and events are there, and a repeat changes nothing."""
    with dg.DagsterInstance.from_config(str(dagster_home)) as instance:
        run_id = speaking.execute_in_process(
            run_config(HANDLE), instance=instance, tags={"who": f"100%_({ID})\\", "about": HANDLE, "id": ID}
        ).run_id
        other = speaking.execute_in_process(run_config(f"{HANDLE}er"), instance=instance).run_id
        before = instance.all_logs(run_id)
    url = postgres_url(dagster_home)
    assert url is not None
    assert HANDLE in dump(server)
    cleaned = clean_postgres(url, TEXT)
    assert cleaned.unread == ()
    assert cleaned.copies > 3
    assert not [text for text in (ID, SEC_UID) if text in dump(server)]
    assert server.ask("CHECKPOINT").returncode == 0
    left = scan(server.folder / "data" / "base", [ID, SEC_UID])
    assert left == {}
    with dg.DagsterInstance.from_config(str(dagster_home)) as instance:
        after, run = instance.all_logs(run_id), instance.get_run_by_id(run_id)
        kept = instance.get_run_by_id(other)
    assert run is not None
    assert run.run_config == run_config("[removed]")
    assert (run.tags["who"], run.tags["about"], run.tags["id"]) == ("100%_([removed])\\", "[removed]", "[removed]")
    assert kept is not None
    assert kept.run_config == run_config(f"{HANDLE}er")
    assert [(each.dagster_event_type, each.step_key, each.timestamp) for each in after] == [
        (each.dagster_event_type, each.step_key, each.timestamp) for each in before
    ]
    assert [each.user_message for each in after if each.level == 20] == [
        "The row of [removed] ([removed], [removed]) is about [removed]."
    ]
    assert clean_postgres(url, TEXT).copies == 0


def test_a_removal_cleans_them_and_the_receipt_says_what_stays(
    server: Postgres, dagster_home: Path, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the command, with the orchestrator's storage: of the write-ahead log and of the backups, too."""
    for name, value in {**server.variables, "DAGSTER_HOME": str(dagster_home)}.items():
        monkeypatch.setenv(name, value)
    connections = connect(own)
    with session_on(snowflake.connector.connect(**connections.snowflake), connections.namespace) as session:
        ensure_tables(session)
    store = ObjectStore(boto3.client("s3", **connections.aws), own.s3.bucket)
    store.ensure_bucket()
    store.put("csv/followers/account=1/dt=2026-01-31/a.csv", csv_file(row(ID, uniqueId=HANDLE)), "text/csv")
    with dg.DagsterInstance.from_config(str(dagster_home)) as instance:
        speaking.execute_in_process(run_config(HANDLE), instance=instance)
    assert ID in dump(server)
    out = dagster_home / "receipts"
    answer = CliRunner().invoke(main, ["forget", ID, "--yes", "--out", str(out)])
    assert answer.exit_code == 0, answer.output
    assert ID not in dump(server)
    (receipt,) = out.glob("*.txt")
    text = receipt.read_text(encoding="utf-8")
    in_a_week = datetime.now(UTC) + timedelta(days=7)
    for words in (
        "Dagster's records in PostgreSQL",
        "write-ahead log",
        "Backups",
        "pg_switch_wal",
        f"{in_a_week:%Y-%m-%d}",
    ):
        assert words in text


def test_a_server_that_is_down_is_named(server: Postgres, dagster_home: Path) -> None:
    """Without the password, and without a name of the person."""
    url = postgres_url(dagster_home)
    assert url is not None
    server.stop()
    (unread,) = clean_postgres(url, TEXT).unread
    told("<problem>; see whether it runs").says(unread.reason)
    assert not [text for text in (*TEXTS, server.variables["DAGSTER_POSTGRES_PASSWORD"]) if text in unread.reason]


def test_settings_that_cannot_be_used_are_named(
    server: Postgres, dagster_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the database is down, or the command runs elsewhere and the variables are not set."""
    message = told("The records of Dagster's runs cannot be opened", str(dagster_home))
    server.stop()
    with pytest.raises(SettingsError) as down:
        postgres_url(dagster_home)
    message.says(str(down.value))
    monkeypatch.delenv("DAGSTER_POSTGRES_HOST")
    with pytest.raises(SettingsError) as unset:
        postgres_url(dagster_home)
    message.says(str(unset.value))


def test_a_home_with_files_has_no_database(tmp_path: Path) -> None:
    """Nor has one without settings."""
    assert postgres_url(tmp_path) is None
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    assert postgres_url(tmp_path) is None


def run_config(reference: str) -> dict[str, object]:
    """The config of a run about someone."""
    return {"ops": {"speak": {"config": {"reference": reference}}}}


def dump(server: Postgres) -> str:
    """Everything that the database holds, as text."""
    done = server.run("pg_dump", "--dbname=dagster", "--data-only")
    assert done.returncode == 0, done.stderr
    return done.stdout
