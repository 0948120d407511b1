"""The IDs of an object and of its quarantine, read by a different reader from the load's; and many of them on disk.

What they are compared with belongs in `lost_ids.py`.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from tiktok_insights.staging.inspection import LONGEST_LINE_BYTES
from tiktok_insights.staging.quarantine import row_fields

#: Of five million ids, a bucket has 40,000.
_BUCKETS = 128


def object_ids(path: Path) -> Iterator[str]:
    """Give the id of each record: the first column's, for which the rest of a line need not be parsed.

    A record is a line, or the load would have refused the object.
    """
    # A field may be as long as the load lets a line be, about.
    csv.field_size_limit(2 * LONGEST_LINE_BYTES)
    with path.open("rb") as lines:
        next(lines)
        # The load drops NUL, too.
        yield from (_first_field(line).replace("\0", "") for line in lines if line.strip(b"\r\n"))


def quarantined_ids(path: Path | None) -> Iterator[str]:
    """Give the id of each row in a quarantine, if there is one."""
    if path is None:
        return
    with path.open("rb") as lines:
        rows = (json.loads(line)["row"].replace("\0", "") for line in lines)
        yield from (next(iter(row_fields(row)), "") for row in rows)


def _first_field(line: bytes) -> str:
    if line.startswith(b'"'):
        return next(csv.reader([line.decode("utf-8", "replace")]))[0]
    end = line.find(b",")
    field = line.rstrip(b"\r\n") if end < 0 else line[:end]
    return field.decode("utf-8", "replace")


class Buckets:
    """Ids on disk, those that are equal in the same bucket, so that no more than one bucket has to be in memory."""

    def __init__(self, folder: Path, ids: Iterable[str]) -> None:
        folder.mkdir()
        self._paths = [folder / str(number) for number in range(_BUCKETS)]
        with ExitStack() as stack:
            files = [stack.enter_context(path.open("wb")) for path in self._paths]
            for tiktok_id in ids:
                line = _line(tiktok_id)
                files[hash(line) % _BUCKETS].write(line)

    def __iter__(self) -> Iterator[set[str]]:
        """The different ids, bucket by bucket."""
        for path in self._paths:
            with path.open("rb") as lines:
                yield {_text(line) for line in lines}


def _line(tiktok_id: str) -> bytes:
    """An id as a line of its own: any text but digits as JSON, which has no line breaks."""
    is_plain = tiktok_id.isdigit() and tiktok_id.isascii()
    return (tiktok_id if is_plain else json.dumps(tiktok_id)).encode("ascii") + b"\n"


def _text(line: bytes) -> str:
    return json.loads(line) if line.startswith(b'"') else line.decode("ascii").strip()
