"""How one account's extraction went, for the log, the asset and the summary.

What a run does about it belongs in `extraction`.
"""

from dataclasses import dataclass

from tiktok_insights.raw.decision import SnapshotOrigin
from tiktok_insights.raw.manifest import Manifest, SnapshotKey
from tiktok_insights.tiktok.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class AccountResult:
    """How one account's extraction went.

    `requests` were spent by this run; `quota_left` is what the plan had after the snapshot's last answer. Without a
    `snapshot` the account could not even be resolved.
    """

    reference: str
    outcome: Outcome
    reason: str
    requests: int
    origin: SnapshotOrigin = SnapshotOrigin.NEW
    snapshot: SnapshotKey | None = None
    handle: str = ""
    pages: int = 0
    users_seen: int = 0
    users_claimed: int | None = None
    quota_left: int | None = None

    @staticmethod
    def of(reference: str, manifest: Manifest, spent: int, origin: SnapshotOrigin) -> "AccountResult":
        """The result of a snapshot, of which this run has spent so many requests."""
        return AccountResult(
            reference=reference,
            outcome=Outcome(manifest.outcome),
            reason=manifest.reason,
            requests=spent,
            origin=origin,
            snapshot=manifest.snapshot,
            handle=manifest.handle,
            pages=len(manifest.pages),
            users_seen=manifest.users_seen,
            users_claimed=manifest.users_claimed,
            quota_left=manifest.quota_left,
        )

    @property
    def in_words(self) -> str:
        """How it went, for the log. What is reused was read to its end, or not, by an earlier run."""
        if self.origin is SnapshotOrigin.FRESH and self.snapshot is not None:
            taken = f"{self.snapshot.moment:%Y-%m-%d %H:%M} UTC"
            return f"reused the fresh snapshot of {taken}: {self.outcome.value}, {self.users_seen:,} users"
        return f"{self.outcome.value}, {self.reason}"
