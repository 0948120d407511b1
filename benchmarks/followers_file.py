"""A CSV of made-up followers of any size, as another producer would put it into the bucket; the same for the same seed.

Rows have about 820 bytes, most of it signed avatar addresses; one in a hundred repeats a user with newer counts, one in
a thousand has a negative count, some nicknames have commas, quotes and emoji. Nothing is rejected.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tiktok_insights.lake.csv_rows import TextRepairs
from tiktok_insights.local.fake_api.avatars import SIZES, avatar_url
from tiktok_insights.local.fake_api.naming import handle_of, nickname_of
from tiktok_insights.local.fake_api.seeding import scramble_32
from tiktok_insights.schema import CSV_HEADER

SEED = 20_260_131
STARTED = datetime(2025, 1, 31, 12, tzinfo=UTC)
_FIRST_ID = 6_800_000_000_000_000_000
_ID_STEP = 200_000_003
#: Texts are drawn from pools: making each again would take longer than any of the contestants.
_POOL = 16_384
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_REPEATED_ONE_IN = 100
_NEGATIVE_ONE_IN = 1_000
_ROWS_IN_A_PAGE = 200
#: The follow times that a page spans.
_PAGE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class FollowersFile:
    """What a file has: its rows, and how many users they are of."""

    path: Path
    rows: int
    users: int


def write_followers_file(path: Path, rows: int, seed: int = SEED, started: datetime = STARTED) -> FollowersFile:
    """Write the file row by row; memory does not grow with it. `started` is when its first page was fetched, UTC."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(CSV_HEADER)
        writer.writerows(_rows(rows, seed, started))
    return FollowersFile(path, rows, rows - rows // _REPEATED_ONE_IN)


def _rows(rows: int, seed: int, started: datetime) -> Iterator[tuple[object, ...]]:
    draw = random.Random(seed)  # noqa: S311  # repeatable, not secret
    avatars = [_avatars(number) for number in range(_POOL)]
    clean = TextRepairs().clean
    nicknames = [clean(nickname_of(draw.random(), number, handle_of(number))) for number in range(_POOL)]
    booleans = ("false", "false", "false", "true")
    for number in range(rows):
        # A repeated user stands some rows behind the first time, and was fetched later.
        serial = number - _REPEATED_ONE_IN // 2 if number % _REPEATED_ONE_IN == _REPEATED_ONE_IN - 1 else number
        bits = draw.getrandbits(64)
        hearts = -1 - bits % 10**9 if number % _NEGATIVE_ONE_IN == 0 else bits % 10**9
        page = number // _ROWS_IN_A_PAGE
        yield (
            _FIRST_ID + scramble_32(seed, serial) * _ID_STEP,
            handle_of(serial),
            nicknames[bits % _POOL],
            *avatars[bits // _POOL % _POOL],
            booleans[bits >> 20 & 3],
            booleans[bits >> 22 & 3],
            (bits >> 24) % 1_000_000,
            (bits >> 28) % 10_000,
            (bits >> 32) % 2_000,
            hearts,
            0,
            (bits >> 36) % 100_000,
            "true",
            f"{started + timedelta(seconds=page + number - serial):{_TIME}}",
            f"{started - (page + 1) * _PAGE:{_TIME}}",
            f"{started - page * _PAGE:{_TIME}}",
            number + 1,
        )


def _avatars(number: int) -> tuple[str, ...]:
    at = int(STARTED.timestamp())
    # Without the tail that all addresses share.
    return tuple(avatar_url(number, edge, at=at, read=number).partition("&t=")[0] for edge in SIZES.values())
