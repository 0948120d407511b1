"""The check that no id is lost: the loaded objects are read once more, by another reader than the load's."""

import csv
import json
import tempfile
from pathlib import Path
from typing import Any

from tiktok_insights.check_outcome import CheckOutcome
from tiktok_insights.object_store import ObjectChangedError, ObjectInfo, ObjectMissingError, ObjectStore
from tiktok_insights.schema import ID_COLUMN
from tiktok_insights.staging.inspection import MAX_LINE_BYTES
from tiktok_insights.staging.verdict import QUARANTINE
from tiktok_insights.tables import FOLLOWER_SNAPSHOTS, LOAD_HISTORY, TIKTOK_DATA
from tiktok_insights.warehouse.table_checks import NAMED_OFFENDERS
from tiktok_insights.warehouse_session import Session


def no_id_is_lost(session: Session, store: ObjectStore) -> CheckOutcome:
    """Every id in the objects of the newest publications is in TIKTOK_DATA to the last digit, or in the quarantine.

    These are what one run has published. An object that was replaced or deleted since is not compared; the facts count
    it.
    """
    offenders: list[str] = []
    compared, gone = 0, 0
    objects = _newest_publication(session)
    for info, rejected in objects:
        try:
            ids = _ids(store, info)
        except ObjectChangedError:
            gone += 1
            continue
        compared += len(ids)
        lost = ids - _published(session, info.key) - (_quarantined(store, info) if rejected else set())
        offenders += [f"{tiktok_id} of {info.key}" for tiktok_id in sorted(lost)]
    facts = {"objects": len(objects), "objects gone since": gone, "ids compared": compared, "ids lost": len(offenders)}
    return CheckOutcome("no_id_is_lost", tuple(offenders[:NAMED_OFFENDERS]), facts)


def _newest_publication(session: Session) -> list[tuple[ObjectInfo, int]]:
    rows = session.query(
        f"SELECT OBJECT_KEY, ETAG, SIZE_BYTES, LAST_MODIFIED, ROWS_REJECTED FROM {LOAD_HISTORY.name} "
        f"WHERE STATUS = 'loaded' AND LOADED_AT = (SELECT MAX(LOADED_AT) FROM {LOAD_HISTORY.name} "
        "WHERE STATUS = 'loaded') ORDER BY OBJECT_KEY"
    )
    return [(ObjectInfo(key, etag, int(size), modified), int(rejected)) for key, etag, size, modified, rejected in rows]


def _ids(store: ObjectStore, info: ObjectInfo) -> set[str]:
    # A field may be as long as the load lets a line be.
    csv.field_size_limit(MAX_LINE_BYTES)
    with tempfile.NamedTemporaryFile() as file:
        store.download(info, Path(file.name))
        # A file with NUL is no CSV for this reader; the load drops them too.
        with Path(file.name).open(encoding="utf-8-sig", errors="replace", newline="") as text:
            lines = (line.replace("\0", "") for line in text)
            return {row[ID_COLUMN.csv] or "" for row in csv.DictReader(lines)}


def _published(session: Session, key: str) -> set[str]:
    rows = session.query(
        f"SELECT TIKTOK_ID FROM {TIKTOK_DATA.name} WHERE TIKTOK_ID IN "
        f"(SELECT TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY = ?)",
        (key,),
    )
    return {tiktok_id for (tiktok_id,) in rows}


def _quarantined(store: ObjectStore, info: ObjectInfo) -> set[str]:
    try:
        lines = store.get(f"{QUARANTINE}{info.key}.{info.etag}.jsonl").body.splitlines()
    except ObjectMissingError:
        return set()
    return {_quarantined_id(json.loads(line)) for line in lines}


def _quarantined_id(rejected: dict[str, Any]) -> str:
    """The id of a quarantined row: a JSON object, or the raw line where its columns could not be told apart."""
    row = str(rejected["row"]).replace("\\u0000", "").replace("\0", "")
    if rejected["line"] is None:
        return str(json.loads(row)[ID_COLUMN.csv] or "")
    return next(csv.reader([row]), [""])[0]
