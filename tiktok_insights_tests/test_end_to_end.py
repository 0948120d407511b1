"""The whole pipeline as a new user runs it, from the command line to the last digit of the last id."""

import json
import re
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest

from tiktok_insights.clients.snowflake_session import Row
from tiktok_insights.local import stack
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.powerbi.gates import warehouse
from tiktok_insights_tests.powerbi.gates.sources import contract
from tiktok_insights_tests.support.cli_user import LIMIT_SECONDS, CliUser, cli_user_in
from tiktok_insights_tests.support.connections import connect
from tiktok_insights_tests.support.documents import ROOT

pytestmark = pytest.mark.runs

_HANDLES = ("corner.bakery", "city.museum", "night.market")
_STEP_7 = "USE ROLE ACCOUNTADMIN; USE WAREHOUSE COMPUTE_WH; USE AMAZON_DB; USE SCHEMA Main; SELECT * FROM tiktok_data;"


@pytest.fixture(scope="module")
def cli_user(tmp_path_factory: pytest.TempPathFactory, warm_cli: Path) -> Iterator[CliUser]:
    """A user in an empty folder, with no setting at all."""
    with cli_user_in(tmp_path_factory.mktemp("cli_user"), warm_cli) as user:
        yield user


@pytest.fixture(scope="module")
def first_run(cli_user: CliUser) -> subprocess.CompletedProcess[str]:
    """The first `tiktok-insights run`, in a process that begins from nothing."""
    answer = cli_user.run("tiktok_insights.cli", "run")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer


def test_every_row_of_the_table_is_what_the_generator_says(
    cli_user: CliUser, first_run: subprocess.CompletedProcess[str]
) -> None:
    """TIKTOK_DATA has each listed user once, each column as the fake API's generator has it, and nobody else."""
    world = World()
    expected = {}
    for handle in _HANDLES:
        for person in world.listed(world.account(handle), VIRTUAL_START):
            counts = person.counts
            expected[person.tiktok_id] = {
                "TIKTOK_ID": person.tiktok_id,
                "USER_NAME": person.unique_id,
                "NICK_NAME": re.sub(r"\r\n|\r|\n", " ", person.nickname) or None,
                "ACCOUNT_VERIFIED": person.verified,
                "PRIVATE_ACCOUNT": person.private,
                "FOLLOWERS_COUNT": counts.followers,
                "FOLLOWING_COUNT": counts.following,
                "VIDEO_COUNT": counts.videos,
                "HEART_COUNT": counts.hearts,
                "FRIENDS_COUNT": counts.friends,
                "DIGG_COUNT": counts.diggs,
                "COUNTS_EXACT": True,
            }
    rows = cli_user.rows("SELECT * FROM TIKTOK_DATA")
    fetched = [datetime.fromisoformat(str(row.pop("EXTRACTED_AT"))) for row in rows]
    assert len(rows) == len(expected)
    assert {str(row["TIKTOK_ID"]): row for row in rows} == expected
    assert (max(fetched) - min(fetched)).total_seconds() < LIMIT_SECONDS


def test_every_follow_is_in_its_window(cli_user: CliUser, first_run: subprocess.CompletedProcess[str]) -> None:
    """The generator knows when each user followed; the history's windows hold that second, and all is covered."""
    world = World()
    followed: dict[str, dict[str, datetime]] = {}
    for handle in _HANDLES:
        account = world.account(handle)
        follows = world.follows(account)
        slots = follows.present(0, VIRTUAL_START)
        followed[world.profile(account, VIRTUAL_START).tiktok_id] = {
            world.person(follows.person_at(slot), VIRTUAL_START).tiktok_id: _naive(follows.followed_at(slot))
            for slot in slots
        }
    rows = cli_user.rows("SELECT ACCOUNT_ID, TIKTOK_ID, FOLLOWED_AFTER, FOLLOWED_BEFORE FROM FOLLOWER_SNAPSHOTS")
    assert len(rows) > 10_000
    for row in rows:
        at = followed[str(row["ACCOUNT_ID"])][str(row["TIKTOK_ID"])]
        after, before = row["FOLLOWED_AFTER"], row["FOLLOWED_BEFORE"]
        assert before is not None
        assert after is None or datetime.fromisoformat(str(after)) <= at
        assert at < datetime.fromisoformat(str(before))
    wide = [row for row in rows if row["FOLLOWED_AFTER"] is None]
    assert len(wide) <= 30 * len(_HANDLES)
    covered = cli_user.rows("SELECT HANDLE, IS_WHOLE, COVERED_TO, HOLES, COVERAGE FROM ACCOUNT_SNAPSHOTS")
    assert {str(row["HANDLE"]) for row in covered} == set(_HANDLES)
    assert all(row["IS_WHOLE"] and row["COVERED_TO"] and row["HOLES"] == "[]" for row in covered)


def _naive(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def test_step_7_runs_word_for_word(cli_user: CliUser, first_run: subprocess.CompletedProcess[str]) -> None:
    """The tutorial's five statements give every user with the contract's columns."""
    rows = cli_user.rows(_STEP_7)
    ((count,),) = [row.values() for row in cli_user.rows("SELECT COUNT(*) AS N FROM TIKTOK_DATA")]
    assert len(rows) == count
    assert list(rows[0]) == [
        "TIKTOK_ID", "USER_NAME", "NICK_NAME", "ACCOUNT_VERIFIED", "PRIVATE_ACCOUNT", "FOLLOWERS_COUNT",
        "FOLLOWING_COUNT", "VIDEO_COUNT", "HEART_COUNT", "FRIENDS_COUNT", "DIGG_COUNT", "COUNTS_EXACT", "EXTRACTED_AT",
    ]  # fmt: skip


def test_the_summary_tells_a_person_what_came_of_it(first_run: subprocess.CompletedProcess[str]) -> None:
    """The summary has accounts, requests, users seen of users claimed, rows, checks, and how to look and to query."""
    said = first_run.stdout
    for handle in _HANDLES:
        assert handle in said
    for words in (
        "372 requests",
        "users seen of 11,030 claimed",
        "AMAZON_DB.PUBLIC.TIKTOK_DATA:",
        "Checks: ",
        "LIMIT 10",
    ):
        assert words in said
    ((passed, of),) = re.findall(r"Checks: (\d+) of (\d+) passed", said)
    assert passed == of
    assert "http://127.0.0.1:3000" in said


def test_beside_the_summary_there_is_the_log_only(first_run: subprocess.CompletedProcess[str]) -> None:
    """No warning, and nothing that a library says of itself, at the start or at the exit."""
    log = re.compile(r"\d\d:\d\d:\d\d  \w+  .")
    assert [line for line in first_run.stderr.splitlines() if not log.match(line)] == []
    assert first_run.stderr


def test_a_second_run_spends_no_request_and_changes_nothing(
    cli_user: CliUser, first_run: subprocess.CompletedProcess[str]
) -> None:
    """A repeated run, here through Dagster's own command, says that the snapshots are fresh and leaves the table."""
    cli_user.command("init")
    served, before = cli_user.requests_served(), cli_user.rows("SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID")
    answer = cli_user.run("dagster", "job", "execute", "-m", "tiktok_insights.definitions", "-j", "tiktok_pipeline")
    assert answer.returncode == 0, answer.stderr
    assert cli_user.requests_served() == served
    assert cli_user.rows("SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID") == before
    assert len(cli_user.rows("SELECT * FROM LOAD_BATCHES")) == 1


def test_a_refused_file_makes_the_command_fail_and_leaves_the_table(
    cli_user: CliUser, first_run: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    """A file whose rows are half wrong: exit code 1, the reason named, TIKTOK_DATA as before; the next run is green."""
    before = cli_user.rows("SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID")
    aws = connect(read_settings({"TIKTOK_INSIGHTS_HOME": str(cli_user.home / ".local")})).aws
    header = (
        "Tiktok_id,uniqueId,nickname,avatarLarger,avatarMedium,avatarThumb,Account_verified,privateAccount,"
        "followers_Count,following_Count,videoCount,heartCount,friends_Count,diggCount"
    )
    good = "7420366745511658502,some.body,Some Body,,,,false,false,1,2,3,4,5,6"
    bad = "7.42e+18,no.body,No Body,,,,false,false,1,2,3,4,5,6"
    key = "csv/followers/account=123/dt=2026-01-01/partner.csv"
    boto3.client("s3", **aws).put_object(
        Bucket="project-with-tiktok-data", Key=key, Body=f"{header}\n{good}\n{bad}\n".encode()
    )
    red = cli_user.run("dagster", "job", "execute", "-m", "tiktok_insights.definitions", "-j", "load_pending_objects")
    assert red.returncode != 0
    assert "every_new_object_was_loaded" in red.stderr + red.stdout
    assert "1 of 2 rows are rejected, more than max_rejected_share" in red.stderr + red.stdout
    assert cli_user.rows("SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID") == before

    green = cli_user.command("run", "--job", "load_pending_objects")
    assert green.returncode == 0, green.stdout + green.stderr
    assert f"WARN: no_object_is_refused: {key}" in green.stdout
    assert cli_user.rows("SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID") == before


def test_no_person_is_in_dagsters_events_and_logs(
    cli_user: CliUser, first_run: subprocess.CompletedProcess[str]
) -> None:
    """Not one ID, handle or nickname of the fake API's users, in whatever the runs so far have stored and printed.

    A nickname of fewer than 8 letters may be any word, such as null.
    """
    stored = "\n".join([first_run.stdout, first_run.stderr, *stored_in(cli_user.home / ".local" / "dagster")])
    assert "tiktok_pipeline" in stored
    world = World()
    people = [person for handle in _HANDLES for person in world.listed(world.account(handle), VIRTUAL_START)]
    words = {word for person in people for word in (person.tiktok_id, person.unique_id, person.nickname)}
    assert len(words) > 10_000
    # To look for each word in all of the text would take minutes: most have a beginning that is nowhere in it.
    beginnings = {stored[place : place + 8] for place in range(len(stored))}
    spellings = [(word, json.dumps(word)[1:-1]) for word in words if len(word) > 7]
    found = {one for one, other in spellings if any(s[:8] in beginnings and s in stored for s in (one, other))}
    assert not found


def stored_in(folder: Path) -> Iterator[str]:
    """All texts that Dagster keeps: its databases' cells, and its other files."""
    for path in folder.rglob("*"):
        if path.suffix == ".db":
            with closing(sqlite3.connect(path)) as database:
                for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    for cells in database.execute(f"SELECT * FROM {table}"):  # a name that it has given
                        yield from map(str, cells)
        elif path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")


#: All that readers have, but for when it was loaded, and in which batch.
_TABLES = {
    "TIKTOK_DATA": "*",
    "FOLLOWER_SNAPSHOTS": "*",
    "ACCOUNT_SNAPSHOTS": "*",
    "PRESENCE_SPELLS": "*",
    "LOAD_HISTORY": "OBJECT_KEY, ETAG, STATUS, REASON, ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, ROWS_REJECTED, "
    "NEGATIVE_COUNTS, SIZE_BYTES, LAST_MODIFIED",
}


def dump(cli_user: CliUser) -> dict[str, list[Row]]:
    """These tables, each in one order."""
    settings = read_settings({"TIKTOK_INSIGHTS_HOME": str(cli_user.home / ".local")})
    with open_session(settings.snowflake, "test") as session:
        tables = {name: session.query(f"SELECT {columns} FROM {name}") for name, columns in _TABLES.items()}
    return {name: sorted(rows, key=repr) for name, rows in tables.items()}


def test_power_bi_finds_everything_that_it_reads(
    cli_user: CliUser, first_run: subprocess.CompletedProcess[str]
) -> None:
    """The check is green, and what each query of the files asks for, asked in SQL, has values of the model's types."""
    answer = cli_user.command("powerbi", "check")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.startswith(f"The model can be refreshed: all {len(contract())} views with ")
    settings = read_settings({"TIKTOK_INSIGHTS_HOME": str(cli_user.home / ".local")})
    with open_session(settings.snowflake, "test") as session:
        assert warehouse.problems(session, ROOT / "powerbi") == []


def test_tables_of_another_shape_are_restored_from_the_bucket(
    cli_user: CliUser, first_run: subprocess.CompletedProcess[str]
) -> None:
    """A run refuses them and names a reset that keeps the bucket; after it, loads restore every table row for row."""
    load = ("run", "--job", "load_pending_objects")
    before = dump(cli_user)
    assert all(before.values())
    served = cli_user.requests_served()
    cli_user.rows("ALTER TABLE LOAD_HISTORY DROP COLUMN REASON")
    refused = cli_user.command(*load)
    assert refused.returncode == 1
    said = " ".join((refused.stdout + refused.stderr).split())
    assert "run tiktok-insights local reset --keep-bucket, and then tiktok-insights run --job load_pend" in said

    assert cli_user.command("local", "reset", "--keep-bucket", "--yes").returncode == 0
    # As at the first time, the run loads all but the object that is at fault, and ends red for it.
    done = cli_user.command(*load)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "every_new_object_was_loaded" in done.stdout
    assert dump(cli_user) == before
    assert cli_user.requests_served() == served


def test_nothing_is_left_running_after_stop(cli_user: CliUser, first_run: subprocess.CompletedProcess[str]) -> None:
    """`tiktok-insights stop` ends the stack, and status says so with its exit code; the data are there again after."""
    endpoints = stack.ensure_running(cli_user.home / ".local")
    ((users,),) = [row.values() for row in cli_user.rows("SELECT COUNT(*) AS N FROM TIKTOK_DATA")]
    assert cli_user.command("stop").returncode == 0
    for port in (endpoints.snowflake_port, urlsplit(endpoints.aws).port, urlsplit(endpoints.tiktok_api).port):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
    assert cli_user.command("local", "status").returncode == 3
    assert cli_user.rows("SELECT COUNT(*) AS N FROM TIKTOK_DATA") == [{"N": users}]
