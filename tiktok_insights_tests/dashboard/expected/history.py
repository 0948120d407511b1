"""The tables of the history in the oracle's records."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tiktok_insights.clients.snowflake_session import NamedRow, Session
from tiktok_insights_tests.support.oracle.records import Interval, Row, Snapshot


def second(moment: datetime | None) -> int | None:
    """A time of the warehouse as the oracle has it."""
    if moment is None:
        return None
    assert moment.microsecond == 0, "the oracle counts whole seconds"
    return int(moment.replace(tzinfo=UTC).timestamp())


def moment(at: int) -> datetime:
    """A time of the oracle as the warehouse has it."""
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class History:
    """All accounts: their snapshots, and what the oracle's records do not have."""

    looks: Mapping[str, list[Snapshot]]
    #: The newest handle of each account; also of those that have only unfinished snapshots.
    handles: Mapping[str, str | None]
    #: The newest count of each account.
    counts: Mapping[str, int | None]
    #: By snapshot: its class or None for a file from another source, and why it ended so.
    classes: Mapping[str, tuple[str | None, str | None]]
    #: By snapshot: requests made, and left.
    requests: Mapping[str, tuple[int | None, int | None]]
    #: By account: time, and TikTok's count.
    totals: Mapping[str, list[tuple[int, int]]]
    #: The newest row of each user, from whichever account's list.
    profiles: Mapping[str, Row]


def read_history(session: Session) -> History:
    """Read the tables."""
    shown: dict[str, list[Row]] = {}
    profiles: dict[str, tuple[datetime, Row]] = {}
    for record in session.records("SELECT * FROM FOLLOWER_SNAPSHOTS"):
        row = _row(record)
        shown.setdefault(record["OBJECT_KEY"], []).append(row)
        if row.tiktok_id not in profiles or record["EXTRACTED_AT"] >= profiles[row.tiktok_id][0]:
            profiles[row.tiktok_id] = record["EXTRACTED_AT"], row
    looks: dict[str, list[Snapshot]] = {}
    handles: dict[str, str | None] = {}
    counts: dict[str, int | None] = {}
    classes: dict[str, tuple[str | None, str | None]] = {}
    requests: dict[str, tuple[int | None, int | None]] = {}
    records = session.records("SELECT * FROM ACCOUNT_SNAPSHOTS ORDER BY LOOKED_AT NULLS FIRST, OBJECT_KEY")
    for record in records:
        account, outcome = record["ACCOUNT_ID"], record["OUTCOME"]
        handles[account] = record["HANDLE"] or handles.get(account)
        claimed = _whole(record["USERS_CLAIMED"])
        counts[account] = counts.get(account) if claimed is None else claimed
        looks.setdefault(account, [])
        if record["LOOKED_AT"] is not None:
            known = ("whole", "cut", "window", "hidden")
            classes[record["OBJECT_KEY"]] = (
                outcome and (outcome if outcome in known else "partial"),
                record["OUTCOME_REASON"],
            )
            requests[record["OBJECT_KEY"]] = _whole(record["REQUESTS"]), _whole(record["QUOTA_LEFT"])
            looks[account].append(_snapshot(record, shown.get(record["OBJECT_KEY"], [])))
    totals: dict[str, list[tuple[int, int]]] = {}
    for account, at, followers in session.query("SELECT ACCOUNT_ID, LOOKED_AT, FOLLOWERS FROM ACCOUNT_LOOKS"):
        if followers is not None:
            totals.setdefault(account, []).append((second(at) or 0, int(followers)))
    return History(
        looks, handles, counts, classes, requests, totals, {name: row for name, (_, row) in profiles.items()}
    )


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _row(record: NamedRow) -> Row:
    return Row(
        record["TIKTOK_ID"],
        second(record["FOLLOWED_AFTER"]),
        second(record["FOLLOWED_BEFORE"]),
        _whole(record["LIST_POSITION"]),
        user_name=record["USER_NAME"],
        is_private=record["PRIVATE_ACCOUNT"],
        is_verified=record["ACCOUNT_VERIFIED"],
        followers=_whole(record["FOLLOWERS_COUNT"]),
        following=_whole(record["FOLLOWING_COUNT"]),
        videos=_whole(record["VIDEO_COUNT"]),
        likes_given=_whole(record["DIGG_COUNT"]),
        nick_name=record["NICK_NAME"],
        hearts=_whole(record["HEART_COUNT"]),
        counts_exact=record["COUNTS_EXACT"],
    )


def _snapshot(record: NamedRow, rows: list[Row]) -> Snapshot:
    holes = json.loads(record["HOLES"] or "[]")
    return Snapshot(
        record["OBJECT_KEY"],
        second(record["LOOKED_AT"]) or 0,
        record["OUTCOME"] or "",
        is_whole=bool(record["IS_WHOLE"]),
        covered_from=second(record["COVERED_FROM"]),
        covered_to=second(record["COVERED_TO"]),
        holes=tuple(
            Interval(second(datetime.fromisoformat(first)), (second(datetime.fromisoformat(last)) or 0) + 1)
            for first, last in holes
        ),
        users_seen=_whole(record["USERS_SEEN"]) or 0,
        users_claimed=_whole(record["USERS_CLAIMED"]),
        rows=tuple(rows),
        account_id=record["ACCOUNT_ID"],
    )
