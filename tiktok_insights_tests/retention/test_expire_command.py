"""The whole command, on a home with a local stack: nothing that has expired is left on the disk, and a run is green."""

import ast
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from tiktok_insights.cli import main
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.definitions import defs
from tiktok_insights.local import stack
from tiktok_insights.resources.opening import open_bucket, open_session
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.planted_snapshots import CUT, Planted
from tiktok_insights_tests.support.scanner import scan

pytestmark = pytest.mark.people

#: Handles that only old snapshots have, and one that only a new one has.
GONE, KEPT = ("h2.01-28", "h9.01-28", "h5.01-25", "h6.01-30"), "h4.02-05"

#: The planted lists are old, two are refused, the last one of an account is short, and profiles cannot be read.
RED = {"every_account_is_fresh", "no_object_is_refused", "no_list_lost_many_users", "every_pending_object_is_readable"}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A home of the test's own that keeps the days since the cut, and a temporary folder in it."""
    set_environment(tmp_path / "home", monkeypatch)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home" / "dagster"))
    monkeypatch.setenv("TIKTOK_RETENTION_DAYS", str((datetime.now(UTC) - CUT).days))
    (tmp_path / "home" / "temporary").mkdir()
    (tmp_path / "home" / "dagster").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "home" / "temporary"))
    yield read_settings()
    stack.stop(tmp_path / "home")


def command(*words: str) -> Result:
    """Let a command succeed."""
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 0, answer.output
    return answer


def let_expire(own: Settings, expired: Callable[[], dict[str, Any]]) -> None:
    """Load snapshots before and after the cut, and let the old ones expire."""

    def connect() -> AbstractContextManager[Session]:
        return open_session(own.snowflake, "test")

    with connect() as session:
        ensure_tables(session)
        loader = Loader(open_bucket(own.s3), session, connect)
        Planted(loader.store)
        loader.load()
    assert {text for texts in scan(own.home, (*GONE, KEPT)).values() for text in texts} == {*GONE, KEPT}
    said = json.loads(command("expire", "--dry-run", "--format", "json").stdout)
    done = expired()
    assert (said["dry_run"], done["dry_run"]) == (True, False)
    assert said["places"] == done["places"]
    assert done["places"]["FOLLOWER_SNAPSHOTS"] == 10


def by_command() -> dict[str, Any]:
    """Let snapshots expire, and give what is told."""
    return dict(json.loads(command("expire", "--format", "json").stdout))


def by_job() -> dict[str, Any]:
    """The same by the job of the schedule, which tells it in its log."""
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs().resolve_job_def("expire_snapshots").execute_in_process(instance=instance)
        said = [record.user_message for record in instance.all_logs(result.run_id)]
    (places,) = (text.partition("Deleted: ")[2] for text in said if "Deleted: " in text)
    return {"dry_run": False, "places": ast.literal_eval(places)}


def test_expired_rows_are_not_left_on_the_disk(own: Settings) -> None:
    """Nor in a bucket's object or a database's free block; the job says what it deletes, and then finds nothing."""
    let_expire(own, by_job)
    assert "Nothing is older than" in command("expire").output
    stack.stop(own.home)
    assert {text for texts in scan(own.home, (*GONE, KEPT)).values() for text in texts} == {KEPT}


@pytest.mark.full
def test_after_an_expiry_people_can_be_removed_and_a_run_is_green(own: Settings) -> None:
    """All assets are made, and no check is red but those that tell of what was planted."""
    let_expire(own, by_command)
    command("forget", "4", "--yes", "--out", str(own.home))
    run = json.loads(command("run", "--job", "load_pending_objects", "--format", "json").stdout)
    assert run["succeeded"]
    red = {check["name"] for check in run["checks"] if not check["passed"]}
    assert red == RED, red
    assert json.loads(command("expire", "--format", "json").stdout)["places"] == {}
    with open_session(own.snowflake, "test") as session:
        assert session.query("SELECT DISTINCT TIKTOK_ID FROM FOLLOWER_SNAPSHOTS ORDER BY 1") == [("1",), ("3",), ("7",)]
