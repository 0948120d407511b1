"""The places in the bucket: stored responses, CSVs and the quarantine. A person's part of an object is given as it is.

An object that cannot be read or understood is named, not skipped: it may hold the person.
"""

import csv
import gzip
import json
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectChangedError, ObjectInfo, ObjectStore
from tiktok_insights.clients.request_pool import request_pool
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.people.finding import Finding, Unread
from tiktok_insights.people.json_rows import identity, rows_of
from tiktok_insights.people.person import Person
from tiktok_insights.raw.manifest import RAW_PREFIX
from tiktok_insights.raw.probe import PROBE_PREFIX
from tiktok_insights.schema import CSV_HEADER
from tiktok_insights.staging.quarantine import QUARANTINE_PREFIX, row_fields

#: Notes which account a handle or secUid stands for.
_REFERENCES = "raw/accounts/"
_ERRORS = (
    ObjectChangedError, ObjectUnavailableError, OSError, EOFError, zlib.error, ValueError, LookupError, TypeError,
)  # fmt: skip

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
        with request_pool() as pool:
            for found in pool.map(lambda info: self._search(info, person), infos):
                yield from found

    def _search(self, info: ObjectInfo, person: Person) -> list[Finding | Unread]:
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "object"
                metadata = self.store.download(info, path).metadata
                at = metadata.get("fetched-at") or info.last_modified.isoformat()
                return [Finding(info.key, where, at, part) for where, part in self.read(path, person)]
        except _ERRORS as error:
            return [Unread(info.key, str(error) or type(error).__name__)]


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
    packed = path.read_bytes()
    body = (gzip.decompress(packed) if packed.startswith(b"\x1f\x8b") else packed).decode("utf-8", "replace")
    is_found = False
    try:
        for position, text, row in rows_of(body):
            if person.is_row(*identity(row)):
                is_found = True
                yield f"entry {position + 1} of the list", text
        document = json.loads(body)
    except ValueError:
        document = None
    if _is_about_account(document, person):
        yield "the whole object, which is about the person's account", body
    elif not is_found and person.is_mentioned_in(body):
        yield "a mention; the object is about others, or of an unknown structure", None


def _is_about_account(document: object, person: Person) -> bool:
    if not isinstance(document, dict):
        return False
    inner = document.get("data") if isinstance(document.get("data"), dict) else document
    info = inner.get("userInfo") if isinstance(inner, dict) else None
    user = info.get("user") if isinstance(info, dict) else None
    own = user.get("id") if isinstance(user, dict) else document.get("account_id")
    return str(own) == person.id


def read_csv(path: Path, person: Person) -> Iterator[tuple[str, object]]:
    """The lines of a CSV: by the first field, or by any field where the header is not the contract's."""
    with path.open("rb") as file:
        is_ours = False
        for number, line in enumerate(file, 1):
            text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").rstrip("\r\n")
            if number == 1:
                is_ours = text.startswith(f"{CSV_HEADER[0]},{CSV_HEADER[1]},")
            fields = _fields(text)
            is_row = len(fields) > 1 and person.is_row(fields[0], fields[1]) if is_ours else person.id in fields
            if is_row:
                yield f"line {number}", text


def read_quarantine(path: Path, person: Person) -> Iterator[tuple[str, object]]:
    """The entries of a quarantine: lines of CSVs, and rows of responses."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            entry = json.loads(line)
            who = _of_csv(entry["row"]) if "raw" not in entry else identity(json.loads(entry["raw"]))
            if person.is_row(*who):
                yield f"entry {number}", line.rstrip("\n")


def _of_csv(row: str) -> tuple[str, str]:
    fields = row_fields(row)
    return (fields[0], fields[1]) if len(fields) > 1 else ("", "")


def _fields(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return line.split(",")
