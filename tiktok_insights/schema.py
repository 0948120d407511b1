"""The contract: the single list of columns that a follower's row has, from the API to the warehouse.

CSV header, Glue columns, DDL, the transform's SQL, the audit and the docs derive from `COLUMNS`. Nothing here
knows how a row is fetched, stored or loaded.
"""

from dataclasses import dataclass
from enum import Enum


class ColumnKind(Enum):
    """What texts a column accepts; an empty field of any kind but ID means NULL."""

    ID = "id"
    TEXT = "text"
    BOOLEAN = "boolean"
    COUNT = "count"
    TIMESTAMP = "timestamp"


ACCEPTED_TEXTS = {
    ColumnKind.ID: "1 to 20 digits and not 0",
    ColumnKind.TEXT: "any text without line breaks",
    ColumnKind.BOOLEAN: "true, false, t, f, 1 or 0, in any case",
    ColumnKind.COUNT: (
        "an integer of up to 38 digits, optionally followed by .0; a negative one becomes NULL and is reported"
    ),
    ColumnKind.TIMESTAMP: (
        "an ISO 8601 time in UTC, such as 2026-01-31T12:00:00Z, with up to 6 fractional digits, at most one day after "
        "the object was written"
    ),
}

#: A file with a larger share of rows that break the contract is not loaded, unless a run's config says otherwise.
MAX_REJECTED_SHARE = 0.01

WAREHOUSE_TYPES = {
    ColumnKind.ID: "VARCHAR(20)",
    ColumnKind.TEXT: "VARCHAR",
    ColumnKind.BOOLEAN: "BOOLEAN",
    ColumnKind.COUNT: "NUMBER(38,0)",
    ColumnKind.TIMESTAMP: "TIMESTAMP_NTZ",
}


@dataclass(frozen=True)
class Column:
    """One column of the contract.

    `csv` is the header of the CSV and the name in Glue; `attribute` the name of the field of
    `tiktok.models.Follower`; `web` and `app` the API's fields in its two dialects (dotted paths, first that is there
    wins); `warehouse` the column in Snowflake, None for one that is dropped on the way. A column that is in the history
    only says something of a snapshot, not of the user.
    """

    csv: str
    attribute: str
    kind: ColumnKind
    warehouse: str | None
    web: tuple[str, ...]
    app: tuple[str, ...]
    meaning: str
    is_history_only: bool = False

    @property
    def glue(self) -> str:
        """The column's name in Glue, which knows lower case only."""
        return self.csv.lower()

    @property
    def glue_type(self) -> str:
        """Text for every kind: a CSV holds texts, and Athena's reader fails on an empty field of any other type."""
        return "string"

    @property
    def is_personal(self) -> bool:
        """Whether a value identifies a person: an ID and free text (handle, name, picture) do, a count does not."""
        return self.kind in (ColumnKind.ID, ColumnKind.TEXT)

    @property
    def warehouse_type(self) -> str:
        """Snowflake's type, with the constraint of the key."""
        return WAREHOUSE_TYPES[self.kind] + (" NOT NULL" if self.kind is ColumnKind.ID else "")


def _count(csv: str, attribute: str, warehouse: str, web: str, app: str, meaning: str) -> Column:
    return Column(csv, attribute, ColumnKind.COUNT, warehouse, (f"statsV2.{web}", f"stats.{web}"), (app,), meaning)


def _not_of_the_api(csv: str, kind: ColumnKind, meaning: str, *, is_history_only: bool = False) -> Column:
    return Column(csv, csv, kind, csv.upper(), (), (), meaning, is_history_only)


def _avatar(csv: str, size: int) -> Column:
    return Column(
        csv,
        csv.replace("avatar", "avatar_").lower(),
        ColumnKind.TEXT,
        None,
        (f"user.{csv}",),
        (f"{csv.replace('avatar', 'avatar_').lower()}.url_list.0",),
        f"Signed URL of the picture, {size} pixels wide; changes on every request and expires after about 48 hours.",
    )


# A table reads best with a row in a block.
# fmt: off
COLUMNS: tuple[Column, ...] = (
    Column(
        "Tiktok_id",
        "tiktok_id",
        ColumnKind.ID,
        "TIKTOK_ID",
        ("user.id",),
        ("uid",),
        "The user's ID. It is text because most IDs exceed 2^53, and a float would alter them.",
    ),
    Column(
        "uniqueId",
        "unique_id",
        ColumnKind.TEXT,
        "USER_NAME",
        ("user.uniqueId",),
        ("unique_id",),
        "The user's handle; it can change.",
    ),
    Column(
        "nickname",
        "nickname",
        ColumnKind.TEXT,
        "NICK_NAME",
        ("user.nickname",),
        ("nickname",),
        "The display name. It may be empty, is not unique, and can be in any script.",
    ),
    _avatar("avatarLarger", 1080),
    _avatar("avatarMedium", 720),
    _avatar("avatarThumb", 100),
    Column(
        "Account_verified",
        "account_verified",
        ColumnKind.BOOLEAN,
        "ACCOUNT_VERIFIED",
        ("user.verified",),
        ("custom_verify", "enterprise_verify_reason"),
        "Whether TikTok verified the account.",
    ),
    Column(
        "privateAccount",
        "private_account",
        ColumnKind.BOOLEAN,
        "PRIVATE_ACCOUNT",
        ("user.privateAccount",),
        ("secret", "is_private_account"),
        "Whether only approved followers can see the account.",
    ),
    _count(
        "followers_Count", "followers_count", "FOLLOWERS_COUNT", "followerCount", "follower_count",
        "Users who follow this user.",
    ),
    _count(
        "following_Count", "following_count", "FOLLOWING_COUNT", "followingCount", "following_count",
        "Users that this user follows.",
    ),
    _count(
        "videoCount", "video_count", "VIDEO_COUNT", "videoCount", "aweme_count",
        "Videos the user has published; 0 for a private account.",
    ),
    _count(
        "heartCount", "heart_count", "HEART_COUNT", "heartCount", "total_favorited",
        "Likes the user's videos have received.",
    ),
    _count(
        "friends_Count", "friends_count", "FRIENDS_COUNT", "friendCount", "friend_count",
        "Mutual followers; always 0 in the follower list.",
    ),
    _count("diggCount", "digg_count", "DIGG_COUNT", "diggCount", "favoriting_count", "Videos the user has liked."),
    _not_of_the_api(
        "counts_exact",
        ColumnKind.BOOLEAN,
        "True if the counts are the API's exact numbers (statsV2), false if they are rounded.",
    ),
    _not_of_the_api(
        "extracted_at",
        ColumnKind.TIMESTAMP,
        "When the page with this row was fetched, UTC.",
    ),
    _not_of_the_api(
        "followed_after",
        ColumnKind.TIMESTAMP,
        "The user followed at or after this time, UTC: the cursor of the page with this row. NULL if unknown.",
        is_history_only=True,
    ),
    _not_of_the_api(
        "followed_before",
        ColumnKind.TIMESTAMP,
        "The user followed before this time, UTC: the cursor with which the page was requested. NULL if unknown.",
        is_history_only=True,
    ),
    _not_of_the_api(
        "list_position",
        ColumnKind.COUNT,
        "The row's place in the list as it was fetched, 1 for the newest follower. NULL if unknown.",
        is_history_only=True,
    ),
)
# fmt: on

ID_COLUMN = COLUMNS[0]
#: The time of a row. A row without one has that of its file.
TIME_COLUMN = COLUMNS[15]
CSV_HEADER: tuple[str, ...] = tuple(column.csv for column in COLUMNS)
#: Files of other producers may end here: they know neither where the counts come from nor when they were fetched.
FOREIGN_HEADER: tuple[str, ...] = CSV_HEADER[:14]
#: The headers of files that can be loaded. The second one knows no follow times.
HEADERS: tuple[tuple[str, ...], ...] = (CSV_HEADER, CSV_HEADER[:16], FOREIGN_HEADER)
#: What the history holds of a row, and what of it the user's newest row in TIKTOK_DATA holds.
HISTORY_COLUMNS: tuple[Column, ...] = tuple(column for column in COLUMNS if column.warehouse)
WAREHOUSE_COLUMNS: tuple[Column, ...] = tuple(column for column in HISTORY_COLUMNS if not column.is_history_only)
#: The warehouse's columns that identify a person, also under the same name in a mart.
PERSONAL_NAMES = frozenset(column.warehouse for column in WAREHOUSE_COLUMNS if column.is_personal)
HISTORY_NAMES: tuple[str, ...] = tuple(column.warehouse for column in HISTORY_COLUMNS if column.warehouse)
WAREHOUSE_NAMES: tuple[str, ...] = tuple(column.warehouse for column in WAREHOUSE_COLUMNS if column.warehouse)
