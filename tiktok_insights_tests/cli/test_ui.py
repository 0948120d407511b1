"""`tiktok-insights ui`: what it says when it cannot begin, or go on."""

import contextlib
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights_tests.waiting import wait_until


def test_a_taken_port_is_named_with_the_remedy(environment: dict[str, str]) -> None:
    """No second UI on another port than the one that was asked for."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = CliRunner().invoke(main, ["ui", "--port", str(port)])
    assert answer.exit_code == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in answer.output
    assert "--port" in answer.output


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
    assert "Dagster was ended by signal 9. Start it again with: tiktok-insights ui" in errors
    # The stack that it has started stays, until it is stopped.
    stopped = CliRunner().invoke(main, ["stop"])
    assert stopped.output.startswith("Stopped the local stack"), stopped.output
