"""What a killed process has left in the temporary folder is known as ours, and removed; the rest is left alone."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tiktok_insights.scratch import remove_abandoned, scratch_folder

_LEAVES_A_FILE = (
    "import os, pathlib, signal\n"
    "from tiktok_insights.scratch import scratch_folder\n"
    "with scratch_folder() as folder:\n"
    "    (pathlib.Path(folder) / 'rows').write_text('someone')\n"
    "    os.kill(os.getpid(), signal.SIGKILL)\n"
)


def test_folders_of_killed_processes_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those of processes that are alive, and no others."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    others = tmp_path / "tmp1234"
    others.mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", _LEAVES_A_FILE], env=environment, check=False)  # noqa: S603  # our own interpreter
    assert [path.read_text() for path in tmp_path.glob("*/rows")] == ["someone"]
    with scratch_folder() as folder:
        assert remove_abandoned() == 0, "the first thing that whoever needs a folder does"
        assert sorted(tmp_path.iterdir()) == sorted([others, Path(folder)])
    assert list(tmp_path.iterdir()) == [others]
