"""A bucket with snapshots of three accounts before and after a cut, in every kind of place, and what must be left.

What is said here of each object and row is all that the expectations know; nothing of the package decides it.
"""

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.raw.manifest import SnapshotKey
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import manifest_of, put_upload

#: Ten days are kept.
DAYS, NOW, CUT = 10, datetime(2026, 2, 11, 12, 34, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
#: Since when each user follows: 4 has followed for certain after the cut.
_FOLLOWED = {"1": "2026-01-10", "2": "2026-01-11", "3": "2026-01-30", "4": "2026-02-02"}
#: Each snapshot of ours: account, when it was begun, and whom it lists.
_OURS = (
    ("42", "2026-01-28T12", ("1", "2", "9")),
    ("42", "2026-01-31T23", ("1", "3")),
    ("42", "2026-02-01T00", ("1", "3")),
    ("42", "2026-02-05T12", ("1", "4")),
    ("43", "2026-01-20T12", ("1", "5")),
    ("43", "2026-01-25T12", ("5",)),
)
#: Of another source: name, when its newest row was fetched, and whom it lists.
_FOREIGN = (("old", "2026-01-30T12", ("6", "1", "no ID")), ("new", "2026-02-03T12", ("7", "6x")))
#: Refused for its header, so never loaded.
_REFUSED = ("2026-01-29T12", "2026-02-03T13")
_JSON = "application/json"


def moment_of(hour: str) -> datetime:
    """The moment of an hour, UTC."""
    return datetime.fromisoformat(f"{hour}:00:00+00:00")


def is_old(hour: str) -> bool:
    """Whether the hour is before the cut: ISO texts compare as times do."""
    return hour < "2026-02-01"


def _rows(hour: str, users: tuple[str, ...]) -> bytes:
    day = {"followed_after": "{0}T10:00:00Z", "followed_before": "{0}T11:00:00Z"}
    return csv_file(
        *(
            row(
                user,
                extracted_at=f"{hour}:00:00Z",
                uniqueId=f"h{user[0]}.{hour[5:10]}",
                **{name: text.format(_FOLLOWED.get(user, "2026-01-12")) for name, text in day.items()},
            )
            for user in users
        )
    )


def ours(account: str, hour: str, users: tuple[str, ...]) -> Upload:
    """The CSV of a whole snapshot of ours."""
    moment = moment_of(hour)
    snapshot = SnapshotKey.begun_at(account, moment)
    naive = moment.replace(tzinfo=None)
    facts = ("ann.b", naive, naive + timedelta(minutes=1), "whole", "", len(users), len(users), 5, 95)
    covered = (None, naive, "[]", True, 1.0)
    key = f"csv/followers/account={account}/dt={hour[:10]}/tiktok_user_data-{snapshot.snapshot_id}.csv"
    return Upload(key, _rows(hour, users), naive, snapshot.snapshot_id, facts + covered)


class Planted:
    """What was put into a bucket: the uploads that the tables show, and for each key whether it has expired."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self.uploads: list[Upload] = []
        self.is_old: dict[str, bool] = {}
        for account, hour, users in _OURS:
            self._put_ours(account, hour, users)
        for name, hour, users in _FOREIGN:
            key = f"csv/followers/account=44/dt={hour[:10]}/{name}.csv"
            self._upload(Upload(key, _rows(hour, users), moment_of(hour).replace(tzinfo=None)), hour)
        for hour in _REFUSED:
            snapshot = SnapshotKey.begun_at("42", moment_of(hour))
            key = f"csv/followers/account=42/dt={hour[:10]}/tiktok_user_data-{snapshot.snapshot_id}.csv"
            self._put(key, csv_file("Ann,1", header="name,number"), hour)
        for account, hour in (("45", "2026-01-27T12"), ("46", "2026-02-06T12")):
            self._put_open(account, hour)
        for hour in ("2026-01-26T12", "2026-02-04T12"):
            moment = SnapshotKey.begun_at("42", moment_of(hour))
            for key in (moment.look, f"probe/{moment.snapshot_id}/followers.json.gz"):
                self._put(key, b"{}", hour)
        self._put("raw/accounts/ann.b.json", b'{"account_id": "42"}', CUT.isoformat())

    @property
    def retained(self) -> list[Upload]:
        """The uploads that have not expired."""
        return [upload for upload in self.uploads if not self.is_old[upload.key]]

    @property
    def expired(self) -> list[Upload]:
        """The uploads that have."""
        return [upload for upload in self.uploads if self.is_old[upload.key]]

    def keys_left(self) -> set[str]:
        """The keys that must be left of those that were planted."""
        return {key for key, is_old in self.is_old.items() if not is_old}

    def add(self, upload: Upload) -> None:
        """Put another object there."""
        self._upload(upload, upload.key.partition("/dt=")[2])

    def _put_ours(self, account: str, hour: str, users: tuple[str, ...]) -> None:
        upload = ours(account, hour, users)
        snapshot = SnapshotKey(account, upload.snapshot_id)
        self._put(snapshot.page(1), b"{}", hour)
        self._put(f"quarantine/raw/followers/account={account}/snapshot={snapshot.snapshot_id}.jsonl", b"", hour)
        self._upload(upload, hour)
        self.is_old[snapshot.manifest] = is_old(hour)

    def _put_open(self, account: str, hour: str) -> None:
        snapshot = SnapshotKey.begun_at(account, moment_of(hour))
        manifest = manifest_of(ours(account, hour, ("1",)))
        assert manifest
        RawStore(self.store).note_attempt(replace(manifest, outcome="deferred", is_whole=False))
        self.is_old[snapshot.attempt] = is_old(hour)
        self._put(snapshot.page(1), b"{}", hour)

    def _upload(self, upload: Upload, hour: str) -> None:
        self.uploads.append(put_upload(self.store, upload))
        self.is_old[upload.key] = is_old(hour)

    def _put(self, key: str, body: bytes, hour: str) -> None:
        self.store.put(key, gzip.compress(body, mtime=0) if key.endswith(".gz") else body, _JSON)
        self.is_old[key] = is_old(hour)
