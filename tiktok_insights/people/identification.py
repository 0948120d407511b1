"""From an ID, handle or secUid to the person: by the tables, and by all rows in the bucket.

The bucket is read whole: a page may show the ID under a handle or secUid that no table has. What a person is belongs in
`person`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.object_store import Downloaded, ObjectInfo, ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.people.bucket_objects import each_object
from tiktok_insights.people.bucket_places import fields_of, quarantined_names, unpacked
from tiktok_insights.people.person import Person, UnknownPersonError
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.raw.manifest import RAW_PREFIX
from tiktok_insights.raw.probe import PROBE_PREFIX
from tiktok_insights.staging.inspection import LONGEST_LINE_BYTES
from tiktok_insights.staging.quarantine import QUARANTINE_PREFIX
from tiktok_insights.staging.suppressed_rows import names_inside
from tiktok_insights.suppression.hashes import is_id
from tiktok_insights.tiktok.page_rows import RowNames, rows_in

#: Snowflake's error number for "does not exist or not authorized".
_MISSING = 2003
_SEEN = (
    "SELECT DISTINCT TIKTOK_ID, USER_NAME FROM {table} WHERE {condition} AND USER_NAME IS NOT NULL "
    "ORDER BY TIKTOK_ID, USER_NAME"
)
_TABLES = ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS")
#: The first reading may find the ID, the second its other names, and the third sees whether these are no one else's.
_READINGS = 3
#: Users of one name that are noted. A name that several have is no one's.
_NAMESAKES = 20


@dataclass(slots=True)
class _Names:
    """What was found so far: of each ID its handles and secUids, and of each secUid its IDs."""

    reference: str
    ids: set[str] = field(default_factory=set)
    handles: set[str] = field(default_factory=set)
    sec_uids: dict[str, set[str]] = field(default_factory=dict)
    #: Rows with the name that is looked for, and without an ID.
    without_id: set[RowNames] = field(default_factory=set)

    def is_wanted(self, row: RowNames) -> bool:
        """Whether a row says something of the person."""
        return row.tiktok_id in self.ids or self._has_reference(row) or row.sec_uid in self.sec_uids

    def add(self, row: RowNames) -> None:
        """Take note of a row that is wanted."""
        is_of_reference = self._has_reference(row)
        if not is_id(row.tiktok_id):
            if is_of_reference and len(self.without_id) < _NAMESAKES:
                self.without_id.add(row)
            return
        if row.sec_uid in self.sec_uids and len(self.sec_uids[row.sec_uid]) < _NAMESAKES:
            self.sec_uids[row.sec_uid].add(row.tiktok_id)
        if is_of_reference and len(self.ids) < _NAMESAKES:
            self.ids.add(row.tiktok_id)
        if row.tiktok_id in self.ids:
            self.handles |= {row.handle} - {""}
            if row.sec_uid:
                self.sec_uids.setdefault(row.sec_uid, set()).add(row.tiktok_id)

    def person(self) -> Person:
        """The one that these names are of. Raises UnknownPersonError for none, or several."""
        if len(self.ids) == 1:
            own = frozenset(sec_uid for sec_uid, ids in self.sec_uids.items() if ids <= self.ids)
            return Person(min(self.ids), frozenset(self.handles), own)
        if not self.ids and self.without_id:
            handles, sec_uids = ({getattr(row, name) for row in self.without_id} for name in ("handle", "sec_uid"))
            return Person("", frozenset(handles - {""}), frozenset(sec_uids - {""}))
        count = len(self.ids)
        whose = f"belongs to {count} users" if count else "is in no table and in no object of the bucket"
        # Whoever reads it has typed the name. In Dagster's records, it would stay.
        raise UnknownPersonError(f"This handle or secUid {whose}. Use the ID.")

    def _has_reference(self, row: RowNames) -> bool:
        if is_id(self.reference):
            return row.tiktok_id == self.reference
        return row.sec_uid == self.reference or row.handle.lower() == self.reference.lower()


def identify(session: Session, store: ObjectStore, reference: str, progress: ProgressReporter = SILENT) -> Person:
    """Find the person with an ID, a handle or a secUid. Raises UnknownPersonError for what names no single user.

    An ID that is nowhere is given as it is. A name in rows without an ID counts only if no ID has it. A secUid that
    rows of several IDs have is no one's name.
    """
    reference = reference.strip().removeprefix("@")
    if not reference:
        raise UnknownPersonError("The name of the person is empty. Use an ID, handle or secUid.")
    names = _Names(reference, {reference} if is_id(reference) else set())
    if not names.ids:
        names.ids |= {tiktok_id for tiktok_id, _ in _seen(session, "LOWER(USER_NAME) = LOWER(?)", reference)}
    for _ in range(_READINGS):
        before = set(names.ids), set(names.sec_uids)
        _read_bucket(store, names, progress)
        if len(names.ids) != 1 or before == (names.ids, set(names.sec_uids)):
            break
    person = names.person()
    if not person.id:
        return person
    seen = frozenset(handle for _, handle in _seen(session, "TIKTOK_ID = ?", person.id))
    return Person(person.id, person.handles | seen, person.sec_uids)


def _seen(session: Session, condition: str, value: str) -> set[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    for table in _TABLES:
        try:
            seen |= {(row[0], row[1]) for row in session.query(_SEEN.format(table=table, condition=condition), [value])}
        except ProgrammingError as error:
            if error.errno != _MISSING:
                raise
    return seen


def _read_bucket(store: ObjectStore, names: _Names, progress: ProgressReporter) -> None:
    prefixes = (RAW_PREFIX, PROBE_PREFIX, CSV_PREFIX, QUARANTINE_PREFIX)
    infos = [info for prefix in prefixes for info in store.list(prefix)]

    def wanted(info: ObjectInfo, path: Path, _: Downloaded) -> set[RowNames]:
        return {row for row in _rows_of(info.key, path) if names.is_wanted(row)}

    with progress.track("looking for the person", len(infos), "objects") as advance:
        # What cannot be read is named by whoever cleans or searches it next.
        for found in each_object(store, infos, wanted):
            advance()
            for row in found if isinstance(found, set) else ():
                names.add(row)


def _rows_of(key: str, path: Path) -> Iterator[RowNames]:
    if key.startswith(CSV_PREFIX):
        yield from _of_csv(path)
    elif key.startswith(QUARANTINE_PREFIX):
        with path.open("rb") as lines:
            yield from (quarantined_names(json.loads(line)) for line in lines)
    else:
        yield from (row.names for row in rows_in(unpacked(path.read_bytes())))


def _of_csv(path: Path) -> Iterator[RowNames]:
    """The first two fields of each line, ID and handle in the contract's columns; without an ID, any handle in it."""
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE_BYTES):
            fields = fields_of(line.decode("utf-8", "replace").rstrip("\r\n"))
            if len(fields) > 1:
                yield RowNames(fields[0], fields[1], "")
            if not fields or not is_id(fields[0]):
                yield from (RowNames("", name, "") for name in names_inside(line.decode("utf-8", "replace")))
