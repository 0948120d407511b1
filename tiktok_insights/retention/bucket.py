"""What has expired in the bucket: responses, CSVs, both quarantines, and what runs have noted on their way.

Our keys say when a snapshot was begun. An object from another source is as old as the ledger says, and one that the
ledger does not know is as old as its upload. Notes of which account a name stands for are about no snapshot, and stay.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime

from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.lake.followers_csv import RAW_QUARANTINE_PREFIX
from tiktok_insights.lake.listing import CSV_PREFIX, snapshot_of
from tiktok_insights.raw.manifest import RAW_PREFIX, SnapshotKey
from tiktok_insights.raw.probe import PROBE_PREFIX
from tiktok_insights.retention.warehouse import LoadedVersion
from tiktok_insights.staging.glue.exchange import RESULT_PREFIX
from tiktok_insights.staging.quarantine import QUARANTINE_PREFIX, quarantine_key
from tiktok_insights.warehouse.verification import PROGRESS_KEY

#: Where our keys have the moment at which a snapshot was begun, an account was looked at, or a probe was made.
_MOMENT = re.compile(
    rf"(?:{RAW_PREFIX}account=[^/]+/(?:snapshot|look)=|{PROBE_PREFIX}|{RAW_QUARANTINE_PREFIX}account=[^/]+/snapshot="
    rf"|{QUARANTINE_PREFIX}{CSV_PREFIX}account=[^/]+/dt=[^/]+/tiktok_user_data-)([0-9]{{8}}T[0-9]{{9}}Z)[./]"
)


def expired_objects(
    store: ObjectStore, cut: datetime, versions: Collection[LoadedVersion]
) -> Iterator[tuple[str, list[ObjectInfo]]]:
    """Every place with its objects that have expired, in the order in which they go.

    `versions` are the object versions in the ledger whose age is not in their keys.
    """
    yield "responses", [info for prefix in (RAW_PREFIX, PROBE_PREFIX) for info in _old(store, prefix, cut)]
    known = {(version.key, etag): version.is_expired for version in versions for etag in version.etags}
    yield "csv", [info for info in store.list(CSV_PREFIX) if _is_old_csv(info, cut, known)]
    quarantined = {quarantine_key(*version): is_expired for version, is_expired in known.items()}
    yield (
        "quarantine",
        [info for info in store.list(QUARANTINE_PREFIX) if quarantined.get(info.key, _moment_of(info) < cut)],
    )
    yield "notes of runs", [info for prefix in (RESULT_PREFIX, PROGRESS_KEY) for info in _old(store, prefix, cut)]


def _old(store: ObjectStore, prefix: str, cut: datetime) -> Iterator[ObjectInfo]:
    return (info for info in store.list(prefix) if _moment_of(info) < cut)


def _is_old_csv(info: ObjectInfo, cut: datetime, known: dict[tuple[str, str], bool]) -> bool:
    snapshot = snapshot_of(info.key)
    is_old = snapshot.moment < cut if snapshot else info.last_modified < cut
    return known.get((info.key, info.etag), is_old)


def _moment_of(info: ObjectInfo) -> datetime:
    """When what an object has was fetched, by its key; otherwise, when it was written."""
    if found := _MOMENT.match(info.key):
        with suppress(ValueError):
            return SnapshotKey("", found[1]).moment
    return info.last_modified
