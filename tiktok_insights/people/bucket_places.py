"""The places in the bucket: stored responses, CSVs and the quarantine. A person's part of an object is given as it is.

An object that cannot be read or understood is named, not skipped: it may hold the person.
"""

import csv
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiktok_insights.clients.object_store import Downloaded, ObjectInfo, ObjectStore
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.people.bucket_objects import each_object
from tiktok_insights.people.finding import Finding, Unread
from tiktok_insights.people.person import Person
from tiktok_insights.raw.manifest import RAW_PREFIX
from tiktok_insights.raw.probe import PROBE_PREFIX
from tiktok_insights.schema import CSV_HEADER
from tiktok_insights.staging.header import UnloadableError, other_kind
from tiktok_insights.staging.quarantine import QUARANTINE_PREFIX
from tiktok_insights.staging.suppressed_rows import names_inside
from tiktok_insights.suppression import is_id
from tiktok_insights.tiktok.page_rows import RowNames, rows_in

#: Notes which account a handle or secUid stands for.
_REFERENCES = "raw/accounts/"
#: Reads an object that was copied to a path: the places of a person's parts, and the parts.
Read = Callable[[Path, Person], Iterator[tuple[str, object]]]


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """The objects under some prefixes, and how each is read."""

    store: ObjectStore
    name: str
    meaning: str
    prefixes: tuple[str, ...]
    read: Read

    def find(self, person: Person) -> Iterator[Finding | Unread]:
        """Read every object, several side by side, and give the person's parts in the order of keys."""
        infos = [info for prefix in self.prefixes for info in self.store.list(prefix)]

        def search(info: ObjectInfo, path: Path, downloaded: Downloaded) -> list[Finding]:
            at = downloaded.metadata.get("fetched-at") or info.last_modified.isoformat()
            return [Finding(info.key, where, at, part) for where, part in self.read(path, person)]

        for found in each_object(self.store, infos, search):
            yield from (found if isinstance(found, list) else [found])


def bucket_places(store: ObjectStore) -> Iterator[BucketPlace]:
    """Give every place in the bucket that holds people."""
    yield BucketPlace(
        store,
        "responses",
        "Responses of the API, exactly as received: the person's entry in each page of a follower list, and what was "
        "asked about an account itself.",
        (RAW_PREFIX, _REFERENCES, PROBE_PREFIX),
        read_response,
    )
    yield BucketPlace(store, "csv", "Lines of the CSVs that are loaded into the warehouse.", (CSV_PREFIX,), read_csv)
    yield BucketPlace(
        store,
        "quarantine",
        "Rows that were rejected, each with the reason.",
        (QUARANTINE_PREFIX,),
        read_quarantine,
    )


def read_response(path: Path, person: Person) -> Iterator[tuple[str, object]]:
    """A stored response, a manifest or a note. One that is about the person's own account is given whole."""
    content = unpacked(path.read_bytes())
    body = content.decode("utf-8", "replace")
    is_found = False
    try:
        for number, row in enumerate(rows_in(content), 1):
            if person.is_row(row.names):
                is_found = True
                yield f"entry {number} of the list", _readable(row.text)
        document = json.loads(body)
    except ValueError:
        document = None
    if _is_about_account(document, person):
        yield "the whole object, which is about the person's account", body
    elif not is_found and person.is_mentioned_in(body):
        yield "a mention; the object is about others, or of an unknown structure", None


def unpacked(body: bytes) -> bytes:
    """The bytes of an object, unpacked if they are packed. Raises OSError, EOFError and zlib.error."""
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def _readable(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_about_account(document: object, person: Person) -> bool:
    if not isinstance(document, dict):
        return False
    inner = document.get("data") if isinstance(document.get("data"), dict) else document
    info = inner.get("userInfo") if isinstance(inner, dict) else None
    user = info.get("user") if isinstance(info, dict) else None
    own = user.get("id") if isinstance(user, dict) else document.get("account_id")
    return person.id != "" and str(own) == person.id


def read_csv(path: Path, person: Person) -> Iterator[tuple[str, object]]:
    """The lines of a CSV: by the first field, or by any field where the header is not the contract's.

    Raises UnloadableError for a file without lines.
    """
    require_lines(path)
    with path.open("rb") as file:
        is_ours = False
        for number, line in enumerate(file, 1):
            text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").rstrip("\r\n")
            if number == 1:
                is_ours = text.startswith(f"{CSV_HEADER[0]},{CSV_HEADER[1]},")
            fields = fields_of(text)
            if _is_row_of(person, fields, is_ours=is_ours) or (not is_ours and _is_inside(person, fields, text)):
                yield f"line {number}", text


def require_lines(path: Path) -> None:
    """Raise UnloadableError for a file of which the lines cannot be told, as for one that is packed."""
    with path.open("rb") as file:
        if kind := other_kind(file.read(4)):
            raise UnloadableError(f"cannot be searched: {kind}")


def read_quarantine(path: Path, person: Person) -> Iterator[tuple[str, object]]:
    """The entries of a quarantine: lines of CSVs, and rows of responses."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            entry = json.loads(line)
            if person.is_row(quarantined_names(entry)):
                yield f"entry {number}", line.rstrip("\n")


def quarantined_names(entry: Any) -> RowNames:
    """Whose row an entry of a quarantine has. Raises ValueError and LookupError for what is no such entry."""
    if "raw" in entry:
        return RowNames.of(json.loads(entry["raw"], parse_float=str, parse_int=str, parse_constant=str))
    fields = fields_of(entry["row"])
    return RowNames(fields[0], fields[1], "") if len(fields) > 1 else RowNames("", "", "")


def _is_row_of(person: Person, fields: list[str], *, is_ours: bool) -> bool:
    if is_ours:
        return len(fields) > 1 and person.is_row(RowNames(fields[0], fields[1], ""))
    return (person.id != "" and person.id in fields) or not person.sec_uids.isdisjoint(fields)


def _is_inside(person: Person, fields: list[str], text: str) -> bool:
    """Whether a line of other columns, which does not begin with an ID, names the person within a field."""
    names = names_inside(text)
    ids = {name for name in names if is_id(name)}
    if fields and is_id(fields[0]):
        return False
    return person.id in ids or any(person.is_row(RowNames("", name, "")) for name in names - ids)


def fields_of(line: str) -> list[str]:
    """The fields of a line of a CSV, whatever is wrong with it."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return line.split(",")
