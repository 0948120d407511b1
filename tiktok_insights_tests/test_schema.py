"""The contract's facts, spelled out from the design: whoever changes one changes what users see."""

import dataclasses

import pytest

from tiktok_insights.schema import (
    ACCEPTED_TEXTS,
    COLUMNS,
    CSV_HEADER,
    FOREIGN_HEADER,
    HEADERS,
    HISTORY_COLUMNS,
    ID_COLUMN,
    WAREHOUSE_COLUMNS,
    WAREHOUSE_NAMES,
    WAREHOUSE_TYPES,
    ColumnKind,
)
from tiktok_insights.tiktok.models import Follower


def test_the_csv_header_is_the_designs() -> None:
    """Names, case and order."""
    assert CSV_HEADER == (
        "Tiktok_id", "uniqueId", "nickname", "avatarLarger", "avatarMedium", "avatarThumb", "Account_verified",
        "privateAccount", "followers_Count", "following_Count", "videoCount", "heartCount", "friends_Count",
        "diggCount", "counts_exact", "extracted_at", "followed_after", "followed_before", "list_position",
    )  # fmt: skip


def test_other_producers_may_have_the_first_fourteen_columns() -> None:
    """Up to diggCount."""
    assert len(FOREIGN_HEADER) == 14
    assert CSV_HEADER[: CSV_HEADER.index("counts_exact")] == FOREIGN_HEADER


def test_a_header_may_end_before_the_windows() -> None:
    """All columns, 16 or 14."""
    assert [len(names) for names in HEADERS] == [19, 16, 14]
    assert all(names == CSV_HEADER[: len(names)] for names in HEADERS)


def test_the_history_has_what_a_snapshot_says_of_a_row_besides_the_user() -> None:
    """Windows and place are behind the columns that TIKTOK_DATA has, too."""
    assert [(column.warehouse, column.warehouse_type) for column in HISTORY_COLUMNS[len(WAREHOUSE_COLUMNS) :]] == [
        ("FOLLOWED_AFTER", "TIMESTAMP_NTZ"),
        ("FOLLOWED_BEFORE", "TIMESTAMP_NTZ"),
        ("LIST_POSITION", "NUMBER(38,0)"),
    ]
    assert HISTORY_COLUMNS[: len(WAREHOUSE_COLUMNS)] == WAREHOUSE_COLUMNS


def test_the_warehouse_table_is_the_designs() -> None:
    """Names, order and types; the avatars' signed addresses are dropped before it."""
    assert [(column.warehouse, column.warehouse_type) for column in WAREHOUSE_COLUMNS] == [
        ("TIKTOK_ID", "VARCHAR(20) NOT NULL"),
        ("USER_NAME", "VARCHAR"),
        ("NICK_NAME", "VARCHAR"),
        ("ACCOUNT_VERIFIED", "BOOLEAN"),
        ("PRIVATE_ACCOUNT", "BOOLEAN"),
        ("FOLLOWERS_COUNT", "NUMBER(38,0)"),
        ("FOLLOWING_COUNT", "NUMBER(38,0)"),
        ("VIDEO_COUNT", "NUMBER(38,0)"),
        ("HEART_COUNT", "NUMBER(38,0)"),
        ("FRIENDS_COUNT", "NUMBER(38,0)"),
        ("DIGG_COUNT", "NUMBER(38,0)"),
        ("COUNTS_EXACT", "BOOLEAN"),
        ("EXTRACTED_AT", "TIMESTAMP_NTZ"),
    ]
    assert tuple(column.warehouse for column in WAREHOUSE_COLUMNS) == WAREHOUSE_NAMES


def test_the_id_is_text_everywhere() -> None:
    """A number would bend it."""
    assert (ID_COLUMN.csv, ID_COLUMN.kind, ID_COLUMN.glue_type) == ("Tiktok_id", ColumnKind.ID, "string")
    assert [column.csv for column in COLUMNS if column.kind is ColumnKind.ID] == ["Tiktok_id"]


def test_glue_has_lower_case_names_that_stay_different_and_texts() -> None:
    """Athena's reader fails on an empty field of any other type."""
    names = [column.glue for column in COLUMNS]
    assert names[:3] == ["tiktok_id", "uniqueid", "nickname"]
    assert len(set(names)) == len(names) == 19
    assert all(name == name.lower() for name in names)
    assert {column.glue_type for column in COLUMNS} == {"string"}


def test_the_contract_and_the_follower_have_the_same_fields() -> None:
    """In the same order; what is behind them is the page's."""
    attributes = [column.attribute for column in COLUMNS]
    assert attributes == [*(field.name for field in dataclasses.fields(Follower)), *CSV_HEADER[15:]]


@pytest.mark.parametrize(
    ("csv", "web", "app"),
    [
        ("Tiktok_id", ("user.id",), ("uid",)),
        ("uniqueId", ("user.uniqueId",), ("unique_id",)),
        ("nickname", ("user.nickname",), ("nickname",)),
        ("avatarLarger", ("user.avatarLarger",), ("avatar_larger.url_list.0",)),
        ("avatarMedium", ("user.avatarMedium",), ("avatar_medium.url_list.0",)),
        ("avatarThumb", ("user.avatarThumb",), ("avatar_thumb.url_list.0",)),
        ("Account_verified", ("user.verified",), ("custom_verify", "enterprise_verify_reason")),
        ("privateAccount", ("user.privateAccount",), ("secret", "is_private_account")),
        ("followers_Count", ("statsV2.followerCount", "stats.followerCount"), ("follower_count",)),
        ("following_Count", ("statsV2.followingCount", "stats.followingCount"), ("following_count",)),
        ("videoCount", ("statsV2.videoCount", "stats.videoCount"), ("aweme_count",)),
        ("heartCount", ("statsV2.heartCount", "stats.heartCount"), ("total_favorited",)),
        ("diggCount", ("statsV2.diggCount", "stats.diggCount"), ("favoriting_count",)),
    ],
)
def test_a_column_comes_from_the_documented_fields(csv: str, web: tuple[str, ...], app: tuple[str, ...]) -> None:
    """In both dialects; exact counts before rounded ones."""
    (column,) = [column for column in COLUMNS if column.csv == csv]
    assert (column.web, column.app) == (web, app)


def test_every_kind_says_what_it_accepts_and_has_a_type() -> None:
    """The docs and the error messages quote it."""
    assert set(ACCEPTED_TEXTS) == set(WAREHOUSE_TYPES) == set(ColumnKind)
    assert all(column.meaning.endswith(".") for column in COLUMNS)
