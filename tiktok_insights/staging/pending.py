"""Which objects wait to be loaded: the listing of the CSV prefix, less what the ledger has. Pure functions."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tiktok_insights.checks import Finding, Severity, check
from tiktok_insights.clients.object_store import ObjectInfo
from tiktok_insights.lake.followers_csv import CSV_PREFIX, snapshot_of

_PLACE = re.compile(re.escape(CSV_PREFIX) + r"account=([0-9]{1,20})/dt=([0-9]{4}-[0-9]{2}-[0-9]{2})/[^/]+")

Version = tuple[str, str]

#: The most that one batch takes: a batch is judged and published as a whole, and what it has done is done.
MAX_OBJECTS = 1_000
MAX_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class PendingObject:
    """An object version to load, with the account and day that its place says."""

    info: ObjectInfo
    account_id: str
    dt: str

    @property
    def snapshot_id(self) -> str:
        """The snapshot that the rows belong to: ours by its id, another producer's by the object's key."""
        snapshot = snapshot_of(self.info.key)
        return snapshot.snapshot_id if snapshot else self.info.key


@dataclass(frozen=True, slots=True)
class SkippedObject:
    """An object under the prefix that is never loaded, and why."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The prefix, sorted out: objects with a place in the table, and the others."""

    objects: tuple[PendingObject, ...]
    skipped: tuple[SkippedObject, ...]

    @property
    def fingerprint(self) -> str:
        """Differs when an object that can be loaded has come, changed or gone."""
        digest = hashlib.sha256()
        for item in self.objects:
            digest.update(f"{item.info.key}\n{item.info.etag}\n".encode())
        return digest.hexdigest()

    @property
    def partitions(self) -> set[tuple[str, str]]:
        """The (account, dt) of every object."""
        return {(item.account_id, item.dt) for item in self.objects}


def sort_out(objects: Iterable[ObjectInfo]) -> Listing:
    """Tell the objects that can be loaded from those that cannot, by key and size alone."""
    loadable, skipped = [], []
    for info in objects:
        place = _PLACE.fullmatch(info.key)
        if reason := _why_skip(info, place):
            skipped.append(SkippedObject(info.key, reason))
        elif place:
            loadable.append(PendingObject(info, place[1], place[2]))
    return Listing(tuple(loadable), tuple(skipped))


def pending(listing: Listing, known: set[Version]) -> list[PendingObject]:
    """The objects whose version (key, ETag) is not known, such as from the ledger; oldest first."""
    waiting = [item for item in listing.objects if (item.info.key, item.info.etag) not in known]
    return sorted(waiting, key=lambda item: (item.info.last_modified, item.info.key))


def in_batches(waiting: Sequence[PendingObject]) -> Iterator[list[PendingObject]]:
    """Cut pending objects into batches, in their order; a larger object is a batch of its own."""
    batch: list[PendingObject] = []
    size = 0
    for item in waiting:
        if batch and (len(batch) == MAX_OBJECTS or size + item.info.size > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.info.size
    if batch:
        yield batch


@check(Severity.WARNING)
def no_csv_is_skipped(listing: Listing) -> Finding:
    """Every CSV under the prefix is in a folder that is loaded, has a name that ends in .csv, and is not empty."""
    offenders = tuple(f"{item.key}: {item.reason}" for item in listing.skipped if ".csv" in item.key.lower())
    return Finding(offenders, {"objects skipped": len(listing.skipped)})


def _why_skip(info: ObjectInfo, place: re.Match[str] | None) -> str:
    if info.key.endswith("/"):
        return "a folder marker; it does no harm"
    if not info.key.endswith(".csv"):
        return f"not a plain .csv file (in lower case); unpack or rename it, or move it out of {CSV_PREFIX}"
    if place is None:
        return f"not right under {CSV_PREFIX}account=<account id>/dt=<YYYY-MM-DD>/; move it there"
    if not _is_day(place[2]):
        return f"{place[2]} is no day; move it to the dt=<YYYY-MM-DD>/ of the day on which the rows were taken"
    if info.size == 0:
        return "empty (0 bytes); put the file there again"
    return ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
