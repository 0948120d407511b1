"""The life of the stack's process: one per home, found quickly, gone when stopped, and nothing lost."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner

from tiktok_insights.cli.local import local
from tiktok_insights.local import stack
from tiktok_insights.local.folder import StackFolder
from tiktok_insights_tests.local.conftest import aws_client, has_ended, kill_9, open_session
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

_START = "import sys; from pathlib import Path; from tiktok_insights.local import stack; "
_ENSURE = _START + "print(stack.ensure_running(Path(sys.argv[1])).pid)"


def _starter(home: Path, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _ENSURE, str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def test_eight_processes_that_start_at_once_share_one_stack(own_home: Path) -> None:
    """Eight processes that ask at the same moment get the same process."""
    starters = [_starter(own_home) for _ in range(8)]
    said = [starter.communicate(timeout=60) for starter in starters]
    assert len({out for out, _ in said}) == 1, said
    assert said[0][0].strip().isdigit(), said


def test_starter_is_free_at_once_and_leaves_nothing_of_itself(own_home: Path) -> None:
    """A starter's output ends with it, and neither its keys, its credentials nor its proxies are in the stack."""
    planted = {
        "RAPIDAPI_KEY": "canary-1",
        "AWS_SECRET_ACCESS_KEY": "canary-2",
        "AWS_PROFILE": "canary-3",
        "SNOWFLAKE_PASSWORD": "canary-4",
        "HTTPS_PROXY": "http://canary-5:1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    # communicate() waits for the end of the pipes, which a stack that had inherited them would hold open.
    out, err = _starter(own_home, **planted).communicate(timeout=60)
    pid = int(out)
    assert err == ""
    assert os.getsid(pid) != os.getsid(0)
    environment = Path(f"/proc/{pid}/environ")
    if environment.exists():
        assert "canary" not in environment.read_text()
        assert "PYTHONDONTWRITEBYTECODE" not in environment.read_text()


def test_a_running_stack_is_found_in_milliseconds(shared_home: Path, endpoints: stack.Endpoints) -> None:
    """Asking again for a stack that runs costs next to nothing, as every command asks."""
    times = []
    for _ in range(10):
        start = time.perf_counter()
        assert stack.ensure_running(shared_home) == endpoints
        times.append(time.perf_counter() - start)
    assert min(times) < 0.01


def test_importing_the_door_is_light() -> None:
    """`local.stack` brings neither servers nor clients with it."""
    heavy = {"boto3", "duckdb", "fakesnow", "moto", "snowflake.connector", "starlette", "uvicorn", "requests"}
    code = "import sys; import tiktok_insights.local.stack; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    modules = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - ditto
    assert heavy.isdisjoint(modules)


def test_stop_leaves_nothing_running_and_start_takes_the_same_ports(own_home: Path) -> None:
    """After a stop the process is gone and nobody listens; the next start is found at the same addresses."""
    first = stack.ensure_running(own_home)
    assert "Stopped" in stack.stop(own_home)
    wait_until(lambda: has_ended(first.pid))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((first.snowflake_host, first.snowflake_port), timeout=5)
    assert not stack.status(own_home).running
    assert "not running" in stack.stop(own_home)
    second = stack.ensure_running(own_home)
    assert second.pid != first.pid
    assert (second.aws, second.tiktok_api, second.snowflake_port) == (first.aws, first.tiktok_api, first.snowflake_port)


def test_a_killed_stack_is_not_taken_for_a_running_one(own_home: Path) -> None:
    """What a killed process announced is not believed; the next call starts another."""
    first = stack.ensure_running(own_home)
    kill_9(own_home, first)
    assert not stack.status(own_home).running
    assert stack.ensure_running(own_home).pid != first.pid


def test_interrupts_of_the_terminal_do_not_end_it(shared_home: Path, endpoints: stack.Endpoints) -> None:
    """Ctrl-C and a closed terminal end the command that started it, not the stack."""
    os.kill(endpoints.pid, signal.SIGINT)
    os.kill(endpoints.pid, signal.SIGHUP)
    assert stack.status(shared_home).healthy


def test_status_asks_each_server(shared_home: Path, endpoints: stack.Endpoints) -> None:
    """The status of a running stack comes from answers, not from files."""
    found = stack.status(shared_home)
    assert found.running
    assert found.endpoints == endpoints
    assert found.responding == {"tiktok_api": True, "aws": True, "snowflake": True}
    assert found.uptime_seconds > 0
    assert found.bytes_on_disk > 0


def test_only_the_loopback_address_listens(endpoints: stack.Endpoints) -> None:
    """Nobody else on the network can reach the stack."""
    sockets = psutil.Process(endpoints.pid).net_connections()
    listening = [end.laddr.ip for end in sockets if end.status == psutil.CONN_LISTEN]
    assert listening == ["127.0.0.1"] * 3


def test_a_stack_that_cannot_start_says_why(own_home: Path) -> None:
    """What the operating system refuses is one line; any other death names the log and quotes what it says."""
    folder = StackFolder.of(own_home)
    folder.create()
    folder.aws.write_text("a file where a folder must be")
    with told("The local stack in <folder> cannot start", str(folder.aws), "File exists"):
        stack.ensure_running(own_home)
    folder.aws.unlink()
    folder.snowflake.mkdir(exist_ok=True)
    (folder.snowflake / "metadata.db").write_text("no database" * 1000)
    with told("The local stack <what>. Fix the problem", "died during startup", "stack.log", "not a valid DuckDB"):
        stack.ensure_running(own_home)
    (folder.snowflake / "metadata.db").unlink()
    assert stack.ensure_running(own_home).pid


def test_reset_deletes_the_data_and_nothing_else(own_home: Path) -> None:
    """A reset stops the process, empties the stack's folder and leaves its neighbours."""
    neighbour = own_home / "dagster" / "runs.db"
    neighbour.parent.mkdir(parents=True)
    neighbour.write_text("runs")
    endpoints = stack.ensure_running(own_home)
    assert "Deleted" in stack.reset(own_home)
    wait_until(lambda: has_ended(endpoints.pid))
    assert neighbour.read_text() == "runs"
    assert not StackFolder.of(own_home).aws.exists()
    assert "Deleted" in stack.reset(own_home)


def test_a_reset_may_keep_the_bucket(own_home: Path) -> None:
    """Databases and Glue's catalog are gone; objects and secrets, which nothing makes again, are still there."""
    endpoints = stack.ensure_running(own_home)
    clients: dict[str, Any] = {name: aws_client(endpoints, name) for name in ("s3", "glue", "secretsmanager")}
    clients["s3"].create_bucket(Bucket="kept")
    clients["s3"].put_object(Bucket="kept", Key="a", Body=b"object")
    clients["glue"].create_database(DatabaseInput={"Name": "gone"})
    clients["secretsmanager"].create_secret(Name="kept", SecretString="secret")
    with open_session(endpoints) as session, session.cursor() as cursor:
        cursor.execute("CREATE TABLE GONE (A VARCHAR)")
    stack.reset(own_home, keep_bucket=True)
    again = stack.ensure_running(own_home)
    # On the same ports, so the clients still find it.
    assert again.aws == endpoints.aws
    assert clients["s3"].get_object(Bucket="kept", Key="a")["Body"].read() == b"object"
    assert clients["secretsmanager"].get_secret_value(SecretId="kept")["SecretString"] == "secret"
    assert clients["glue"].get_databases()["DatabaseList"] == []
    with open_session(again) as session, session.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables")
        assert cursor.fetchall() == []


def test_a_folder_that_the_stack_did_not_make_is_left_alone(own_home: Path) -> None:
    """Neither a start nor a reset touches a folder called `stack` that holds something else."""
    photos = own_home / "stack" / "photo.jpg"
    photos.parent.mkdir(parents=True)
    photos.write_text("photo")
    with told("<folder> contains files that the local stack did not create", "photo.jpg"):
        stack.ensure_running(own_home)
    with told("<folder> was not created by the local stack"):
        stack.reset(own_home)
    assert photos.read_text() == "photo"


def test_a_stack_that_hangs_is_shown_and_killed(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that answers nothing is no healthy stack, and is ended all the same."""
    monkeypatch.setattr(stack, "_PROBE_TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(stack, "_STOP_LIMIT_SECONDS", 0.5)
    endpoints = stack.ensure_running(own_home)
    os.kill(endpoints.pid, signal.SIGSTOP)
    found = stack.status(own_home)
    assert found.running
    assert not found.healthy
    status = CliRunner().invoke(local, ["status"], obj=own_home)
    assert status.exit_code == 1
    told("No response from: <servers>.", "tiktok_api, aws, snowflake").says(status.stderr.removeprefix("Error: "))
    assert "Killed" in stack.stop(own_home)
    wait_until(lambda: has_ended(endpoints.pid))


def test_a_stack_whose_folder_was_deleted_ends(own_home: Path) -> None:
    """`rm -rf .local` leaves no process behind that nobody can find."""
    endpoints = stack.ensure_running(own_home)
    shutil.rmtree(own_home)
    wait_until(lambda: has_ended(endpoints.pid))


def test_only_the_owner_can_read_the_folder(shared_home: Path, endpoints: stack.Endpoints) -> None:
    """The folder is private: what is in it is unpickled, and holds secrets."""
    assert (shared_home / "stack").stat().st_mode & 0o777 == 0o700


def test_the_stack_leaves_nothing_in_the_temporary_folder(shared_home: Path, endpoints: stack.Endpoints) -> None:
    """The process's TMPDIR lies in its own folder."""
    assert any((shared_home / "stack" / "tmp").iterdir())
