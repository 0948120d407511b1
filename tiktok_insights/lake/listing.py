"""What is under the CSV prefix, by key and size: the keys of our CSVs, what can be loaded, and why the rest cannot.

Add here what a key or a listing says. What an object contains belongs in staging; what is pending, in staging.pending.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from tiktok_insights.checks import Finding, Severity, check
from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.raw.manifest import SnapshotKey

CSV_PREFIX = "csv/followers/"
#: The last moment of a day: when a list was taken at the latest, if only its day is known.
END_OF_DAY = time.max
_PLACE = re.compile(re.escape(CSV_PREFIX) + r"account=([0-9]{1,20})/dt=([0-9]{4}-[0-9]{2}-[0-9]{2})/[^/]+")


def csv_key(snapshot: SnapshotKey) -> str:
    """The key of a snapshot's CSV; `dt` is the UTC day on which the snapshot was begun."""
    folder = f"{CSV_PREFIX}account={snapshot.account_id}/dt={snapshot.moment:%Y-%m-%d}"
    return f"{folder}/tiktok_user_data-{snapshot.snapshot_id}.csv"


def snapshot_of(key: str) -> SnapshotKey | None:
    """The snapshot whose CSV has this key; None for an object of another producer."""
    account, _, name = key.removeprefix(f"{CSV_PREFIX}account=").partition("/")
    snapshot_id = name.rpartition("tiktok_user_data-")[2].removesuffix(".csv")
    try:
        snapshot = SnapshotKey(account, snapshot_id)
        return snapshot if csv_key(snapshot) == key else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class CsvObject:
    """A version of an object that can be loaded, with the account and day from its key."""

    info: ObjectInfo
    account_id: str
    dt: str

    @property
    def snapshot_id(self) -> str:
        """The snapshot that the rows belong to: ours by its id, another producer's by the object's key."""
        snapshot = snapshot_of(self.info.key)
        return snapshot.snapshot_id if snapshot else self.info.key

    @property
    def end_of_day(self) -> datetime:
        """The last moment of the day from the key, UTC: a list in that folder was taken by then."""
        return datetime.combine(date.fromisoformat(self.dt), END_OF_DAY, UTC)


@dataclass(frozen=True, slots=True)
class SkippedObject:
    """An object under the prefix that is never loaded, and why."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything under the prefix: the objects that can be loaded, and the others."""

    objects: tuple[CsvObject, ...]
    skipped: tuple[SkippedObject, ...]

    @property
    def fingerprint(self) -> str:
        """Differs when an object that can be loaded has come, changed, been written again or gone."""
        return fingerprint(item.info for item in self.objects)

    @property
    def partitions(self) -> set[tuple[str, str]]:
        """The (account, dt) of every object."""
        return {(item.account_id, item.dt) for item in self.objects}


def fingerprint(infos: Iterable[ObjectInfo]) -> str:
    """Name a set of object versions, in whatever order they are given."""
    digest = hashlib.sha256()
    for info in sorted(infos, key=lambda info: info.key):
        digest.update(f"{info.key}\n{info.etag}\n{info.last_modified.timestamp()}\n".encode())
    return digest.hexdigest()


class CsvInventory:
    """The CSVs in one bucket as one run knows them: listed once, on first use, then kept up with what the run writes.

    Ask it in one thread; only `refresh` may be called in several, for different keys.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._infos: dict[str, ObjectInfo] | None = None

    def listing(self) -> Listing:
        """Everything under the prefix, in the order of keys."""
        infos = self._listed()
        return sort_out(infos[key] for key in sorted(infos))

    def get(self, key: str) -> ObjectInfo | None:
        """The object with this key, if there is one."""
        return self._listed().get(key)

    def refresh(self, key: str) -> None:
        """Look at one object again, which this run has written; one request instead of a listing."""
        if self._infos is None:
            return
        if info := self._store.info(key):
            self._infos[key] = info
        else:
            self._infos.pop(key, None)

    def _listed(self) -> dict[str, ObjectInfo]:
        if self._infos is None:
            self._infos = {info.key: info for info in self._store.list(CSV_PREFIX)}
        return self._infos


def list_csvs(store: ObjectStore) -> Listing:
    """List everything under the prefix as it is now."""
    return sort_out(store.list(CSV_PREFIX))


def has_csvs(store: ObjectStore, partition: tuple[str, ...]) -> bool:
    """Whether the folder of an (account, dt) has an object that can be loaded, as it is now."""
    folder = f"{CSV_PREFIX}account={partition[0]}/dt={partition[1]}/"
    return any(sort_out([info]).objects for info in store.list(folder))


def sort_out(objects: Iterable[ObjectInfo]) -> Listing:
    """Tell the objects that can be loaded from those that cannot, by key and size alone."""
    loadable, skipped = [], []
    for info in objects:
        place = _PLACE.fullmatch(info.key)
        if reason := _why_skip(info, place):
            skipped.append(SkippedObject(info.key, reason))
        elif place:
            loadable.append(CsvObject(info, place[1], place[2]))
    return Listing(tuple(loadable), tuple(skipped))


@check(Severity.WARNING)
def no_csv_is_skipped(listing: Listing) -> Finding:
    """Every CSV under the prefix is in a folder that is loaded, has a name ending in .csv, and is not empty."""
    offenders = tuple(f"{item.key}: {item.reason}" for item in listing.skipped if ".csv" in item.key.lower())
    return Finding(offenders, {"objects skipped": len(listing.skipped)})


def _why_skip(info: ObjectInfo, place: re.Match[str] | None) -> str:
    if info.key.endswith("/"):
        return "a folder marker; harmless"
    if not info.key.endswith(".csv"):
        return f"not a plain .csv file (in lower case); unpack or rename it, or move it out of {CSV_PREFIX}"
    if place is None:
        return f"not directly under {CSV_PREFIX}account=<account id>/dt=<YYYY-MM-DD>/; move it there"
    if not _is_day(place[2]):
        return f"{place[2]} is not a date; move the file to dt=<YYYY-MM-DD>/ for the day the rows were taken"
    if info.size == 0:
        return "empty (0 bytes); upload the file again"
    return ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
