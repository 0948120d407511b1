"""A million rows in one file, through staging and publication, against sums that are known without reading it."""

from collections.abc import Iterator

import pytest

from tiktok_insights_tests.support.csv_texts import HEADER_19
from tiktok_insights_tests.support.loading import Loader

ROWS = 1_000_000
FIRST_ID = 7_423_456_789_012_345_149
#: Every so many rows one user stands twice, one row is refused, and one is no row.
TWICE, REFUSED, SHORT = 1_000, 2_000, 4_000


def lines() -> Iterator[str]:
    """The file, line by line; the user's number says all that is in a row."""
    yield HEADER_19
    for n in range(ROWS):
        count = "x" if n % REFUSED == 1 else str(n)
        nickname = f'"Ann, ""{n}"""' if n % 10 == 0 else f"Ann {n}"
        counts = f"{count},-1,,9007199254740993.0,{n % 7},1"
        line = f"{FIRST_ID + n},u{n},{nickname},,,,{n % 3 == 0},f,{counts},t,2026-01-31T12:00:00Z,,,"
        yield "7,ann" if n % SHORT == 2 else line
        if n % TWICE == 0:
            yield line


def body() -> bytes:
    """The file's bytes, about 100 MB."""
    return "".join(f"{line}\n" for line in lines()).encode()


@pytest.mark.full
def test_a_million_rows_arrive_with_every_digit(loader: Loader) -> None:
    """Counts of the load, and of the table the users, the sums of each column and the ids, are what arithmetic says."""
    good = [n for n in range(ROWS) if n % REFUSED != 1 and n % SHORT != 2]
    rejected, twice = ROWS - len(good), ROWS // TWICE
    key = loader.put("million", body())
    batch = loader.load(max_rejected_share=0.01)
    assert batch.verdict.passed
    assert loader.ledger() == {"million": ("loaded", ROWS + twice, len(good), twice, rejected)}
    assert loader.ledger("NEGATIVE_COUNTS") == {"million": (len(good),)}
    sums = (
        "SELECT COUNT(*), COUNT(DISTINCT TIKTOK_ID), MIN(TIKTOK_ID), MAX(TIKTOK_ID), "
        f"SUM(CAST(TIKTOK_ID AS NUMBER(38,0)) - {FIRST_ID}), SUM(FOLLOWERS_COUNT), COUNT(FOLLOWING_COUNT), "
        "COUNT(VIDEO_COUNT), SUM(HEART_COUNT), SUM(FRIENDS_COUNT), SUM(DIGG_COUNT), "
        "SUM(CASE WHEN ACCOUNT_VERIFIED THEN 1 ELSE 0 END), SUM(CASE WHEN PRIVATE_ACCOUNT THEN 1 ELSE 0 END), "
        "SUM(CASE WHEN USER_NAME = 'u' || FOLLOWERS_COUNT THEN 1 ELSE 0 END), "
        "SUM(CASE WHEN REPLACE(REPLACE(NICK_NAME, ',', ''), '\"', '') = 'Ann ' || FOLLOWERS_COUNT THEN 1 ELSE 0 END), "
        "SUM(LENGTH(NICK_NAME)), COUNT(DISTINCT EXTRACTED_AT) FROM "
    )
    expected = (
        len(good), len(good), str(FIRST_ID), str(FIRST_ID + good[-1]),
        sum(good), sum(good), 0,
        0, 9007199254740993 * len(good), sum(n % 7 for n in good), len(good),
        sum(n % 3 == 0 for n in good), 0,
        len(good),
        len(good),
        sum(len(f'Ann, "{n}"' if n % 10 == 0 else f"Ann {n}") for n in good), 1,
    )  # fmt: skip  # as the columns stand above
    for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS"):
        assert loader.rows(sums + table) == [expected]
    assert loader.rows("SELECT OBJECT_KEY, USERS_SEEN FROM ACCOUNT_SNAPSHOTS") == [(key, len(good))]
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA") == [(0,)]
