"""One CSV through the engine, as a group of its own."""

from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.staging.csv_file import CsvFile, RowOrigin
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.id_findings import IdFindings
from tiktok_insights.staging.inspection import Inspection, inspect
from tiktok_insights.staging.local.csv_group import MemoryLimitError
from tiktok_insights.staging.local.duckdb_transform import run
from tiktok_insights.staging.row_counts import IdSums, RowCounts


@dataclass(frozen=True)
class One:
    """What became of the CSV, and the files with its staged and its rejected rows."""

    counts: RowCounts
    id_sums: IdSums
    ids: IdFindings
    staged: Path | None
    rejected: Path | None


def transform(folder: Path, body: bytes, origin: RowOrigin, inspection: Inspection | None = None) -> One:
    """Inspect and transform a file with this body. Raises UnloadableError and MemoryLimitError."""
    path = folder / "0.csv"
    path.write_bytes(body)
    found = inspection or inspect(path)
    (group,) = run([CsvFile(path, found.header, origin, lambda: found)], folder)
    result = group.results[0]
    if isinstance(result, UnloadableError | MemoryLimitError):
        raise result
    return One(result.counts, result.id_sums, result.ids, group.staged, result.rejected)
