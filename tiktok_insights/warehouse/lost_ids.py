"""The check that no ID is lost: the loaded objects are read again, by a different reader from the load's.

Ids pass through files, cut into parts that fit into memory: millions of Python's texts do not.
"""

import csv
import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from tiktok_insights.checks import Finding, Severity, check, pseudonym
from tiktok_insights.clients.object_store import ObjectChangedError, ObjectInfo, ObjectStore
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.staging.inspection import LONGEST_LINE_BYTES
from tiktok_insights.staging.quarantine import quarantine_key, row_fields
from tiktok_insights.tables.definitions import FOLLOWER_SNAPSHOTS, LOAD_HISTORY, TIKTOK_DATA
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights.warehouse.table_checks import NAMED_OFFENDERS, TableCheckInput

#: Of five million ids, a bucket has 40,000.
_BUCKETS = 128


@check(Severity.BLOCKING)
def no_id_is_lost(given: TableCheckInput) -> Finding:
    """Every ID in the objects that the newest run published is in TIKTOK_DATA, to the last digit, or in the quarantine.

    Objects that were replaced or deleted since then, or that can no longer be read, are not compared. The metadata
    counts them.
    """
    offenders: list[str] = []
    compared, gone, unreadable, lost = 0, 0, 0, 0
    objects = _newest_publication(given.session)
    for info, etag, rejected in objects:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                in_object = _Buckets(folder / "in_object", _ids(given.store, info, folder))
                quarantined = _quarantined(given.store, info.key, etag, folder) if rejected else ()
                kept = _Buckets(folder / "kept", chain(_published(given.session, info.key), quarantined))
            except ObjectChangedError:
                gone += 1
                continue
            except ObjectUnavailableError:
                unreadable += 1
                continue
            ids, ids_lost, named = _compare(in_object, kept)
        compared, lost = compared + ids, lost + ids_lost
        offenders += [f"{pseudonym(tiktok_id)} of {info.key}" for tiktok_id in named]
    facts = {
        "objects": len(objects),
        "objects replaced or deleted since": gone,
        "objects that cannot be read": unreadable,
        "ids compared": compared,
        "ids lost": lost,
    }
    return Finding(tuple(offenders[:NAMED_OFFENDERS]), facts)


def _newest_publication(session: Session) -> list[tuple[ObjectInfo, str, int]]:
    """The objects as they are in the bucket now, the ETags that name their quarantines, and their rejected rows."""
    rows = session.records(
        f"SELECT OBJECT_KEY, ETAG, LATEST_ETAG, SIZE_BYTES, LAST_MODIFIED, ROWS_REJECTED FROM {LOAD_HISTORY.name} "
        f"WHERE STATUS = ? AND LOADED_AT = (SELECT MAX(LOADED_AT) FROM {LOAD_HISTORY.name} "
        "WHERE STATUS = ?) ORDER BY OBJECT_KEY",
        (LoadStatus.LOADED, LoadStatus.LOADED),
    )
    return [
        (
            ObjectInfo(row["OBJECT_KEY"], row["LATEST_ETAG"], int(row["SIZE_BYTES"]), row["LAST_MODIFIED"]),
            row["ETAG"],
            int(row["ROWS_REJECTED"]),
        )
        for row in rows
    ]


def _ids(store: ObjectStore, info: ObjectInfo, folder: Path) -> Iterator[str]:
    """The id of each record: the first column's, for which the rest of a line need not be parsed.

    A record is a line, or the load would have refused the object.
    """
    # A field may be as long as the load lets a line be, about.
    csv.field_size_limit(2 * LONGEST_LINE_BYTES)
    path = folder / "object.csv"
    store.download(info, path)
    with path.open("rb") as lines:
        next(lines)
        # The load drops NUL, too.
        yield from (_first_field(line).replace("\0", "") for line in lines if line.strip(b"\r\n"))


def _first_field(line: bytes) -> str:
    if line.startswith(b'"'):
        return next(csv.reader([line.decode("utf-8", "replace")]))[0]
    end = line.find(b",")
    field = line.rstrip(b"\r\n") if end < 0 else line[:end]
    return field.decode("utf-8", "replace")


def _published(session: Session, key: str) -> Iterator[str]:
    rows = session.stream(
        f"SELECT TIKTOK_ID FROM {TIKTOK_DATA.name} WHERE TIKTOK_ID IN "
        f"(SELECT TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY = ?)",
        (key,),
    )
    return (tiktok_id for (tiktok_id,) in rows)


def _quarantined(store: ObjectStore, object_key: str, etag: str, folder: Path) -> Iterator[str]:
    key, path = quarantine_key(object_key, etag), folder / "quarantine.jsonl"
    for listed in (found for found in store.list(key) if found.key == key):
        store.download(listed, path)
        with path.open("rb") as lines:
            rows = (json.loads(line)["row"].replace("\0", "") for line in lines)
            yield from (next(iter(row_fields(row)), "") for row in rows)


class _Buckets:
    """Ids on disk, those that are equal in the same bucket, so that no more than one bucket has to be in memory."""

    def __init__(self, folder: Path, ids: Iterable[str]) -> None:
        folder.mkdir()
        self._paths = [folder / str(number) for number in range(_BUCKETS)]
        with ExitStack() as stack:
            files = [stack.enter_context(path.open("wb")) for path in self._paths]
            for tiktok_id in ids:
                line = _line(tiktok_id)
                files[hash(line) % _BUCKETS].write(line)

    def __iter__(self) -> Iterator[set[bytes]]:
        """The different ids, bucket by bucket, each as a line."""
        for path in self._paths:
            with path.open("rb") as lines:
                yield set(lines)


def _line(tiktok_id: str) -> bytes:
    """An id as a line of its own: any text but digits as JSON, which has no line breaks."""
    is_plain = tiktok_id.isdigit() and tiktok_id.isascii()
    return (tiktok_id if is_plain else json.dumps(tiktok_id)).encode("ascii") + b"\n"


def _compare(in_object: _Buckets, kept: _Buckets) -> tuple[int, int, list[str]]:
    """How many different ids the object has, how many of them are kept nowhere, and the first of those."""
    ids, lost, named = 0, 0, list[bytes]()
    for those_in_object, those_kept in zip(in_object, kept, strict=True):
        missing = those_in_object - those_kept
        ids, lost = ids + len(those_in_object), lost + len(missing)
        named = heapq.nsmallest(NAMED_OFFENDERS, [*named, *missing])
    return ids, lost, [json.loads(line) if line.startswith(b'"') else line.decode().strip() for line in named]
