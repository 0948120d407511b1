"""The frames' types: a good frame passes with its statistics, and each way to be wrong fails by name."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from tiktok_insights.defs.frames import frame_type, to_frame
from tiktok_insights.insights.mart import FRAME_ROWS, Mart
from tiktok_insights.insights.mart_files import all_marts

BY_NAME = {mart.name: mart for mart in all_marts()}
_TIME = datetime(2026, 1, 31, 12)  # noqa: DTZ001 - as TIMESTAMP_NTZ is
_TIERS = ("unknown", "under 1,000", "nano", "micro", "mid", "macro", "mega")
#: A good row or more of each mart, with a NULL where one may be.
GOOD: dict[str, list[tuple[Any, ...]]] = {
    "user_totals": [(2, 2**53 + 1, 0, 0, 5, None)],
    "users_by_privacy": [("public", 3, 0.75), ("unknown", 1, 0.25)],
    "users_by_verification": [("not verified", 3, 1.0)],
    "followers_by_user": [("7423456789012345149", None, "😀", 2**53 + 1, None)],
    "hearts_by_nickname": [(None, 3, 0)],
    "videos_by_user": [("007", "a.b", None, 0)],
    "account_stats": [
        ("42", _TIME, "a.b", 5, 0, 2**53 + 1, 7, True, "raw/1"),
        ("42", _TIME, None, None, None, None, None, False, "raw/2"),
    ],
    "audience_tiers": [(tier, None if tier == "unknown" else 0, 1, 5) for tier in _TIERS],
    "account_coverage": [
        ("42", None, None, None, 5, None, None, _TIME),
        ("43", "a.b", "whole", "", 5, 4, 1.25, None),
    ],
    "public_activity": [("42", 90, 60, 12, 0.2, 90, 99, 0.9), ("43", 0, 0, 0, None, None, None, None)],
    "following_bands": [
        ("42", "not served", None, 3, 40, None, 43, None, None),
        ("42", "1-499", 1, 40, 40, 1.0, 43, 44, 0.98),
    ],
    "follower_signs": [
        ("42", "7423456789012345149", "user1", "several", True, True, False, None, False, True, _TIME, _TIME, _TIME),
        ("42", "8", None, "cannot say", *[None] * 6, None, None, None),
    ],
    "audience_signs": [
        ("42", 0, "class", "several", 12, 60, 0.2, 90, 99, 0.9),
        ("42", 28, "sign", "same age", 0, 0, None, None, None, None),
    ],
    "signs_by_week": [
        ("42", _TIME, 60, 12, 48, 0.25, 90, 99, 0.9),
        ("42", None, 3, 0, 0, None, None, None, None),
    ],
    "notable_new_followers": [
        ("42", 1, "8", None, 5_000, True, False, _TIME, _TIME, 90, 2, 1, _TIME, 90, 99, 0.9),
        ("43", *[None] * 8, 0, 0, 0, _TIME, None, None, None),
    ],
    "follower_map": [
        ("42", 0, 59, 3, _TIME, 3, 0, True, 4, 4, 1.0),
        ("42", None, None, 1, None, 3, 0, True, 4, None, None),
    ],
    "shared_followers": [
        ("42", "43", 5, 40, 0.125, _TIME, _TIME, 40, 40, 1.0, 50, 49, 1.02),
        ("42", "44", 0, 0, None, _TIME, _TIME, *[None] * 6),
    ],
    "followers_joined_daily": [("42", _TIME, 30, 60, 0), ("43", _TIME, None, None, 5)],
    "follower_retention": [
        ("42", _TIME, 1, 300, 255, 33, 12, 0, 288, 0.885, 0.843, 0.917, 0.9),
        ("42", None, 0, 5, 0, 0, 0, 0, 0, None, None, None, None),
    ],
    "follow_bursts": [
        ("42", _TIME, _TIME, 140, 2.5, 92, 122, 0.75, 0.9, 12, 60, 0.2, 130, 4.5),
        ("42", None, None, 9, None, None, None, None, None, 0, 0, None, 0, None),
    ],
    "profile_changes": [("42", "8", "handle", "ann", "bo", True, _TIME, _TIME, "s1")],
    "snapshot_coverage": [
        ("42", "s1", "a.b", _TIME, "cut", "", False, 5, 9, None, True, _TIME, _TIME, "[]", 3, 97),
        ("43", "x.csv", None, None, None, None, None, 5, None, 1.25, False, None, None, None, None, None),
    ],
    "account_growth": [
        ("42", "s2", "a.b", _TIME, 9, _TIME, 6.5, True, -3, -0.5, _TIME, -3, 1, 2, -2, 5, 0.5),
        ("42", "s1", None, _TIME, 12, None, None, None, None, None, None, None, None, None, None, 5, None),
    ],
    "account_days": [
        ("42", _TIME, 9, "cut", True, 2, 3, 1, 5),
        ("43", _TIME, None, None, False, 0, 0, 0, 0),
    ],
    "account_states": [("42", 8, 3, 1, 1, 1, 2, 1, 1, 5, 9, 0.5), ("43", *[0] * 8, None, None, None)],
    "account_periods": [
        ("42", 7, _TIME, _TIME, 604_800, 9, 12, 3, 5, 1, False, 8, 6, 1, 1, 0, 1, 0, 0, 8),
        ("43", 7, _TIME, _TIME, 604_800, 12, 9, -3, None, None, True, *[None] * 7, None, 1),
    ],
    "followers_gone": [("42", "8", None, None, _TIME, _TIME, _TIME, None, _TIME, None)],
    "follower_status": [
        ("42", "7423456789012345149", "a.b", "gone", _TIME, _TIME, _TIME, None, None, _TIME),
        ("42", "8", None, "listed", _TIME, _TIME, None, None, None, None),
    ],
    "listed_followers": [
        ("42", "7423456789012345149", "a.b", "Ann", "public", "verified", "exact", 9, 8, 7, 6, _TIME, _TIME),
        ("42", "8", None, None, "unknown", "unknown", "not served", None, 0, None, None, None, None),
    ],
    "listed_totals": [
        ("42", 5, 2, 1, 1, 1, 900, 4, 80, 4, 7, 3, 3, 1, 1, 1, 3, 1, 4, *[0] * 5, False, 5, 9, 0.5),
        ("43", *[0] * 23, True, None, None, None),
    ],
    "follower_history": [("42", "s1", "a.b", "whole", _TIME, 5, 1, 6), ("42", "s2", None, None, _TIME, 5, 1, None)],
}


def names(mart: Mart) -> list[str]:
    """The names of a mart's columns."""
    return [column.name for column in mart.columns]


def good(name: str) -> pd.DataFrame:
    """The good frame of a mart."""
    return to_frame(BY_NAME[name], names(BY_NAME[name]), GOOD[name])


def checked(name: str, frame: object) -> dg.TypeCheck:
    """What the mart's type says of a frame."""
    return frame_type(BY_NAME[name]).type_check(None, frame)  # type: ignore[arg-type]


@pytest.mark.parametrize("mart", all_marts(), ids=lambda mart: mart.name)
def test_a_good_frame_passes(mart: Mart) -> None:
    """Its columns are those of the mart."""
    check = checked(mart.name, good(mart.name))
    assert check.success, check.description


@pytest.mark.parametrize("mart", all_marts(), ids=lambda mart: mart.name)
def test_no_rows_are_a_good_frame_where_their_number_varies(mart: Mart) -> None:
    """As before the first load."""
    frame = good(mart.name)
    assert checked(mart.name, frame.iloc[:0]).success is (mart.name not in ("user_totals", "audience_tiers"))


def test_whole_numbers_stay_whole_beside_a_null() -> None:
    """A float would bend what is beyond 2^53, and ids would no longer be text."""
    frame = good("followers_by_user")
    assert int(frame["FOLLOWERS"][0]) == 2**53 + 1
    assert frame["TIKTOK_ID"][0] == "7423456789012345149"


Change = Callable[[pd.DataFrame], pd.DataFrame]
WRONG: list[tuple[str, Change, str]] = [
    ("user_totals", lambda frame: pd.concat([frame, frame]), "Expected 1 +- 0 rows. Got 2"),
    ("user_totals", lambda frame: frame.assign(USERS=-1), "USERS"),
    ("user_totals", lambda frame: frame.assign(HEARTS=None), "HEARTS"),
    ("user_totals", lambda frame: frame.assign(HEARTS=frame["HEARTS"].astype("float64")), "HEARTS"),
    ("user_totals", lambda frame: frame.assign(AS_OF="yesterday"), "AS_OF"),
    ("users_by_privacy", lambda frame: frame.assign(PRIVACY=["public", "open"]), "PRIVACY"),
    ("users_by_privacy", lambda frame: frame.assign(PRIVACY="public"), "PRIVACY"),
    ("users_by_privacy", lambda frame: frame.assign(SHARE=[1.5, 0.1]), "SHARE"),
    ("users_by_privacy", lambda frame: frame.drop(columns="SHARE"), "SHARE"),
    ("users_by_verification", lambda frame: frame.assign(MORE=1), "MORE"),
    ("users_by_verification", lambda frame: frame[["USERS", "VERIFICATION", "SHARE"]], "ordering"),
    ("followers_by_user", lambda frame: frame.assign(TIKTOK_ID=7423456789012345149), "TIKTOK_ID"),
    ("followers_by_user", lambda frame: frame.assign(TIKTOK_ID="7.42e+18"), "TIKTOK_ID"),
    ("followers_by_user", lambda frame: frame.assign(TIKTOK_ID=None), "TIKTOK_ID"),
    ("followers_by_user", lambda frame: pd.concat([frame, frame]), "TIKTOK_ID"),
    ("videos_by_user", lambda frame: frame.assign(VIDEOS=-3), "VIDEOS"),
    ("hearts_by_nickname", lambda frame: pd.concat([frame] * (FRAME_ROWS + 1)), f"Got {FRAME_ROWS + 1}"),
    ("audience_tiers", lambda frame: frame[frame["TIER"] != "mega"], "Expected 7 +- 0 rows. Got 6"),
    ("account_coverage", lambda frame: frame.assign(ACCOUNT_ID="42"), "ACCOUNT_ID"),
    ("account_coverage", lambda frame: frame.assign(SHARE_SEEN=-0.1), "SHARE_SEEN"),
    ("follower_status", lambda frame: frame.assign(STATE="left"), "STATE"),
    ("follower_status", lambda frame: frame.assign(TIKTOK_ID="8"), "ACCOUNT_ID, TIKTOK_ID"),
    ("follower_history", lambda frame: frame.assign(SNAPSHOT_ID=None), "SNAPSHOT_ID"),
    ("follower_history", lambda frame: frame.assign(ACCOUNT_ID=42.0), "ACCOUNT_ID"),
    ("follower_history", lambda frame: frame.assign(SNAPSHOT_ID="s1"), "ACCOUNT_ID, SNAPSHOT_ID"),
]


def test_what_a_partners_file_may_hold_is_a_good_frame() -> None:
    """Sums beyond 64 bits stay whole numbers, and years that nanoseconds do not reach stay moments."""
    early = datetime(1000, 1, 1)  # noqa: DTZ001 - as TIMESTAMP_NTZ is
    mart = BY_NAME["user_totals"]
    frame = to_frame(mart, names(mart), [(2, 10**19, 10**25 + 1, 0, 5, early)])
    assert checked("user_totals", frame).success
    assert (frame["FOLLOWERS"][0], frame["FOLLOWING_COUNT"][0]) == (10**19, 10**25 + 1)
    assert frame["AS_OF"][0].year == 1000


def test_a_wrong_frame_is_described_without_its_rows() -> None:
    """The description is stored in Dagster's events; it says which rows are wrong by their places."""
    said = checked("followers_by_user", good("followers_by_user").assign(FOLLOWERS=-1)).description or ""
    assert "[0]" in said
    assert "7423456789012345149" not in said
    assert "😀" not in said


@pytest.mark.parametrize(("name", "change", "said"), WRONG)
def test_a_wrong_frame_fails_and_says_where(name: str, change: Change, said: str) -> None:
    """Rows, columns, their order, types, bounds, uniqueness: each is held, by the column's name."""
    check = checked(name, change(good(name)))
    assert not check.success
    assert said in (check.description or "")


def test_what_is_no_frame_fails() -> None:
    """A list of rows is not taken for a frame."""
    assert not checked("user_totals", GOOD["user_totals"]).success
