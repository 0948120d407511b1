"""Whose turn it is when a run's budget does not suffice for all accounts. Makes no requests.

What an account needs belongs in `plan`, what has been spent in `tiktok.budget`.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from tiktok_insights.raw.decision import Decision, SnapshotOrigin, SnapshotPolicy
from tiktok_insights.raw.manifest import SnapshotKey
from tiktok_insights.raw.snapshots import LOOK, RawStore

#: An account's place in the order: a smaller one is earlier. Equal ones keep the order in which people named them.
Turn = tuple[int, float]
_NEEDS_NOTHING: Turn = (2, 0.0)


class _Spent(Protocol):
    """How an account's extraction went: here, what it cost."""

    @property
    def requests(self) -> int: ...


_Result = TypeVar("_Result", bound=_Spent)


def turn_of(
    raw: RawStore, account_id: str | None, decision: Decision | None, policy: SnapshotPolicy, now: datetime
) -> Turn:
    """Find an account's turn. The `decision` is None for an account that was never extracted.

    Open snapshots go first, the oldest before the others: they are lost if they stay open for too long. Then come the
    accounts that have missed most looks. A look is missed for each `min_snapshot_age` without a new snapshot.
    """
    if decision is None or account_id is None:
        return 1, float("-inf")
    if decision.origin is SnapshotOrigin.FRESH:
        return _NEEDS_NOTHING
    newest = raw.snapshots(account_id)[-1:]
    if not newest:
        return 1, float("-inf")
    if decision.snapshot is not None:
        return 0, decision.snapshot.moment.timestamp()
    since = newest[0].moment
    if raw.manifest(newest[0]) is None:
        # It had its turns for as long as it could be resumed.
        since = min(since + policy.max_open_age, now)
    if not policy.min_snapshot_age:
        return 1, since.timestamp()
    return 1, -float(max(now - since, timedelta(0)) // policy.min_snapshot_age)


def turn_of_a_look(raw: RawStore, account_id: str | None) -> Turn:
    """Find an account's turn when only its totals are read: who was looked at longest ago goes first."""
    moments = [found[2] or found[3] for key in raw.looks() if (found := LOOK.fullmatch(key)) and found[1] == account_id]
    if account_id is None or not moments:
        return 1, float("-inf")
    return 1, SnapshotKey(account_id, max(moments)).moment.timestamp()


def run_in_turn(needs: Mapping[str, int], budget: int, start: Callable[[str], Future[_Result]]) -> dict[str, _Result]:
    """Start the accounts in order, each when the requests it needs are left or nothing else runs; give the results.

    An account has no result if nothing was left for it. Raises what an account's extraction raises.
    """
    running: dict[Future[_Result], str] = {}
    results: dict[str, _Result] = {}

    def left() -> int:
        reserved = sum(needs[account] for account in running.values())
        return budget - reserved - sum(result.requests for result in results.values())

    for account, need in needs.items():
        while running and need > left():
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                results[running.pop(ended)] = ended.result()
        if not need or left() > 0:
            running[start(account)] = account
    return results | {account: ended.result() for ended, account in running.items()}
