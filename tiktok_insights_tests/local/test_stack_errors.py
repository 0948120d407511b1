"""What the stack says when it cannot start or stop: each case is told with the place and what to do. No stack runs."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tiktok_insights.local import stack
from tiktok_insights.local.endpoints import Announcement
from tiktok_insights.local.folder import StackFolder, held
from tiktok_insights_tests.support.troubleshooting import told

_ROOT = Path(__file__).parent.parent.parent
_START = (
    "import sys; sys.path.insert(0, sys.argv[1])\n"
    "from pathlib import Path; from tiktok_insights.local import stack\n"
    "try: stack.ensure_running(Path(sys.argv[2]))\n"
    "except stack.StackError as error: print(error)"
)


def test_missing_servers_are_named(tmp_path: Path) -> None:
    """An interpreter without any installed package: the door itself needs none."""
    command = [sys.executable, "-I", "-S", "-c", _START, str(_ROOT), str(tmp_path / "home")]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603 - ours
    told("The local stack needs <packages>.", "fakesnow, moto, starlette, uvicorn").says(answer.stdout)


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    """It is left alone."""
    (tmp_path / "stack").write_text("mine")
    with told("<folder> is not a folder of the local stack", str(tmp_path / "stack")):
        stack.ensure_running(tmp_path)
    assert (tmp_path / "stack").read_text() == "mine"


def test_a_process_that_is_gone_right_after_its_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The launch has come to its end, and nobody is there."""
    monkeypatch.setattr(stack, "launch", lambda folder: folder.log.touch())
    with told("The local stack started and stopped immediately.", str(tmp_path / "stack" / "stack.log")):
        stack.ensure_running(tmp_path)


def test_a_lock_that_another_process_keeps_is_named(tmp_path: Path) -> None:
    """With the file, and how to see who has it."""
    lock = tmp_path / "start.lock"
    expected = told("Another process has held <file>", str(lock))
    with held(lock, limit_seconds=1.0), expected, held(lock, limit_seconds=0.05):
        raise AssertionError("two hold one lock")


@pytest.mark.parametrize("says_its_id", [False, True])
def test_a_process_that_does_not_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, says_its_id: bool
) -> None:
    """Its lock stays held, whether it has said its id or not."""
    monkeypatch.setattr(stack, "_STOP_LIMIT_SECONDS", 0.05)
    folder = StackFolder.of(tmp_path)
    folder.create()
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait(timeout=60)
    if says_its_id:
        Announcement(stack.Endpoints("", "", "", 0, gone.pid), time.time()).write(folder.endpoints)
    silent = told("An unidentified process holds <file>.", str(folder.lock))
    stubborn = told("The local stack (process <id>) could not be stopped.", f"kill -9 {gone.pid}")
    with held(folder.lock, limit_seconds=1.0), stubborn if says_its_id else silent:
        stack.stop(tmp_path)
