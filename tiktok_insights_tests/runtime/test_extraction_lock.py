"""Two extractions on one machine take turns."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tiktok_insights.runtime.extraction_lock import machine_lock

_LOG = logging.getLogger(__name__)
_HOLD = (
    "import logging, sys, time, pathlib\n"
    "from tiktok_insights.runtime.extraction_lock import machine_lock\n"
    "with machine_lock(pathlib.Path(sys.argv[1]), logging.getLogger()):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


def test_the_second_waits_for_the_first_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It goes on as soon as the first has ended, not before."""
    caplog.set_level(logging.INFO)
    order: list[str] = []

    def second() -> None:
        with machine_lock(tmp_path, _LOG):
            order.append("second")

    thread = threading.Thread(target=second)
    with machine_lock(tmp_path, _LOG):
        thread.start()
        thread.join(timeout=0.3)
        order.append("first")
    thread.join(timeout=30)
    assert order == ["first", "second"]
    assert "Another run on this machine is extracting" in caplog.text


def test_a_killed_run_leaves_no_lock(tmp_path: Path) -> None:
    """The kernel takes it back: a run after kill -9 waits for nobody."""
    holder = subprocess.Popen(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.wait(timeout=30)
        reached = threading.Event()

        def next_run() -> None:
            with machine_lock(tmp_path, _LOG):
                reached.set()

        threading.Thread(target=next_run, daemon=True).start()
        assert reached.wait(timeout=30)


def test_another_home_is_another_turn(tmp_path: Path) -> None:
    """Two projects on one machine do not wait for each other."""
    with machine_lock(tmp_path / "a", _LOG), machine_lock(tmp_path / "b", _LOG):
        assert (tmp_path / "a" / "extraction.lock").exists()
