"""A CSV on this machine, as the engine gets it: its place, where its rows come from, and its inspection.

How it comes here belongs in `object_reading.py`, and what is made of it to the engines.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging import inspection
from tiktok_insights.staging.inspection import Inspection


@dataclass(frozen=True, slots=True)
class RowOrigin:
    """Where rows come from: constants that are beside each of them in the warehouse.

    `taken_at` is the time of a row that has none of its own. Times are UTC.
    """

    batch_id: str
    object_key: str
    account_id: str
    snapshot_id: str
    first_modified: datetime
    taken_at: datetime

    @staticmethod
    def of(batch_id: str, item: CsvObject, first_modified: datetime) -> "RowOrigin":
        """The origin of an object's rows. A list of a day was taken by its end, and before it was uploaded."""
        taken_at = min(first_modified, item.end_of_day)
        return RowOrigin(batch_id, item.info.key, item.account_id, item.snapshot_id, first_modified, taken_at)


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV on this machine. The name of the file is a number, by which the results of a group are told.

    `inspect` gives the inspection once it is done, or raises UnloadableError: a large file is inspected while the
    engine reads it.
    """

    path: Path
    header: tuple[str, ...]
    origin: RowOrigin
    inspect: Callable[[], Inspection]

    @staticmethod
    def inspected(path: Path, origin: RowOrigin) -> "CsvFile":
        """Inspect the file now. Raises UnloadableError."""
        found = inspection.inspect(path)
        return CsvFile(path, found.header, origin, partial(_done, found))

    def with_suppressed(self, records: int) -> "CsvFile":
        """The file when so many rows were taken out of it before."""
        return replace(self, inspect=partial(_with_suppressed, self.inspect, records)) if records else self

    @property
    def number(self) -> int:
        """The number in the file's name."""
        return int(self.path.stem)


def _done(found: Inspection) -> Inspection:
    """The inspection itself: unlike a lambda, this can be sent to another process."""
    return found


def _with_suppressed(inspect: Callable[[], Inspection], records: int) -> Inspection:
    return replace(inspect(), suppressed=records)
