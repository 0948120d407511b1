"""Writes the CSVs that committed snapshots lack; an existing one stays.

A snapshot whose raw objects are damaged or cannot be read is blocked, with the reason, and the others continue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tiktok_insights.checks import Finding, Severity, check
from tiktok_insights.clients.object_store import ObjectChangedError
from tiktok_insights.clients.request_pool import request_pool
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError
from tiktok_insights.lake.csv_rows import TextRepairs
from tiktok_insights.lake.listing import CsvInventory, csv_key
from tiktok_insights.lake.rendering import Rendering, render
from tiktok_insights.raw.manifest import Manifest, SnapshotKey
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.raw.snapshots import RAW_OBJECT_ERRORS, RawStore
from tiktok_insights.scratch import scratch_folder

RAW_QUARANTINE_PREFIX = "quarantine/raw/followers/"
CSV = "text/csv; charset=utf-8"
JSON_LINES = "application/jsonl"

#: What may be wrong with the objects of one snapshot while those of the others are fine.
SNAPSHOT_ERRORS = (*RAW_OBJECT_ERRORS, ObjectChangedError, ObjectNotWritableError)


@dataclass(frozen=True, slots=True)
class CsvResult:
    """The CSV of one snapshot: rows written, rows of the pages that are no followers, characters that were replaced.

    `blocked` says why the CSV was not written, or is empty. `handle` is the account's ID where there is no manifest to
    read it from.
    """

    snapshot: SnapshotKey
    handle: str
    rows: int = 0
    rejected: int = 0
    repairs: TextRepairs = field(default_factory=TextRepairs)
    blocked: str = ""

    @property
    def key(self) -> str:
        """The CSV's key."""
        return csv_key(self.snapshot)

    @staticmethod
    def of(manifest: Manifest, rendering: Rendering) -> "CsvResult":
        """The result of rendering a snapshot."""
        counts = (rendering.rows, len(rendering.rejected))
        return CsvResult(manifest.snapshot, manifest.handle, *counts, rendering.repairs, rendering.blocked)

    @staticmethod
    def blocked_by(error: Exception, snapshot: SnapshotKey, manifest: Manifest | None) -> "CsvResult":
        """The result for a snapshot that an object's error blocks."""
        return CsvResult(snapshot, manifest.handle if manifest else snapshot.account_id, blocked=str(error))


def has_expired(snapshot: SnapshotKey, retained_from: datetime | None) -> bool:
    """Whether a snapshot is too old for a CSV: begun before `retained_from`, which is None if nothing expires."""
    return retained_from is not None and snapshot.moment < retained_from


def quarantine_key(snapshot: SnapshotKey) -> str:
    """The key of the rows of a snapshot that have an unknown structure."""
    return f"{RAW_QUARANTINE_PREFIX}account={snapshot.account_id}/snapshot={snapshot.snapshot_id}.jsonl"


def write_missing_csvs(
    raw: RawStore, csvs: CsvInventory, max_rejected_share: float, retained_from: datetime | None = None
) -> Iterator[CsvResult]:
    """Write the CSV of every committed snapshot that has none yet, several at once.

    A snapshot that was begun before `retained_from` has expired, and gets none. Gives the results in the order of
    accounts, oldest first for each.
    """
    missing = [
        snapshot
        for account_id in raw.accounts()
        for snapshot in raw.snapshots(account_id)
        if csvs.get(csv_key(snapshot)) is None and not has_expired(snapshot, retained_from)
    ]
    with request_pool() as pool:
        for result in pool.map(lambda snapshot: _write_or_block(raw, csvs, snapshot, max_rejected_share), missing):
            if result is not None:
                yield result


def _write_or_block(
    raw: RawStore, csvs: CsvInventory, snapshot: SnapshotKey, max_rejected_share: float
) -> CsvResult | None:
    """Write a snapshot's CSV, or say what blocks it; None when the snapshot is open."""
    manifest: Manifest | None = None
    try:
        if (manifest := raw.manifest(snapshot)) is None:
            return None
        return write_csv(raw, csvs, manifest, max_rejected_share)
    except SNAPSHOT_ERRORS as error:
        return CsvResult.blocked_by(error, snapshot, manifest)
    finally:
        raw.release(snapshot)


def write_csv(raw: RawStore, csvs: CsvInventory, manifest: Manifest, max_rejected_share: float) -> CsvResult:
    """Write a snapshot's CSV from its raw pages, unless it is there, and its rejected rows to the quarantine.

    Nothing is written to the CSV prefix when the rendering is blocked; the result says so. Raises SNAPSHOT_ERRORS, such
    as RawDataError when a page is not what the manifest committed.
    """
    with scratch_folder() as folder:
        path = Path(folder) / "followers.csv"
        rendering = render(raw, manifest, path, max_rejected_share)
        if rendering.rejected:
            raw.store.put(quarantine_key(manifest.snapshot), rendering.quarantine, JSON_LINES)
        if not rendering.blocked:
            with path.open("rb") as body:
                raw.store.put_once(csv_key(manifest.snapshot), body, CSV, SnapshotFacts.of(manifest).to_metadata())
            csvs.refresh(csv_key(manifest.snapshot))
    return CsvResult.of(manifest, rendering)


@check(Severity.ERROR)
def no_snapshot_is_blocked(results: Sequence[CsvResult]) -> Finding:
    """Every snapshot could be written as a CSV: its pages are readable, and few rows have an unknown structure."""
    offenders = tuple(f"{item.handle}: {item.blocked}" for item in results if item.blocked)
    return Finding(offenders, {"snapshots": len(results)})
