"""Strategies for objects: few users in many objects, so that their rows meet, tie, and are rejected.

What is drawn says in words how it differs from a good file, so that a failure can be read. Loading belongs elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tiktok_insights_tests.support.csv_texts import HEADER_14, HEADER_19, csv_file, row, row_of_14
from tiktok_insights_tests.support.history import Upload

FIRST = datetime(2026, 1, 31, 12)  # noqa: DTZ001 - UTC, as TIMESTAMP_NTZ is
#: Of everything so little that two rows of a user are often equal in all but the last columns. The last time is none.
_IDS = ("7", "8", "9", "10", "007", "7423456789012345149", "7423456789012345150", "0")
_TEXTS = {
    "uniqueId": ("bob", "Ann", "é", ""),
    "nickname": ("😀", '"A, ""B"""', "NULL", ""),
    "Account_verified": ("T", "0", ""),
    "followers_Count": ("12", "11.0", "-1", ""),
    "diggCount": ("9007199254740993", "9007199254740992", "-3", "", "12k"),
    "counts_exact": ("F", "", "maybe"),
    "extracted_at": ("2026-01-31T12:00:01.5Z", "2026-01-31T11:00:00Z", "2026-02-30T12:00:00Z"),
    "followed_after": ("2026-01-30T10:00:01Z", "", "2026-02-30T12:00:00Z"),
    "followed_before": ("2026-01-31T12:00:00Z", ""),
    "list_position": ("2", "", "-1", "first"),
}
_DIFFERENCES = [(column, text) for column, texts in _TEXTS.items() for text in texts]


def _row(tiktok_id: str, differences: list[tuple[str, str]]) -> dict[str, str]:
    return {"tiktok_id": tiktok_id, **dict(differences)}


_ROWS = st.builds(_row, st.sampled_from(_IDS), st.lists(st.sampled_from(_DIFFERENCES), max_size=2))
#: How the snapshots of ours end, by account: outcome, covered from, holes, whether the list is whole.
_REACHED, _NOT_REACHED = datetime(2026, 1, 30, 10), datetime(2026, 1, 31, 11)  # noqa: DTZ001 - UTC, as above
_HOLE = '[["2026-01-30 09:00:00", "2026-01-30 10:00:00"], ["2026-01-31 12:00:00", "2026-01-31 12:00:00"]]'
_COVERED = {
    "42": (("whole", None, "[]", True), ("whole", None, "[]", True), ("cut", _REACHED, "[]", False),
           ("partial", _REACHED, "[]", False)),
    "6812345678901234567": (("window", _REACHED, "[]", False), ("cut", _NOT_REACHED, "[]", False),
                            ("whole", None, _HOLE, True), ("whole", None, "[]", True)),
}  # fmt: skip  # a line for each account


@dataclass(frozen=True)
class Key:
    """Where an object is: in the account's folder, by its number; written by us or by another producer."""

    account: str
    number: int
    is_ours: bool

    @property
    def snapshot_id(self) -> str:
        """The snapshot of an object of ours."""
        return f"20260131T12{self.number:02}00000Z" if self.is_ours else ""

    def __str__(self) -> str:
        name = f"tiktok_user_data-{self.snapshot_id}" if self.is_ours else str(self.number)
        return f"csv/followers/account={self.account}/dt=2026-01-31/{name}.csv"

    @property
    def facts(self) -> tuple[Any, ...]:
        """What the manifest of a snapshot of ours says."""
        if not self.is_ours:
            return ()
        began, seen = FIRST + timedelta(minutes=self.number), self.number * 3 % 8
        outcome, *back, is_whole = _COVERED[self.account][self.number % 4]
        covered = (*back[:1], began, back[1], is_whole, seen / (seen + 1))
        return ("ann.b", began, began + timedelta(milliseconds=1500), outcome, "", seen, seen + 1, 3, 97, *covered)


@dataclass(frozen=True)
class File:
    """What a producer writes: each row by the texts that differ from a good one's. Rows of None are no CSV of ours."""

    rows: tuple[Mapping[str, str], ...] | None
    is_narrow: bool = False
    end: str = "\n"
    has_mark: bool = False

    @property
    def body(self) -> bytes:
        """The bytes."""
        if self.rows is None:
            return b"not,a,header\r\n1,2,3\r\n"
        lines = [(row_of_14 if self.is_narrow else row)(**texts) for texts in self.rows]
        mark = b"\xef\xbb\xbf" if self.has_mark else b""
        return mark + csv_file(*lines, header=HEADER_14 if self.is_narrow else HEADER_19, end=self.end)

    def written_as(self, key: Key, moment: datetime) -> Upload:
        """The version of the object that it is."""
        return Upload(str(key), self.body, moment, key.snapshot_id, key.facts)


def mixed_objects(number: int) -> Iterator[Upload]:
    """So many objects of every kind of file, always the same: every tenth is no CSV of ours."""
    for place in range(number):
        ids = (f"{place + 100}", f"{place % 97 + 1}", "8", "8", "0")
        rows = tuple({"tiktok_id": text, "diggCount": f"{place % 7}"} for text in ids[: place % 6])
        end = "\r\n" if place % 2 else "\n"
        file = File(None if place % 10 == 9 else rows, is_narrow=place % 3 == 0, end=end, has_mark=place % 4 == 0)
        yield file.written_as(Key(f"{place % 5 + 42}", place, is_ours=False), FIRST)


#: The numbers of the two kinds of producers meet.
KEYS = st.builds(
    Key,
    account=st.sampled_from(("42", "6812345678901234567")),
    number=st.integers(0, 3),
    is_ours=st.booleans(),
)
_LISTS = st.lists(_ROWS, max_size=5).map(tuple)
FILES = st.builds(
    File,
    rows=_LISTS,
    is_narrow=st.booleans(),
    end=st.sampled_from(("\n", "\r\n")),
    has_mark=st.booleans(),
) | st.just(File(rows=None))
