"""Where the CSVs of snapshots lie, which committed snapshots lack theirs, and writing it; one that is there stays."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.checks import Finding, Severity, check
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.csv_rows import TextRepairs
from tiktok_insights.lake.rendering import Rendering, render
from tiktok_insights.raw.manifest import Manifest, SnapshotKey
from tiktok_insights.raw.snapshots import RawStore

CSV_PREFIX = "csv/followers/"
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


def csv_key(snapshot: SnapshotKey) -> str:
    """Where the CSV of a snapshot lies; `dt` is the UTC day on which the snapshot was begun."""
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


def quarantine_key(snapshot: SnapshotKey) -> str:
    """Where the rows of a snapshot lie whose shape we do not know."""
    return f"{RAW_QUARANTINE_PREFIX}account={snapshot.account_id}/snapshot={snapshot.snapshot_id}.jsonl"


def missing_csvs(raw: RawStore, store: ObjectStore) -> Iterator[Manifest]:
    """The manifests of all committed snapshots that have no CSV yet, oldest first for each account."""
    for account_id in raw.accounts():
        present = {info.key for info in store.list(f"{CSV_PREFIX}account={account_id}/")}
        for snapshot in raw.snapshots(account_id):
            if csv_key(snapshot) not in present and (manifest := raw.manifest(snapshot)) is not None:
                yield manifest


def write_csv(raw: RawStore, store: ObjectStore, manifest: Manifest, max_rejected_share: float) -> CsvResult:
    """Write a snapshot's CSV from its raw pages, unless it is there, and its rejected rows to the quarantine.

    Nothing is written to the CSV prefix when the rendering is blocked; the result says so. Raises RawDataError when a
    page is not what the manifest committed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "followers.csv"
        rendering = render(raw, manifest, path, max_rejected_share)
        if rendering.rejected:
            store.put(quarantine_key(manifest.snapshot), rendering.quarantine, JSON_LINES)
        if not rendering.blocked:
            with path.open("rb") as body:
                store.put_once(csv_key(manifest.snapshot), body, CSV)
    return CsvResult.of(manifest, rendering)


@check(Severity.ERROR)
def no_snapshot_is_blocked(results: Sequence[CsvResult]) -> Finding:
    """Every snapshot could be written as a CSV: its pages are readable, and few of its rows have an unknown shape."""
    offenders = tuple(f"{item.manifest.handle}: {item.blocked}" for item in results if item.blocked)
    return Finding(offenders, {"snapshots": len(results)})
