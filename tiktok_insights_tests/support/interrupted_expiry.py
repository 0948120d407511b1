"""One retention run as the command does it, in this process or in one that `killed_runs` kills.

Light enough for the process that children are forked from. What fails is in `fail_points`.
"""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

from tiktok_insights.resources.expiring import renewing
from tiktok_insights.retention.expiry import Expired, Reach, expire
from tiktok_insights.runtime.extraction_lock import machine_lock
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.interrupted_loads import Places
from tiktok_insights_tests.support.planted_snapshots import DAYS, NOW

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Expiry:
    """A retention run in these places, on a machine with this home; a file stands for what is made again at its end."""

    places: Places
    home: Path

    @property
    def renewed(self) -> Path:
        """The file that a run writes at its end."""
        return self.home / "renewed"

    def lock(self) -> AbstractContextManager[object]:
        """What keeps extractions out."""
        return machine_lock(self.home, _LOG)

    def reach(self) -> Reach:
        """What it reaches."""
        return Reach(
            self.places.store(), self.places.session, self.lock, renewing(self.home, partial(_renew, self.renewed))
        )

    def run(self) -> Expired:
        """Let snapshots expire."""
        return expire(self.reach(), DAYS, NOW)


def _renew(path: Path) -> None:
    path.write_text("made again", encoding="utf-8")


@contextmanager
def watched(requests: Requests) -> Iterator[None]:
    """Number, and fail, the requests of a run, and its changes of files."""
    touch, unlink, renew = Path.touch, Path.unlink, _renew

    def touch_counted(path: Path, *given: bool) -> None:
        requests.change_file("note written", lambda: touch(path, *given))

    def unlink_counted(path: Path, missing_ok: bool = False) -> None:
        if path.name == "unfinished":
            requests.change_file("note deleted", lambda: unlink(path, missing_ok))
        else:
            unlink(path, missing_ok)

    def renew_counted(path: Path) -> None:
        requests.change_file("made again", lambda: renew(path))

    with (
        patch.object(Path, "touch", touch_counted),
        patch.object(Path, "unlink", unlink_counted),
        patch(f"{__name__}._renew", renew_counted),
        requests.watched(),
    ):
        yield
