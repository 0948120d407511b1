"""The oracle's snapshots in the warehouse: written as CSVs, loaded as any other, and a mart's rows over them.

What a mart must say of them belongs in the oracle; objects that are no snapshots of the oracle's belong in `loading`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.lake.listing import csv_key
from tiktok_insights.raw.manifest import SnapshotKey, iso
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.oracle.records import Row, Snapshot


def seconds(moment: datetime | None) -> int | None:
    """A time of the warehouse as the oracle has it."""
    return None if moment is None else int(moment.replace(tzinfo=UTC).timestamp())


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def key_of(snapshot: Snapshot) -> SnapshotKey:
    """The name that the platform gives to a snapshot of the oracle's."""
    return SnapshotKey.begun_at(snapshot.account_id, _moment(snapshot.started_at))


def object_key(snapshot: Snapshot) -> str:
    """Where the snapshot's CSV is; one without `covered_to` is a file of another producer."""
    if snapshot.covered_to is not None:
        return csv_key(key_of(snapshot))
    day = _moment(snapshot.started_at).date()
    return f"csv/followers/account={snapshot.account_id}/dt={day}/{snapshot.snapshot_id}.csv"


def load(loader: Loader, snapshots: Iterable[Snapshot]) -> None:
    """Write the snapshots into the bucket, and load what is pending with one batch."""
    put_snapshots(loader, snapshots)
    loader.load()


def put_snapshots(loader: Loader, snapshots: Iterable[Snapshot]) -> None:
    """Write the snapshots into the bucket."""
    for snapshot in snapshots:
        lines = [_line(one, place, snapshot) for place, one in enumerate(snapshot.rows, 1)]
        metadata = {} if snapshot.covered_to is None else facts_of(snapshot).to_metadata()
        assert loader.store.put_once(object_key(snapshot), csv_file(*lines), "text/csv", metadata)


def mart_rows(loader: Loader, name: str) -> list[dict[str, Any]]:
    """Make a mart, and give its rows; a number with decimals is a float."""
    (mart,) = [mart for mart in all_marts() if mart.name == name]
    marts = Marts(loader.session)
    marts.make(mart)
    names, rows = loader.session.table(mart.query(f"MAIN.{mart.view}"))
    return [{name: _plain(value) for name, value in zip(names, values, strict=True)} for values in rows]


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def facts_of(snapshot: Snapshot) -> SnapshotFacts:
    """What the warehouse is told of a snapshot of ours."""
    seen, claimed = snapshot.users_seen, snapshot.users_claimed
    began = _moment(snapshot.started_at)
    return SnapshotFacts(
        account_id=snapshot.account_id,
        snapshot_id=key_of(snapshot).snapshot_id,
        handle=f"account.{snapshot.account_id}",
        started_at=iso(began),
        finished_at=iso(began + timedelta(minutes=5)),
        outcome=snapshot.outcome,
        reason="",
        users_seen=seen,
        users_claimed=claimed,
        requests=1 + len(snapshot.rows) // 30,
        quota_left=None if began.hour % 3 else 300_000 - seen,
        covered_from=snapshot.covered_from,
        covered_to=snapshot.covered_to,
        holes=tuple((hole.after or 0, hole.before - 1) for hole in snapshot.holes),
        is_whole=snapshot.is_whole,
        coverage=seen / claimed if claimed else None,
    )


def _line(one: Row, place: int, snapshot: Snapshot) -> str:
    """A row of the CSV. Who is listed where is not always said: then rows are in their order."""
    is_ours = snapshot.covered_to is not None
    texts = {
        "uniqueId": _quoted(one.user_name),
        "nickname": _quoted(one.nick_name),
        "Account_verified": _boolean(one.is_verified),
        "privateAccount": _boolean(one.is_private),
        "followers_Count": _number(one.followers),
        "following_Count": _number(one.following),
        "videoCount": _number(one.videos),
        "heartCount": _number(one.hearts),
        "diggCount": _number(one.likes_given),
        "counts_exact": _boolean(one.counts_exact),
        "extracted_at": _time(snapshot.started_at if one.extracted_at is None else one.extracted_at),
        "followed_after": _time(one.followed_after),
        "followed_before": _time(one.followed_before),
        "list_position": _number(one.list_position or place) if is_ours else "",
    }
    return row(one.tiktok_id, **texts)


def _quoted(text: str | None) -> str:
    return "" if text is None else '"' + text.replace('"', '""') + '"'


def _boolean(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _time(second: int | None) -> str:
    return "" if second is None else f"{_moment(second):%Y-%m-%dT%H:%M:%SZ}"
