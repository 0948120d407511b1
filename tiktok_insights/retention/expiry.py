"""Lets snapshots expire everywhere: what others are made from first, and what is made from others last.

It may be killed anywhere and repeated: each place is asked by itself what is too old. What is too old in one kind of
place belongs in `bucket` and `warehouse`.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from tiktok_insights.clients.object_store import ObjectChangedError, ObjectInfo, ObjectStore
from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.raw.deletion import Refusal, delete_objects
from tiktok_insights.retention.bucket import expired_objects
from tiktok_insights.retention.cut import RetentionError, cut
from tiktok_insights.retention.warehouse import (
    ExpiringRows,
    expire_rows,
    expiring_rows,
    move_cut,
    newest_cut,
    versions_from_others,
)
from tiktok_insights.tables.definitions import (
    ACCOUNT_SNAPSHOTS,
    FOLLOWER_SNAPSHOTS,
    LOAD_BATCHES,
    LOAD_HISTORY,
    STAGED_TIKTOK_DATA,
)

#: So many objects that S3 keeps are named; the message says how many there are.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that a retention run reaches.

    `lock` keeps extractions out while it is held. `renewing` is open around everything that is deleted: at its end,
    what this machine makes of the tables is made again, also if the run before was cut off. It says whether that one
    was.
    """

    store: ObjectStore
    connect: Connect
    lock: Callable[[], AbstractContextManager[object]]
    renewing: "Renewing"
    progress: ProgressReporter = SILENT


@dataclass(frozen=True, slots=True)
class Renewing:
    """What has to follow when something was deleted: noted before, done after, and still due if that was cut off."""

    is_due: Callable[[], bool]
    noted: Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Expired:
    """What has expired: the first moment (UTC) that is kept, and for each place how many objects or rows."""

    retained_from: datetime
    places: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """How many objects and rows have expired in all."""
        return sum(number for _, number in self.places)


def look(store: ObjectStore, connect: Connect, days: int, now: datetime) -> Expired:
    """Say what would expire, and change nothing."""
    with connect() as session:
        retained_from = newest_cut(session, cut(days, now))
    objects = [(place, len(infos)) for place, infos in _objects(store, connect, retained_from)]
    with connect() as session:
        rows = expiring_rows(session, retained_from)
    return Expired(retained_from, (*objects, *_places(rows)))


def expire(reach: Reach, days: int, now: datetime) -> Expired:
    """Delete everything that is older than these days, or than the cut of an earlier run if that is newer.

    With nothing to delete, only the cut moves. A running extraction is awaited, and none begins meanwhile. What S3
    keeps stops nothing else. Raises RetentionError at the end when something is left.
    """
    with reach.lock():
        with reach.connect() as session:
            retained_from = newest_cut(session, cut(days, now))
            is_anything = bool(expiring_rows(session, retained_from))
        objects = list(_objects(reach.store, reach.connect, retained_from))
        if not is_anything and not any(infos for _, infos in objects) and not reach.renewing.is_due():
            move_cut(reach.connect, retained_from)
            return Expired(retained_from, ())
        with reach.renewing.noted():
            refused = _delete(reach, objects)
            rows = expire_rows(reach.connect, retained_from)
            move_cut(reach.connect, retained_from)
    if refused:
        named = " ".join(map(str, refused[:_NAMED]))
        raise RetentionError(f"Objects that have expired and are still in the bucket: {len(refused)}. {named}")
    return Expired(retained_from, (*((place, len(infos)) for place, infos in objects), *_places(rows)))


def _objects(store: ObjectStore, connect: Connect, retained_from: datetime) -> Iterator[tuple[str, list[ObjectInfo]]]:
    with connect() as session:
        versions = versions_from_others(session, retained_from)
    return expired_objects(store, retained_from, versions)


def _delete(reach: Reach, objects: list[tuple[str, list[ObjectInfo]]]) -> list[Refusal]:
    refused: list[Refusal] = []
    with reach.progress.track("deleting objects", sum(len(infos) for _, infos in objects), "objects") as advance:
        for _, infos in objects:
            refused += delete_objects(reach.store, infos, advance)
    # What somebody has put there meanwhile is for the next run to judge.
    return [error for error in refused if not isinstance(error, ObjectChangedError)]


def _places(rows: ExpiringRows) -> Iterator[tuple[str, int]]:
    yield f"{LOAD_HISTORY.name}, marked as expired", rows.versions
    yield FOLLOWER_SNAPSHOTS.name, rows.history_rows
    yield f"{ACCOUNT_SNAPSHOTS.name}, open snapshots", rows.open_snapshots
    yield STAGED_TIKTOK_DATA.name, rows.staged_rows
    yield f"{LOAD_BATCHES.name}, what checks found", rows.findings
