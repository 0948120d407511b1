"""An oracle in plain Python: what the tables must hold after some objects were loaded. Knows nothing of the package."""

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from tiktok_insights_tests.support.csv_texts import HEADER_14, HEADER_16, HEADER_19
from tiktok_insights_tests.support.expected_spells import SpellRow, spell_rows, ticks
from tiktok_insights_tests.support.oracle.records import Interval, Row, Snapshot

#: What the oracle says of each table, for a SELECT. Not the times of the ledger, nor its batches: a load makes its own.
COLUMNS = {
    "TIKTOK_DATA": "*",
    "FOLLOWER_SNAPSHOTS": "*",
    "ACCOUNT_SNAPSHOTS": "*",
    "PRESENCE_SPELLS": "*",
    "LOAD_HISTORY": "OBJECT_KEY, ETAG, STATUS, ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, ROWS_REJECTED, ID_SUM_IN, "
    "ID_SUM_STAGED, ID_SUM_DUPLICATE, ID_SUM_REJECTED, NEGATIVE_COUNTS, SIZE_BYTES, NEWEST_ROW_AT",
}
_COUNTS = ("followers_Count", "following_Count", "videoCount", "heartCount", "friends_Count", "diggCount")
_BOOLEANS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
#: Position of the time and of counts_exact in a typed row.
_EXTRACTED_AT, _COUNTS_EXACT = 12, 11

_END_OF_DAY = time(23, 59, 59, 999_999)

User = tuple[Any, ...]
Tables = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Upload:
    """One version of an object: its place, its bytes, and when it was written (UTC, without a zone).

    `first` is when a run that has ended had seen the same bytes there before, if one had. Of a snapshot of ours also
    its id, and the facts of its manifest: handle, started at, finished at, outcome, reason, users seen, users claimed,
    requests, quota left, covered from, covered to, holes, whether it is whole, coverage.
    """

    key: str
    body: bytes
    written: datetime
    snapshot_id: str = ""
    facts: tuple[Any, ...] = ()
    first: datetime | None = field(default=None, compare=False)

    @property
    def first_written(self) -> datetime:
        """When the object had these bytes first."""
        return min(self.first or self.written, self.written)

    @property
    def taken(self) -> datetime:
        """The time of a row that has none: the end of the folder's day, unless it was written before."""
        day = datetime.fromisoformat(self.key.partition("/dt=")[2].partition("/")[0])
        return min(self.first_written, day + timedelta(days=1) - timedelta(microseconds=1))

    @property
    def etag(self) -> str:
        """S3's name for these bytes."""
        return hashlib.md5(self.body, usedforsecurity=False).hexdigest()

    @property
    def origin(self) -> tuple[str, str, str]:
        """What is beside each of its rows: the key, the account, the snapshot."""
        return self.key, self.key.partition("/account=")[2].partition("/")[0], self.snapshot_id or self.key

    @cached_property
    def rows(self) -> list[dict[str, str]] | None:
        """Its rows as texts by CSV column, or None when the file is not one of ours."""
        header, *lines = self.body.decode("utf-8-sig").splitlines()
        if header not in (HEADER_14, HEADER_16, HEADER_19):
            return None
        return [dict(zip(HEADER_19.split(","), fields, strict=False)) for fields in csv.reader(lines) if fields]


def typed(texts: dict[str, str], taken: datetime) -> tuple[User | None, int]:
    """The row as the history has it (None when it is to be rejected), and its negative counts."""
    if not re.fullmatch("[0-9]{1,20}", texts["Tiktok_id"], re.ASCII) or texts["Tiktok_id"] == "0":
        return None, 0
    booleans = [texts.get(name, "") for name in ("Account_verified", "privateAccount", "counts_exact")]
    counts = [texts.get(name, "") for name in (*_COUNTS, "list_position")]
    if any(text and text.lower() not in _BOOLEANS for text in booleans):
        return None, 0
    if any(text and not re.fullmatch(r"-?[0-9]{1,38}(\.0)?", text, re.ASCII) for text in counts):
        return None, 0
    verified, private, exact = (_BOOLEANS.get(text.lower()) for text in booleans)
    numbers = [None if text == "" or text.startswith("-") else int(text.removesuffix(".0")) for text in counts]
    *numbers, position = numbers
    times = [texts.get(name, "") for name in ("extracted_at", "followed_after", "followed_before")]
    moment, after, before = (_moment(text) if text else None for text in times)
    if any(text and not _moment(text) for text in times):
        return None, 0
    names = (texts["uniqueId"] or None, texts["nickname"] or None)
    user = (texts["Tiktok_id"], *names, verified, private, *numbers, exact, moment or taken, after, before, position)
    return user, sum(text.startswith("-") for text in counts)


def _moment(text: str) -> datetime | None:
    if not re.fullmatch(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z", text, re.ASCII):
        return None
    try:
        return datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return None


def _written(upload: Upload) -> datetime:
    return upload.written


def _rank(user: User) -> list[tuple[bool, Any]]:
    in_order = (user[_EXTRACTED_AT], user[_COUNTS_EXACT], *user[1:_COUNTS_EXACT], *user[_EXTRACTED_AT + 1 :])
    return [(value is not None, 0 if value is None else value) for value in in_order]


def newest(users: Iterable[User]) -> User:
    """The row that wins: by time, exact counts, then every column; what is unknown loses."""
    return max(users, key=_rank)


def _by_id(users: Iterable[User]) -> dict[str, list[User]]:
    grouped: dict[str, list[User]] = {}
    for user in users:
        grouped.setdefault(user[0], []).append(user)
    return grouped


@dataclass(frozen=True)
class _Loaded:
    """What an object brings: its rows, and its numbers, as the ledger has them.

    These are the counts in, staged, duplicate, rejected; the sums over the IDs of the same rows; the negative counts.
    """

    users: list[User]
    counts: tuple[int, ...]


def id_number(tiktok_id: str) -> int:
    """The last 16 hexadecimal digits of the ID's MD5: what the sums add up."""
    return int(hashlib.md5(tiktok_id.encode(), usedforsecurity=False).hexdigest()[16:], 16)


def _load(upload: Upload) -> _Loaded:
    rows = [typed(texts, upload.taken) for texts in upload.rows or ()]
    # Of rows that are equal once they are typed, the one with more negative counts is told of.
    negative = dict(sorted(((user, negatives) for user, negatives in rows if user), key=lambda pair: pair[1]))
    staged = [newest(users) for users in _by_id(negative).values()]
    good = [user[0] for user, _ in rows if user]
    bad = [texts["Tiktok_id"] for texts, (user, _) in zip(upload.rows or (), rows, strict=True) if not user]
    again = [tiktok_id for place, tiktok_id in enumerate(good) if tiktok_id in good[:place]]
    fates = ([*good, *bad], [user[0] for user in staged], again, bad)
    sums = (sum(map(id_number, ids)) for ids in fates)
    return _Loaded(staged, (*map(len, fates), *sums, sum(negative[user] for user in staged)))


def _status(upload: Upload, current: dict[str, Upload]) -> str:
    if upload.rows is None:
        return "refused"
    return "loaded" if current[upload.key] == upload else "superseded"


def tables(uploads: Iterable[Upload]) -> Tables:
    """The tables, sorted, after these versions were listed in this order and loaded: of each key, the newest counts."""
    # Of two versions in one second the one that was listed later is newer.
    versions = sorted(uploads, key=_written)
    current = {upload.key: upload for upload in versions if upload.rows is not None}
    brought = {upload: _load(upload).users for upload in current.values()}
    return {
        "TIKTOK_DATA": sorted((user[: _EXTRACTED_AT + 1] for user in _winners(brought)), key=repr),
        "FOLLOWER_SNAPSHOTS": sorted(
            ((*upload.origin, upload.first_written, *user) for upload, staged in brought.items() for user in staged),
            key=repr,
        ),
        "ACCOUNT_SNAPSHOTS": sorted(
            (
                (*upload.origin, *(upload.facts or _seen(len(staged))), looked_at(upload))
                for upload, staged in brought.items()
            ),
            key=repr,
        ),
        "PRESENCE_SPELLS": sorted(_spells(brought), key=repr),
        "LOAD_HISTORY": sorted(
            (
                _ledger_row(upload, _status(upload, current))
                for upload in {(upload.key, upload.etag): upload for upload in versions}.values()
            ),
            key=repr,
        ),
    }


def _ledger_row(upload: Upload, status: str) -> tuple[Any, ...]:
    numbers = (*_load(upload).counts, len(upload.body))
    return (upload.key, upload.etag, status, *numbers, _newest_row_at(upload))


def _newest_row_at(upload: Upload) -> datetime | None:
    """When the newest row was fetched; one that only has a day counts from the upload."""
    times = [user[_EXTRACTED_AT] for user in _load(upload).users]
    return max((upload.first_written if moment.time() == _END_OF_DAY else moment for moment in times), default=None)


def looked_at(upload: Upload) -> datetime | None:
    """When a snapshot began; of another producer's object, the time of its newest row."""
    return upload.facts[1] if upload.facts else max((user[_EXTRACTED_AT] for user in _load(upload).users), default=None)


def _spells(brought: dict[Upload, list[User]]) -> Iterator[SpellRow]:
    """The presence of all users, account by account."""
    accounts: dict[str, list[Snapshot]] = {}
    for upload, staged in brought.items():
        if moment := ticks(looked_at(upload)):
            accounts.setdefault(upload.origin[1], []).append(_snapshot(upload, staged, moment))
    for snapshots in accounts.values():
        yield from spell_rows(snapshots)


def _snapshot(upload: Upload, staged: list[User], moment: int) -> Snapshot:
    covered_from, covered_to, holes, is_whole, _ = upload.facts[9:] or [None] * 5
    return Snapshot(
        upload.key,
        moment,
        upload.facts[3] if upload.facts else "",
        is_whole=bool(is_whole),
        covered_from=ticks(covered_from),
        covered_to=ticks(covered_to),
        holes=tuple(_hole(first, last) for first, last in json.loads(holes or "[]")),
        rows=tuple(Row(user[0], ticks(user[_EXTRACTED_AT + 1]), ticks(user[_EXTRACTED_AT + 2])) for user in staged),
        account_id=upload.origin[1],
    )


def _hole(first: str, last: str) -> Interval:
    """The oracle's interval ends before its end, that of the table includes its last second."""
    end = ticks(datetime.fromisoformat(last) + timedelta(seconds=1))
    assert end is not None
    return Interval(ticks(datetime.fromisoformat(first)), end)


def _winners(brought: dict[Upload, list[User]]) -> Iterator[User]:
    """Of each user the newest row; of those of the same time, the ones of the object that was written last at first."""
    users: dict[str, list[tuple[datetime, datetime, User]]] = {}
    for upload, staged in brought.items():
        for user in staged:
            users.setdefault(user[0], []).append((user[_EXTRACTED_AT], upload.first_written, user))
    for rows in users.values():
        last = max(row[:2] for row in rows)
        yield newest(user for *times, user in rows if tuple(times) == last)


def _seen(users: int) -> tuple[Any, ...]:
    """What is known of a snapshot of which nobody has said anything."""
    return (None, None, None, None, None, users, *[None] * 8)


def lines(found: Tables) -> list[str]:
    """The tables as text, a line for each row: so they are compared byte for byte, and types too."""
    return [f"{table} {row!r}" for table, rows in found.items() for row in rows]


class Loads:
    """A bucket, and what was staged and published of it, as it should go. Batches are known by names that sort."""

    def __init__(self) -> None:
        self.bucket: dict[str, Upload] = {}
        self.batches: dict[str, tuple[Upload, ...]] = {}
        self.published: set[str] = set()

    def waiting(self) -> list[Upload]:
        """The objects that a run would stage now: those whose version is not the newest that was staged."""
        staged = [upload for batch in sorted(self.batches) for upload in self.batches[batch]]
        newest_staged = {upload.key: upload.etag for upload in sorted(staged, key=_written)}
        return [upload for upload in self.bucket.values() if newest_staged.get(upload.key) != upload.etag]

    def tables(self) -> Tables:
        """What the tables hold now."""
        return tables(upload for batch in sorted(self.published) for upload in self.batches[batch])
