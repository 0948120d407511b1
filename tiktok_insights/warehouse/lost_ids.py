"""The check that no id is lost: the loaded objects are read once more, by another reader than the load's.

Ids pass through files, and are compared by DuckDB, which spills to disk: millions do not fit into memory as Python's
texts.
"""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from tiktok_insights.check_outcome import CheckOutcome
from tiktok_insights.object_store import ObjectChangedError, ObjectInfo, ObjectStore
from tiktok_insights.staging.duckdb_transform import bounded_duckdb, literal
from tiktok_insights.staging.inspection import LONGEST_LINE_BYTES
from tiktok_insights.staging.quarantine import quarantine_key, row_fields
from tiktok_insights.tables import FOLLOWER_SNAPSHOTS, LOAD_HISTORY, TIKTOK_DATA
from tiktok_insights.warehouse.table_checks import NAMED_OFFENDERS
from tiktok_insights.warehouse_session import Session


def no_id_is_lost(session: Session, store: ObjectStore) -> CheckOutcome:
    """Every id in the objects of the newest publications is in TIKTOK_DATA to the last digit, or in the quarantine.

    These are what one run has published. An object that was replaced or deleted since is not compared; the facts count
    it.
    """
    offenders: list[str] = []
    compared, gone, lost = 0, 0, 0
    objects = _newest_publication(session)
    for info, rejected in objects:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                _write(folder / "object", _ids(store, info, folder))
            except ObjectChangedError:
                gone += 1
                continue
            quarantined = _quarantined(store, info, folder) if rejected else ()
            _write(folder / "kept", chain(_published(session, info.key), quarantined))
            ids, ids_lost, named = _compare(folder)
        compared, lost = compared + ids, lost + ids_lost
        offenders += [f"{tiktok_id} of {info.key}" for tiktok_id in named]
    facts = {"objects": len(objects), "objects gone since": gone, "ids compared": compared, "ids lost": lost}
    return CheckOutcome("no_id_is_lost", tuple(offenders[:NAMED_OFFENDERS]), facts)


def _newest_publication(session: Session) -> list[tuple[ObjectInfo, int]]:
    rows = session.query(
        f"SELECT OBJECT_KEY, ETAG, SIZE_BYTES, LAST_MODIFIED, ROWS_REJECTED FROM {LOAD_HISTORY.name} "
        f"WHERE STATUS = 'loaded' AND LOADED_AT = (SELECT MAX(LOADED_AT) FROM {LOAD_HISTORY.name} "
        "WHERE STATUS = 'loaded') ORDER BY OBJECT_KEY"
    )
    return [(ObjectInfo(key, etag, int(size), modified), int(rejected)) for key, etag, size, modified, rejected in rows]


def _ids(store: ObjectStore, info: ObjectInfo, folder: Path) -> Iterator[str]:
    """The id of each record: the first column's, for which the rest of a line need not be parsed.

    A record is a line, or the load would have set the object aside.
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


def _quarantined(store: ObjectStore, info: ObjectInfo, folder: Path) -> Iterator[str]:
    key, path = quarantine_key(info.key, info.etag), folder / "quarantine.jsonl"
    for listed in (found for found in store.list(key) if found.key == key):
        store.download(listed, path)
        with path.open("rb") as lines:
            rows = (json.loads(line)["row"].replace("\0", "") for line in lines)
            yield from (next(iter(row_fields(row)), "") for row in rows)


def _write(path: Path, ids: Iterable[str]) -> None:
    with path.open("w", encoding="ascii") as file:
        file.writelines(f"{_line(tiktok_id)}\n" for tiktok_id in ids)


def _line(tiktok_id: str) -> str:
    """An id as a line of its own: any text but digits as JSON, which has no line breaks."""
    return tiktok_id if tiktok_id.isdigit() and tiktok_id.isascii() else json.dumps(tiktok_id)


def _compare(folder: Path) -> tuple[int, int, list[str]]:
    """How many different ids the object has, how many of them are kept nowhere, and the first of those."""
    with bounded_duckdb(folder) as duck:
        duck.execute(
            f"SELECT COUNT(*), COUNT(*) FILTER (NOT is_kept), MIN(id, {NAMED_OFFENDERS}) FILTER (NOT is_kept) FROM ("
            "SELECT id, BOOL_OR(is_object) AS is_in_object, BOOL_OR(NOT is_object) AS is_kept FROM ("
            f"SELECT id, TRUE AS is_object FROM {_relation(folder / 'object')} UNION ALL "
            f"SELECT id, FALSE AS is_object FROM {_relation(folder / 'kept')}) GROUP BY id) WHERE is_in_object"
        )
        ((ids, lost, named),) = duck.fetchall()
    return ids, lost, [json.loads(line) if line.startswith('"') else line for line in named or []]


def _relation(path: Path) -> str:
    """A file of ids, for DuckDB, which is to see nothing but lines in it."""
    reader = "columns = {'id': 'VARCHAR'}, header = false, auto_detect = false, delim = '\t', quote = '', escape = ''"
    return f"read_csv({literal(str(path))}, {reader})"
