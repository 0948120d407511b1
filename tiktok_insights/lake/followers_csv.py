"""Which committed snapshots lack their CSV, and writing it; one that is there stays."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.checks import Finding, Severity, check
from tiktok_insights.lake.csv_rows import TextRepairs
from tiktok_insights.lake.listing import CsvInventory, csv_key
from tiktok_insights.lake.rendering import Rendering, render
from tiktok_insights.raw.manifest import Manifest, SnapshotKey
from tiktok_insights.raw.snapshots import RawStore

RAW_QUARANTINE_PREFIX = "quarantine/raw/followers/"
CSV = "text/csv; charset=utf-8"
JSON_LINES = "application/jsonl"


@dataclass(frozen=True, slots=True)
class CsvResult:
    """The CSV of one snapshot: rows written, rows of the pages that are no followers, characters that were replaced.

    `blocked` says why the CSV was not written, or is empty.
    """

    manifest: Manifest
    key: str
    rows: int
    rejected: int
    repairs: TextRepairs
    blocked: str = ""

    @staticmethod
    def of(manifest: Manifest, rendering: Rendering) -> "CsvResult":
        """What a snapshot's rendering came to."""
        return CsvResult(
            manifest,
            csv_key(manifest.snapshot),
            rendering.rows,
            len(rendering.rejected),
            rendering.repairs,
            rendering.blocked,
        )


def quarantine_key(snapshot: SnapshotKey) -> str:
    """Where the rows of a snapshot lie whose shape we do not know."""
    return f"{RAW_QUARANTINE_PREFIX}account={snapshot.account_id}/snapshot={snapshot.snapshot_id}.jsonl"


def missing_csvs(raw: RawStore, csvs: CsvInventory) -> Iterator[Manifest]:
    """The manifests of all committed snapshots that have no CSV yet, oldest first for each account."""
    for account_id in raw.accounts():
        for snapshot in raw.snapshots(account_id):
            if csvs.get(csv_key(snapshot)) is None and (manifest := raw.manifest(snapshot)) is not None:
                yield manifest


def write_csv(raw: RawStore, csvs: CsvInventory, manifest: Manifest, max_rejected_share: float) -> CsvResult:
    """Write a snapshot's CSV from its raw pages, unless it is there, and its rejected rows to the quarantine.

    Nothing is written to the CSV prefix when the rendering is blocked; the result says so. Raises RawDataError when a
    page is not what the manifest committed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "followers.csv"
        rendering = render(raw, manifest, path, max_rejected_share)
        if rendering.rejected:
            raw.store.put(quarantine_key(manifest.snapshot), rendering.quarantine, JSON_LINES)
        if not rendering.blocked:
            with path.open("rb") as body:
                raw.store.put_once(csv_key(manifest.snapshot), body, CSV)
            csvs.refresh(csv_key(manifest.snapshot))
    return CsvResult.of(manifest, rendering)


@check(Severity.ERROR)
def no_snapshot_is_blocked(results: Sequence[CsvResult]) -> Finding:
    """Every snapshot could be written as a CSV: its pages are readable, and few rows have an unknown structure."""
    offenders = tuple(f"{item.manifest.handle}: {item.blocked}" for item in results if item.blocked)
    return Finding(offenders, {"snapshots": len(results)})
