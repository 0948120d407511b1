"""Reads what each account's snapshots show of its list, and where everybody ever seen is now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tiktok_insights.clients.snowflake_session import NamedRow
from tiktok_insights.dashboard.facts.coverage import Coverage, Snapshot, States
from tiktok_insights.dashboard.reading.statements import Statements


@dataclass(frozen=True, slots=True)
class Covered:
    """The snapshots of an account: what the banner says, those in the charts, and whether shares may be shown."""

    coverage: Coverage
    snapshots: tuple[Snapshot, ...]
    is_too_little: bool


def holes(text: str | None) -> list[tuple[datetime, datetime]]:
    """First and last second of each part of follow time that a snapshot could not read."""
    pairs = json.loads(text) if text else []
    return [(datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in pairs]


def read_coverage(ask: Statements, listed: Mapping[str, NamedRow]) -> Mapping[str, Covered]:
    """Read the snapshots of each account; `listed` are the counts of its listed users."""
    rows = ask.by_account("snapshots")
    return {account: _covered(rows[account], listed.get(account, {})) for account in rows}


def no_coverage() -> Covered:
    """Give what is known of an account whose snapshots are all unfinished."""
    return Covered(Coverage(None, None, None, 0, 0, 0, 0, 0), (), is_too_little=True)


def _covered(rows: Sequence[NamedRow], listed: NamedRow) -> Covered:
    newest = [row for row in rows if row["IS_NEWEST"]]
    coverage = Coverage(
        newest=next(map(_snapshot, newest), None),
        last_list=next((_snapshot(row) for row in rows if row["IS_LAST_LIST"]), None),
        hidden_since=rows[0]["HIDDEN_SINCE"],
        listed=listed.get("USERS", 0),
        exact=listed.get("EXACT", 0),
        rounded=listed.get("ROUNDED", 0),
        exact_or_rounded=listed.get("EXACT_OR_ROUNDED", 0),
        not_served=listed.get("NOT_SERVED", 0),
    )
    in_charts = tuple(_snapshot(row) for row in rows if row["IS_IN_CHARTS"])
    return Covered(coverage, in_charts, is_too_little=all(row["IS_TOO_LITTLE"] for row in newest))


def _snapshot(row: NamedRow) -> Snapshot:
    unread = holes(row["HOLES"])
    return Snapshot(
        looked_at=row["LOOKED_AT"],
        list=row["LIST"],
        reason=row["REASON"],
        seen=row["SEEN"],
        claimed=row["CLAIMED"],
        share=row["SEEN"] / row["CLAIMED"] if row["CLAIMED"] else None,
        covered_from=row["COVERED_FROM"],
        hole_seconds=sum(int((last - first).total_seconds()) + 1 for first, last in unread),
        holes=len(unread),
        requests=row["REQUESTS"],
        quota_left=row["QUOTA_LEFT"],
    )


def read_states(ask: Statements) -> Mapping[str, States]:
    """Count the users of each account by state."""
    return {
        account: States(
            listed=row["LISTED"],
            returned=row["RETURNED"],
            missed_once=row["MISSED_ONCE"],
            gone=row["GONE"],
            unknown=row["UNKNOWN"],
            unknown_out_of_view=row["UNKNOWN_OUT_OF_VIEW"],
            unknown_without_time=row["UNKNOWN_WITHOUT_TIME"],
        )
        for account, (row,) in ask.by_account("states").items()
    }
