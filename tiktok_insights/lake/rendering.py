"""A snapshot's CSV from its raw pages, into a file: the one place where a CSV is made. Nothing goes to the bucket here.

The same pages and the same code give the same bytes.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from tiktok_insights.lake.csv_rows import CsvRows, TextRepairs
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.errors import TikTokError
from tiktok_insights.tiktok.models import RejectedRow


@dataclass(slots=True)
class Rendering:
    """The result of rendering: rows in the file, the quarantine's lines, characters that were replaced.

    `blocked` says why the file must not become the snapshot's CSV, or is empty.
    """

    rows: int = 0
    rejected: list[str] = field(default_factory=list)
    repairs: TextRepairs = field(default_factory=TextRepairs)
    blocked: str = ""

    @property
    def quarantine(self) -> bytes:
        """The body of the quarantine's object, one JSON line for each rejected row."""
        return "".join(self.rejected).encode()


def render(raw: RawStore, manifest: Manifest, path: Path, max_rejected_share: float) -> Rendering:
    """Write a snapshot's CSV into the file at `path`, page by page.

    It is blocked when a page cannot be read at all, or more than `max_rejected_share` (0 to 1) of the rows are of a
    shape that we do not know. Raises RawDataError when a page is not what the manifest committed.
    """
    done = Rendering()
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = CsvRows(file)
        done.repairs = rows.repairs
        for entry in manifest.pages:
            try:
                page = raw.committed_page(entry)
            except TikTokError as error:
                done.blocked = f"{entry.key} cannot be read by this version: {error}"
                break
            rows.write(page.followers, entry)
            done.rejected.extend(_quarantine_line(entry.key, row) for row in page.rejected)
    done.rows = rows.rows
    done.blocked = done.blocked or _too_many_rejected(len(done.rejected), done.rows, max_rejected_share)
    return done


def _quarantine_line(key: str, row: RejectedRow) -> str:
    line = {"object": key, "row": row.position, "reason": row.reason, "raw": row.raw}
    return json.dumps(line, ensure_ascii=True) + "\n"


def _too_many_rejected(rejected: int, rows: int, max_share: float) -> str:
    total = rejected + rows
    if not rejected or rejected <= total * max_share:
        return ""
    return (
        f"{rejected} of {total} rows have an unknown structure (more than {max_share:.1%}); the API has probably "
        "changed. The raw pages are kept. Update this package and run again."
    )
