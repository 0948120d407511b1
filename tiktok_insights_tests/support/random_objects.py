"""Objects made at random: few users in many objects, so that their rows meet, tie, and are refused."""

import random
from datetime import datetime, timedelta

from tiktok_insights_tests.support.csv_texts import HEADER_14, HEADER_16, csv_file, row, row_of_14
from tiktok_insights_tests.support.history import Upload

_ACCOUNTS = ("42", "43", "6812345678901234567")
_FIRST = datetime(2026, 1, 31, 12)  # noqa: DTZ001 - UTC, as TIMESTAMP_NTZ is
#: Mostly good, and of everything so little that two rows of a user are often equal in all but the last columns.
_IDS = ("7423456789012345149", "7423456789012345150", "7", "007", "8", "9", "10", "11", "0", "", "7.4e18")
_TEXTS = {
    "uniqueId": ("ann", "ann", "ann", "Ann", "é", ""),
    "nickname": ("Ann", "Ann", "😀", '"A, ""B"""', "NULL", ""),
    "Account_verified": ("true", "true", "T", "0", ""),
    "followers_Count": ("11", "11", "12", "11.0", "-1", ""),
    "diggCount": ("16", "16", "9007199254740993", "9007199254740992", "-3", "", "12k"),
    "counts_exact": ("true", "true", "F", "", "maybe"),
}
#: The last is no time; an empty one is that of the object.
_TIMES = ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z", "2026-01-31T12:00:01.5Z", "2026-02-30T12:00:00Z")
#: How versions of an object follow one another, by its bytes; `x` is no CSV of ours.
_COURSES = ("a", "a", "a", "a", "a", "a", "ab", "ab", "abc", "aba", "xa", "axb", "x")


def objects(source: random.Random, number: int) -> dict[str, list[Upload]]:
    """So many objects by their keys, each with its versions as they follow one another, often within one second."""
    made = {}
    for count in range(number):
        account, course = source.choice(_ACCOUNTS), source.choice(_COURSES)
        folder = f"csv/followers/account={account}/dt=2026-01-31"
        written = _FIRST + timedelta(seconds=source.randrange(3))
        if source.random() < 0.4:
            snapshot_id = f"20260131T12{count:02}00000Z"
            ours = (snapshot_id, _facts(source, count))
            made[f"{folder}/tiktok_user_data-{snapshot_id}.csv"] = (course.replace("x", "a"), written, ours)
        else:
            made[f"{folder}/{count}.csv"] = (course, written, ("", ()))
    return {key: _versions(source, key, *rest) for key, rest in made.items()}


def _versions(
    source: random.Random, key: str, course: str, written: datetime, ours: tuple[str, tuple[object, ...]]
) -> list[Upload]:
    # What comes back has its own times: without them, its rows would be younger than those that the ledger knows.
    bodies = {name: _body(source, narrow=not ours[0] and course != "aba" and source.random() < 0.4) for name in "abc"}
    bodies["x"] = b"not,a,header\r\n1,2,3\r\n"
    versions = []
    for name in course:
        versions.append(Upload(key, bodies[name], written, *ours))
        # Within one second, a version that comes back could not be told from the one that was there before.
        written += timedelta(seconds=1 if course == "aba" else source.randrange(2))
    return versions


def _facts(source: random.Random, count: int) -> tuple[object, ...]:
    """What a manifest of ours says."""
    began = _FIRST + timedelta(minutes=count)
    seen = source.randrange(8)
    return ("ann.b", began, began + timedelta(milliseconds=1500), "whole", "", seen, seen + 1, 3, 97)


def _body(source: random.Random, *, narrow: bool) -> bytes:
    rows = [_row(source, narrow=narrow) for _ in range(source.randrange(7))]
    end = source.choice(("\n", "\r\n"))
    mark = b"\xef\xbb\xbf" if source.random() < 0.2 else b""
    return mark + csv_file(*rows, header=HEADER_14 if narrow else HEADER_16, end=end)


def _row(source: random.Random, *, narrow: bool) -> str:
    texts = {name: source.choice(choices) for name, choices in _TEXTS.items()}
    line = row_of_14 if narrow else row
    return line(source.choice(_IDS), **texts, extracted_at=source.choice(_TIMES))
