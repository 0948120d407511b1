"""What the tests of loading share: putting CSVs into the test's bucket, loading them, and looking at the tables."""

import json
import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Row, Session
from tiktok_insights.lake.listing import Listing, list_csvs
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.staging.batch import Batch, Staging
from tiktok_insights.warehouse.publish import Publication, publish_passed
from tiktok_insights_tests.support.csv_texts import csv_file
from tiktok_insights_tests.support.history import COLUMNS, Tables, Upload

#: What must not depend on the order in which objects arrive: not the ledger's times and batches.
DUMPS = {
    "TIKTOK_DATA": "*",
    "FOLLOWER_SNAPSHOTS": "*",
    "ACCOUNT_SNAPSHOTS": "OBJECT_KEY, ACCOUNT_ID, SNAPSHOT_ID, HANDLE, USERS_SEEN, USERS_CLAIMED, REQUESTS",
    "LOAD_HISTORY": "OBJECT_KEY, ETAG, STATUS, REASON, ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, ROWS_REJECTED, "
    "NEGATIVE_COUNTS, SIZE_BYTES, LAST_MODIFIED",
}


def manifest_of(upload: Upload) -> Manifest | None:
    """The manifest of a snapshot of ours, as its facts are told."""
    if not upload.facts:
        return None
    handle, started_at, finished_at, outcome, reason, users_seen, users_claimed, requests, quota_left, *covered = (
        upload.facts
    )
    covered_from, covered_to, holes, is_whole, coverage = covered
    return Manifest(
        account_id=upload.origin[1],
        handle=handle,
        sec_uid="MS4wLjABAAAA",
        snapshot_id=upload.snapshot_id,
        started_at=f"{started_at.isoformat()}Z",
        finished_at=f"{finished_at.isoformat()}Z",
        outcome=outcome,
        reason=reason,
        users_seen=users_seen,
        users_claimed=users_claimed,
        is_whole=is_whole,
        holes=tuple((_second(first), _second(last)) for first, last in json.loads(holes)),
        rows=users_seen,
        dummies=0,
        rejected=0,
        requests=requests,
        pages=(),
        quota_left=quota_left,
        covered_from=covered_from and _second(str(covered_from)),
        covered_to=covered_to and _second(str(covered_to)),
        coverage=coverage,
    )


def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def facts_of(upload: Upload) -> SnapshotFacts | None:
    """What the warehouse is told of a snapshot of ours."""
    manifest = manifest_of(upload)
    return SnapshotFacts.of(manifest) if manifest else None


def put_upload(store: ObjectStore, upload: Upload) -> Upload:
    """Put an object and, when the snapshot is ours, its manifest; give it with the time that the bucket says."""
    store.put(upload.key, upload.body, "text/csv")
    if manifest := manifest_of(upload):
        store.put_once(manifest.snapshot.manifest, manifest.to_json(), "application/json")
    (info,) = store.list(upload.key)
    return replace(upload, written=info.last_modified.replace(tzinfo=None))


def put_in_parts(store: ObjectStore, key: str) -> None:
    """Upload an object's bytes again as multipart: the same content with another ETag, as by another client."""
    place: Any = {"Bucket": store.bucket, "Key": key}
    body = store.get(key).body
    upload = store._s3.create_multipart_upload(**place)["UploadId"]
    part = store._s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=body)
    parts: Any = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
    store._s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload=parts)


class Loader:
    """The test's bucket and warehouse, and the two stages between them."""

    def __init__(self, store: ObjectStore, session: Session, connect: Connect) -> None:
        self.store = store
        self.session = session
        self.connect = connect
        self.log = logging.getLogger("loader")

    def put(self, name: str, body: bytes, *, account: str = "42", day: str = "2026-01-31") -> str:
        """Put a CSV where another producer may put it; give its key."""
        key = f"csv/followers/account={account}/dt={day}/{name}.csv"
        self.store.put(key, body, "text/csv")
        return key

    def upload(self, name: str, *lines: str, account: str = "42") -> Upload:
        """Put a CSV with these rows; give what the oracle needs to know of it."""
        key = f"csv/followers/account={account}/dt=2026-01-31/{name}.csv"
        return put_upload(self.store, Upload(key, csv_file(*lines), datetime.min))  # noqa: DTZ901 - the bucket says when

    def staging(self, max_rejected_share: float = 1.0) -> Staging:
        """The stage staging; unless a test is about the threshold, no share of rejected rows is too large."""
        return Staging(self.store, self.session, max_rejected_share, self.log)

    def listing(self) -> Listing:
        """Everything under the CSV prefix now."""
        return list_csvs(self.store)

    def stage(self, *keys: str, max_rejected_share: float = 1.0) -> Batch:
        """Stage what is pending, or of it the objects with these keys."""
        staging = self.staging(max_rejected_share)
        listing = self.listing()
        wanted = tuple(item for item in listing.objects if not keys or item.info.key in keys)
        (batch,) = staging.stage(Listing(wanted, ()))
        return batch

    def stage_twice(self) -> tuple[Batch, Batch]:
        """Stage the same objects as two runs at once do: neither knows of the other's verdict."""
        first = self.stage()
        change = "UPDATE LOAD_BATCHES SET VERDICT = ? WHERE BATCH_ID = ?"
        self.session.execute(change, ("not yet", first.batch_id))
        second = self.stage()
        self.session.execute(change, ("passed", first.batch_id))
        return first, second

    def publish(self) -> list[Publication]:
        """Publish every batch that has passed, on the session that is open: a log-in costs as much as a load."""
        return publish_passed(lambda: nullcontext(self.session), self.log)

    def load(self, *keys: str, max_rejected_share: float = 1.0) -> Batch:
        """Stage and publish."""
        batch = self.stage(*keys, max_rejected_share=max_rejected_share)
        self.publish()
        return batch

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Ask the warehouse."""
        return self.session.query(sql, values)

    def dump(self) -> dict[str, list[Row]]:
        """Everything that readers see, in one order."""
        return {
            table: sorted(self.rows(f"SELECT {columns} FROM {table}"), key=repr) for table, columns in DUMPS.items()
        }

    def tables(self) -> Tables:
        """The tables as the oracle gives them."""
        return {
            table: sorted(self.rows(f"SELECT {columns} FROM {table}"), key=repr) for table, columns in COLUMNS.items()
        }

    def ledger(self, columns: str = "STATUS, ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, ROWS_REJECTED") -> dict[str, Any]:
        """The ledger's columns of each object, by the object's name."""
        rows = self.rows(f"SELECT OBJECT_KEY, {columns} FROM LOAD_HISTORY")
        return {key.rpartition("/")[2].removesuffix(".csv"): tuple(rest) for key, *rest in rows}
