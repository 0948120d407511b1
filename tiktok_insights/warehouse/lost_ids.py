"""The check that no ID is lost: all loaded objects are read again, by a different reader from the load's.

Small objects are compared in groups in memory. The ids of a large one pass through files, cut into parts that fit into
memory: millions of Python's texts do not. How far it came is in `verification.py`.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from tiktok_insights.checks import Finding, Severity, check, pseudonym
from tiktok_insights.clients.object_store import ObjectChangedError, ObjectInfo, ObjectStore
from tiktok_insights.clients.request_pool import request_pool
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights.clients.snowflake_session import NamedRow, Session, placeholders
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.scratch import scratch_folder
from tiktok_insights.staging.pending import in_parts
from tiktok_insights.staging.quarantine import quarantine_key
from tiktok_insights.tables.definitions import FOLLOWER_SNAPSHOTS, LOAD_HISTORY, TIKTOK_DATA
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights.warehouse import verification
from tiktok_insights.warehouse.object_ids import Buckets, object_ids, quarantined_ids
from tiktok_insights.warehouse.table_checks import NAMED_OFFENDERS
from tiktok_insights.warehouse.verification import Reread


@dataclass(frozen=True, slots=True)
class RereadInput:
    """What the check reads: a session and the bucket. With `from_start`, not from where an earlier one was cut off.

    A group of objects is one statement, and what is in memory at once. A larger object is alone, on disk.
    """

    session: Session
    store: ObjectStore
    now: datetime
    progress: ProgressReporter = SILENT
    from_start: bool = False
    group_bytes: int = 4_000_000
    group_objects: int = 500


@check(Severity.BLOCKING)
def no_id_is_lost(given: RereadInput) -> Finding:
    """Every ID in the loaded objects is in the history and in TIKTOK_DATA, to the last digit, or in the quarantine.

    All objects are read again. Those that were replaced or deleted, or that can no longer be read, are not compared.
    The metadata counts and names them. A verification that was cut off continues where it was.
    """
    reread = verification.resume(given.store, given.now.isoformat(timespec="seconds"), from_start=given.from_start)
    resumed_after = reread.last_key
    ((waiting,),) = given.session.query(f"SELECT COUNT(*) FROM ({_LOADED}) AS loaded", (reread.last_key,))
    with given.progress.track("reading again", int(waiting), "objects") as advance:
        for group in _groups(given, reread.last_key):
            for _ in group:
                advance()
            reread = _compare_group(given, group, reread)
            verification.save(given.store, reread)
    verification.end(given.store, reread)
    facts: dict[str, int | str] = {
        "objects": reread.objects,
        "objects replaced or deleted since": reread.gone,
        "objects that cannot be read": reread.unreadable,
        "ids compared": reread.ids,
        "ids lost": reread.lost,
        **({"not compared": ", ".join(reread.not_compared)} if reread.not_compared else {}),
        **({"begun at": reread.started_at, "resumed after": resumed_after} if resumed_after else {}),
    }
    return Finding(reread.offenders, facts)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """An object as it is in the bucket now, the ETag that names its quarantine, and whether it has one."""

    info: ObjectInfo
    etag: str
    has_quarantine: bool


_LOADED = (
    f"SELECT OBJECT_KEY, ETAG, LATEST_ETAG, SIZE_BYTES, LAST_MODIFIED, ROWS_REJECTED FROM {LOAD_HISTORY.name} "
    f"WHERE STATUS = '{LoadStatus.LOADED}' AND OBJECT_KEY > ?"
)


def _groups(given: RereadInput, last_key: str) -> Iterator[list[_Loaded]]:
    """The loaded objects after a key in the order of keys, cut by number and bytes; no more are in memory."""
    while rows := given.session.records(f"{_LOADED} ORDER BY OBJECT_KEY LIMIT {given.group_objects}", (last_key,)):
        yield from in_parts([_loaded(row) for row in rows], given.group_objects, given.group_bytes)
        last_key = rows[-1]["OBJECT_KEY"]


def _loaded(row: NamedRow) -> _Loaded:
    info = ObjectInfo(row["OBJECT_KEY"], row["LATEST_ETAG"], int(row["SIZE_BYTES"]), row["LAST_MODIFIED"])
    return _Loaded(info, row["ETAG"], int(row["ROWS_REJECTED"]) > 0)


#: The files of an object and its quarantine, or why there are none.
_Files = tuple[Path, Path | None] | ObjectChangedError | ObjectUnavailableError


def _compare_group(given: RereadInput, group: Sequence[_Loaded], reread: Reread) -> Reread:
    with scratch_folder() as name:
        folder = Path(name)
        with request_pool() as threads:
            places = [folder / str(number) for number in range(len(group))]
            downloads = list(threads.map(_download, [given.store] * len(group), group, places))
        is_large = len(group) == 1 and group[0].info.size > given.group_bytes
        published = {} if is_large else _published(given.session, [item.info.key for item in group])
        for item, files in zip(group, downloads, strict=True):
            reread = replace(reread, objects=reread.objects + 1, last_key=item.info.key)
            if isinstance(files, Exception):
                reread = _not_compared(reread, item.info.key, files)
                continue
            ids, quarantined = object_ids(files[0]), quarantined_ids(files[1])
            if is_large:
                kept = chain(_published_one_by_one(given.session, item.info.key), quarantined)
                pairs = zip(Buckets(folder / "in_object", ids), Buckets(folder / "kept", kept), strict=True)
                reread = _compared(reread, item.info.key, pairs)
            else:
                kept_ids = published.get(item.info.key, set()).union(quarantined)
                reread = _compared(reread, item.info.key, [(set(ids), kept_ids)])
    return reread


def _download(store: ObjectStore, item: _Loaded, place: Path) -> _Files:
    place.mkdir()
    csv_path, quarantine_path = place / "object.csv", None
    try:
        store.download(item.info, csv_path)
        if item.has_quarantine and (found := store.info(quarantine_key(item.info.key, item.etag))):
            quarantine_path = place / "quarantine.jsonl"
            store.download(found, quarantine_path)
    except (ObjectChangedError, ObjectUnavailableError) as error:
        return error
    return csv_path, quarantine_path


def _published(session: Session, keys: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    sql = (
        f"SELECT DISTINCT h.OBJECT_KEY, h.TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} AS h JOIN {TIKTOK_DATA.name} AS t "
        f"ON t.TIKTOK_ID = h.TIKTOK_ID WHERE h.OBJECT_KEY IN ({placeholders(keys)})"
    )
    for key, tiktok_id in session.stream(sql, keys):
        found.setdefault(key, set()).add(tiktok_id)
    return found


def _published_one_by_one(session: Session, key: str) -> Iterator[str]:
    rows = session.stream(
        f"SELECT TIKTOK_ID FROM {TIKTOK_DATA.name} WHERE TIKTOK_ID IN "
        f"(SELECT TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY = ?)",
        (key,),
    )
    return (tiktok_id for (tiktok_id,) in rows)


def _not_compared(reread: Reread, key: str, why: Exception) -> Reread:
    named = (*reread.not_compared, key)[:NAMED_OFFENDERS]
    if isinstance(why, ObjectChangedError):
        return replace(reread, gone=reread.gone + 1, not_compared=named)
    return replace(reread, unreadable=reread.unreadable + 1, not_compared=named)


def _compared(reread: Reread, key: str, pairs: Iterable[tuple[set[str], set[str]]]) -> Reread:
    """Count the different ids of an object, and those that are kept nowhere, and name the first of these."""
    ids, lost, named = 0, 0, list[str]()
    for in_object, kept in pairs:
        missing = in_object - kept
        ids, lost = ids + len(in_object), lost + len(missing)
        named = heapq.nsmallest(NAMED_OFFENDERS, [*named, *missing])
    offenders = (*reread.offenders, *(f"{pseudonym(tiktok_id)} of {key}" for tiktok_id in named))
    return replace(reread, ids=reread.ids + ids, lost=reread.lost + lost, offenders=offenders[:NAMED_OFFENDERS])
