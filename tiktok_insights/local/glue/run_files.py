"""Job runs on disk: a JSON file for each, replaced in one step, and a folder for each that is under way."""

import json
import logging
import shutil
from pathlib import Path

from tiktok_insights.local.glue.job_run import JobRun
from tiktok_insights.local.state_files import replace_file

#: Older runs are forgotten, as Glue forgets them after 90 days.
_RUNS_KEPT = 200
_logger = logging.getLogger(__name__)


class RunFiles:
    """The runs below one folder, which is made when the first one is stored."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> list[JobRun]:
        """Every run, the oldest first. What a crash left half-written is removed."""
        for path in self._folder.glob("*.tmp"):
            path.unlink()
        runs = [run for path in self._folder.glob("*.json") if (run := _read(path))]
        return sorted(runs, key=lambda run: run.started_on)

    def save(self, run: JobRun) -> None:
        """Store a run; a reader finds the state before or the state after."""
        replace_file(self._folder / f"{run.id}.json", json.dumps(run.to_dict()).encode())

    def forget_old(self, runs: list[JobRun]) -> list[JobRun]:
        """Delete the oldest of those that have ended, and give them."""
        old = [run for run in runs if run.has_ended][: max(0, len(runs) - _RUNS_KEPT)]
        for run in old:
            (self._folder / f"{run.id}.json").unlink(missing_ok=True)
        return old

    def workspace(self, run: JobRun) -> Path:
        """The folder in which a run's processes work."""
        return self._folder / run.id

    def clear_workspace(self, run: JobRun) -> None:
        """Delete what a run's processes left."""
        shutil.rmtree(self.workspace(run), ignore_errors=True)


def _read(path: Path) -> JobRun | None:
    try:
        return JobRun(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        _logger.warning("The job run in %s cannot be read (%s). It is ignored.", path, error)
        return None
