"""Which committed snapshots lack their CSV, and writing it. The same pages give the same bytes."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.check_outcome import CheckOutcome
from tiktok_insights.lake.csv_rows import CsvRows, TextRepairs
from tiktok_insights.object_store import ObjectStore
from tiktok_insights.raw.manifest import Manifest, SnapshotKey, iso
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.dialects import parse_page
from tiktok_insights.tiktok.models import RejectedRow

PREFIX = "csv/followers/"
QUARANTINE = "quarantine/raw/followers/"
_CSV = "text/csv; charset=utf-8"


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


def csv_key(snapshot: SnapshotKey) -> str:
    """Where the CSV of a snapshot lies; `dt` is the UTC day on which the snapshot was begun."""
    folder = f"{PREFIX}account={snapshot.account_id}/dt={snapshot.moment:%Y-%m-%d}"
    return f"{folder}/tiktok_user_data-{snapshot.snapshot_id}.csv"


def snapshot_of(key: str) -> SnapshotKey | None:
    """The snapshot whose CSV has this key; None for an object of another producer."""
    account, _, name = key.removeprefix(f"{PREFIX}account=").partition("/")
    snapshot_id = name.rpartition("tiktok_user_data-")[2].removesuffix(".csv")
    try:
        snapshot = SnapshotKey(account, snapshot_id)
        return snapshot if csv_key(snapshot) == key else None
    except ValueError:
        return None


def missing_csvs(raw: RawStore, store: ObjectStore) -> Iterator[Manifest]:
    """The manifests of all committed snapshots that have no CSV yet, oldest first for each account."""
    for account_id in raw.accounts():
        present = {info.key for info in store.list(f"{PREFIX}account={account_id}/")}
        for snapshot in raw.snapshots(account_id):
            if csv_key(snapshot) not in present and (manifest := raw.manifest(snapshot)) is not None:
                yield manifest


def write_csv(raw: RawStore, store: ObjectStore, manifest: Manifest, max_rejected_share: float) -> CsvResult:
    """Write a snapshot's CSV from its raw pages, and its rejected rows to the quarantine.

    Nothing is written to the CSV prefix when more than `max_rejected_share` (0 to 1) of the rows are of a shape that we
    do not know; the result says so. Raises RawDataError when a page is not what the manifest committed.
    """
    key = csv_key(manifest.snapshot)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "followers.csv"
        rejected: list[str] = []
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = CsvRows(file)
            for page in raw.committed_pages(manifest):
                parsed = parse_page(page.body)
                rows.write(parsed.followers, iso(page.fetched_at))
                rejected.extend(_quarantine_line(page.key, row) for row in parsed.rejected)
        if rejected:
            store.put(_quarantine_key(manifest.snapshot), "".join(rejected).encode(), "application/jsonl")
        blocked = _too_many_rejected(len(rejected), rows.rows, max_rejected_share)
        if not blocked:
            with path.open("rb") as body:
                store.put_once(key, body, _CSV)
    return CsvResult(manifest, key, rows.rows, len(rejected), rows.repairs, blocked)


def no_snapshot_is_blocked(results: Sequence[CsvResult]) -> CheckOutcome:
    """Every snapshot's rows have a shape that we know, all but a small share."""
    offenders = tuple(f"{item.manifest.handle}: {item.blocked}" for item in results if item.blocked)
    return CheckOutcome("no_snapshot_is_blocked", offenders, {"snapshots": len(results)})


def _quarantine_key(snapshot: SnapshotKey) -> str:
    return f"{QUARANTINE}account={snapshot.account_id}/snapshot={snapshot.snapshot_id}.jsonl"


def _quarantine_line(key: str, row: RejectedRow) -> str:
    line = {"object": key, "row": row.position, "reason": row.reason, "raw": row.raw}
    return json.dumps(line, ensure_ascii=True) + "\n"


def _too_many_rejected(rejected: int, rows: int, max_share: float) -> str:
    total = rejected + rows
    if not rejected or rejected <= total * max_share:
        return ""
    return (
        f"{rejected} of {total} rows are of a shape that we do not know (more than {max_share:.1%}); the API has "
        "probably changed. The raw pages are kept; update the package and run again."
    )
