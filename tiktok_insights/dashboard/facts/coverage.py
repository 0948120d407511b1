"""What an account's snapshots show of its list (M1), and where everybody ever seen is now (M4)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot of an account, as `snapshot_coverage` has it."""

    looked_at: datetime
    #: whole, cut, partial, window or hidden; None for a file from another source.
    list: str | None
    reason: str | None
    seen: int
    claimed: int | None
    #: Seen divided by claimed, also where it is too little for other shares.
    share: float | None
    #: Back to when the list reaches; None if it is whole, or if that is unknown.
    covered_from: datetime | None
    #: Seconds of follow time that could not be read, first and last second included.
    hole_seconds: int
    #: Parts of follow time that could not be read.
    holes: int
    #: Requests made for the snapshot, and left in the plan after its last response; None if unknown.
    requests: int | None
    quota_left: int | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the banner says of an account."""

    #: The newest snapshot that is no window; None if there are only windows.
    newest: Snapshot | None
    #: The newest one of these that shows anybody; the same one unless the list is hidden or empty now.
    last_list: Snapshot | None
    #: The first of the hidden snapshots up to now, windows apart; None if the list is not hidden now.
    hidden_since: datetime | None
    #: Users on the list now (listed or returned). The next four are their counts, and add up to it: exact, rounded,
    #: one of both (the source does not say which), or not served.
    listed: int
    exact: int
    rounded: int
    exact_or_rounded: int
    not_served: int


@dataclass(frozen=True, slots=True)
class States:
    """Everybody ever seen, by state (M4). `listed` does not include `returned`."""

    listed: int
    returned: int
    missed_once: int
    gone: int
    unknown: int
    #: The unknown, by reason: the list no longer reaches back to when they followed, or no one knows when they did (a
    #: file from another source showed them last).
    unknown_out_of_view: int
    unknown_without_time: int
