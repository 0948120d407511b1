"""`tiktok-insights ui`: what it says when it cannot begin, or go on."""

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.local.folder import held
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.waiting import wait_until

pytestmark = pytest.mark.commands


def test_a_taken_port_is_named_with_the_remedy(environment: dict[str, str]) -> None:
    """No second UI on another port than the one that was asked for."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = CliRunner().invoke(main, ["ui", "--port", str(port)])
    assert answer.exit_code == 1
    told("Port <port> on 127.0.0.1 is not available", f"Port {port} ").says(answer.stderr.removeprefix("Error: "))


@pytest.mark.parametrize(
    ("words", "port"), [(["PORT=3001"], "--port 3001"), ([], "")], ids=["a port of one's own", "the default"]
)
def test_make_ui_takes_a_port(words: list[str], port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From its own line, and not from the environment, where PORT may be another program's."""
    monkeypatch.setenv("PORT", "80")
    for name in ("MAKEFLAGS", "MAKELEVEL"):  # `make test` may be what runs this
        monkeypatch.delenv(name, raising=False)
    said = subprocess.run(["make", "-n", "ui", *words], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603, S607
    assert said.stdout.rstrip("\n").endswith(f"tiktok-insights ui {port}")


@pytest.mark.parametrize("name", ["a#b", "a?b", "a,b", "a%20b"])
def test_a_folder_that_dagsters_sockets_cannot_be_in_is_named(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Dagster itself would wait for its code server for a minute."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / name))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    answer = CliRunner().invoke(main, ["ui", "--port", str(port)])
    assert answer.exit_code == 1
    told("Dagster cannot use the temporary folder", str(tmp_path / name)).says(answer.stderr.removeprefix("Error: "))


def test_a_number_that_is_no_port_is_refused_as_a_wrong_word() -> None:
    """With the range."""
    answer = CliRunner().invoke(main, ["ui", "--port", "80000"])
    assert answer.exit_code == 2
    assert "80000 is not in the range 1<=x<=65535" in answer.output


def test_a_second_ui_is_refused(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each home."""
    monkeypatch.setenv("TIKTOK_INSIGHTS_HOME", str(tmp_path))
    with held(tmp_path / "ui.lock", limit_seconds=1.0):
        answer = CliRunner().invoke(main, ["ui"])
    assert answer.exit_code == 1
    told("The UI is already running.").says(answer.stderr.removeprefix("Error: "))


def test_an_end_of_dagsters_own_is_an_error(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1 whatever Dagster's was, which is told."""
    monkeypatch.setenv("TIKTOK_INSIGHTS_HOME", str(tmp_path))
    # Nothing is started for this deployment.
    monkeypatch.setenv("TIKTOK_INSIGHTS_DEPLOYMENT", "aws")
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexit 7\n")
    program.chmod(0o700)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = (
        f"import sys; sys.executable = {str(program)!r}\n"
        f"from tiktok_insights.cli import main; main(['ui', '--port', '{port}'])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert answer.returncode == 1
    told("Dagster exited with code <number>;", "code 7").says(answer.stderr.rpartition("Error: ")[2])


def test_a_ui_that_does_not_end_is_told(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lock stays held after it was asked to end."""
    monkeypatch.setenv("TIKTOK_INSIGHTS_HOME", str(tmp_path))
    monkeypatch.setattr(sys.modules["tiktok_insights.cli.ui"], "_STOP_SECONDS", 0.2)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with held(tmp_path / "ui.lock", limit_seconds=1.0), subprocess.Popen(command) as asked:  # noqa: S603  # ours
        (tmp_path / "ui.pid").write_text(str(asked.pid), encoding="ascii")
        answer = CliRunner().invoke(main, ["stop"])
        assert asked.wait(timeout=60) == -signal.SIGTERM
    assert answer.exit_code == 1
    told("The UI did not stop within").says(answer.stderr.removeprefix("Error: "))


def dagster_of(ui: psutil.Process) -> psutil.Process | None:
    """The `dagster dev` under a UI, once it runs; what starts the local stack comes and goes beside it."""
    for child in ui.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "dagster" in child.cmdline():
                return child
    return None


def test_dagster_being_killed_is_told_with_the_remedy(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When somebody, or the kernel, kills `dagster dev` under it, the command ends with an error."""
    monkeypatch.setenv("TIKTOK_INSIGHTS_HOME", str(tmp_path))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tiktok_insights.cli", "ui", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as ui:  # noqa: S603  # our own interpreter
        dagster = wait_until(lambda: dagster_of(psutil.Process(ui.pid)), seconds=120)
        assert dagster
        dagster.send_signal(signal.SIGKILL)
        _, errors = ui.communicate(timeout=120)
    assert ui.returncode == 1
    told("Dagster was killed by signal <number>.", "signal 9").says(errors.rpartition("Error: ")[2])
    assert "Warning" not in errors
    # The stack that it has started stays, until it is stopped.
    stopped = CliRunner().invoke(main, ["stop"])
    assert stopped.output.startswith("Stopped the local stack"), stopped.output
