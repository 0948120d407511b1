"""Down to where an incremental walk goes: the follow times that an account's snapshots already cover without a gap.

Which snapshot a run uses belongs in `decision`, what the windows say about a follower in the insights.
"""

from datetime import datetime

from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.tiktok.pagination import Hole

#: The outcomes of a walk to the list's end, or to where the API cuts it.
_FULL = (Outcome.WHOLE.value, Outcome.CUT.value)


def walk_until(raw: RawStore, account_id: str, policy: SnapshotPolicy, now: datetime) -> int | None:
    """The cursor (unix seconds) at or below which a new walk may stop; None where it goes to the end of the list.

    It goes to the end unless the run is incremental, and the last full walk is younger than `full_walk_after` and has
    windows. Raises RawDataError for a manifest that cannot be read.
    """
    if not policy.incremental or policy.force_new_snapshot:
        return None
    snapshots = _since_the_last_full_walk(raw, account_id, now - policy.full_walk_after)
    if not snapshots:
        return None
    stretch = _Stretch(snapshots[-1])
    for window in reversed(snapshots[:-1]):
        stretch.extend(window)
    return stretch.until


def _since_the_last_full_walk(raw: RawStore, account_id: str, not_before: datetime) -> list[Manifest]:
    """The last full walk and the windows after it, newest first; empty if that walk is too old or has no windows."""
    found: list[Manifest] = []
    for snapshot in reversed(raw.snapshots(account_id)):
        if snapshot.moment <= not_before:
            return []
        manifest = raw.manifest(snapshot)
        if manifest is None or manifest.outcome not in (*_FULL, Outcome.WINDOW.value):
            continue
        if _top(manifest) is not None and manifest.covered_from is not None:
            found.append(manifest)
        if manifest.outcome in _FULL:
            return found if manifest in found else []
    return []


def _top(manifest: Manifest) -> int | None:
    """The first page's cursor: the API's own clock, while `covered_to` is this machine's. Read for certain below it."""
    return manifest.pages[0].followed_after if manifest.pages else None


class _Stretch:
    """Follow times covered without a gap, from the end of the full walk up to `top` (unix seconds).

    The holes of windows are walked again by the next walk, once; those of the full walk by the next full walk.
    """

    def __init__(self, full_walk: Manifest) -> None:
        self._top = _top(full_walk) or 0
        self._holes: list[Hole] = []

    def extend(self, window: Manifest) -> None:
        """Add a later window, unless there is a gap before it."""
        top, start = _top(window) or 0, window.covered_from or 0
        if start > self._top:
            return
        untried = [hole for hole in self._holes if hole[0] < start]
        # What is below the top has been walked before: it was read then, or this was the second try.
        self._holes = untried + [hole for hole in window.holes if hole[1] > self._top]
        self._top = max(self._top, top)

    @property
    def until(self) -> int:
        """Where the next walk may stop: at the top, or below the lowest hole that is to be walked again."""
        return min([self._top, *(start - 1 for start, _ in self._holes)])
