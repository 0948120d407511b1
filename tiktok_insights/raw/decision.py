"""Which snapshot of an account a run uses: a fresh one, an open one to resume, or a new one. Makes no requests.

The extraction acts on the decision, and the plan predicts it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from tiktok_insights.raw.manifest import Manifest, SnapshotKey
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.outcomes import Outcome


class SnapshotOrigin(Enum):
    """Where the snapshot that a run uses comes from; the value is what people read."""

    NEW = "new"
    RESUMED = "resumed"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class SnapshotPolicy:
    """When a run begins a new snapshot instead of using the newest one.

    An open snapshot older than `max_open_age` is left as it is: its pages would be of two epochs. `incremental` walks
    only to where earlier snapshots cover the rest, unless the last walk to the list's end is `full_walk_after` old.
    `accounts_only` reads no list: each account is asked for its totals, and its snapshots stay as they are.
    """

    min_snapshot_age: timedelta = timedelta(hours=20)
    max_open_age: timedelta = timedelta(days=7)
    force_new_snapshot: bool = False
    incremental: bool = False
    full_walk_after: timedelta = timedelta(days=7)
    accounts_only: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done for an account; `snapshot` is None and `manifest` too where a new one is begun."""

    origin: SnapshotOrigin
    snapshot: SnapshotKey | None = None
    manifest: Manifest | None = None


def decide(raw: RawStore, account_id: str, policy: SnapshotPolicy, now: datetime, *, ours: bool = False) -> Decision:
    """Look at the account's newest snapshot. `ours` says that this very run has begun it, so it is used in any case."""
    new = Decision(SnapshotOrigin.NEW)
    snapshots = raw.snapshots(account_id)
    if not snapshots or (policy.force_new_snapshot and not ours):
        return new
    newest = snapshots[-1]
    manifest = raw.manifest(newest)
    age = now - newest.moment
    if manifest is None:
        is_window = raw.response(newest.account_info).walk_until is not None
        carries_on = age <= policy.max_open_age and (policy.incremental or not is_window)
        return Decision(SnapshotOrigin.RESUMED, newest) if carries_on or ours else new
    suits = policy.incremental or manifest.outcome != Outcome.WINDOW.value
    is_fresh = age < policy.min_snapshot_age and suits
    return Decision(SnapshotOrigin.FRESH, newest, manifest) if is_fresh or ours else new
