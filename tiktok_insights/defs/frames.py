"""The frames that the insights assets give: their types with dagster-pandas, whose constraints a wrong frame breaks.

A frame is the first rows of a mart. What it must be is said here once, column by column.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import dagster as dg
import pandas as pd
from dagster_pandas import RowCountConstraint, StrictColumnsConstraint, create_dagster_pandas_dataframe_type

from tiktok_insights.defs.frame_columns import (
    TEXT,
    WAREHOUSE_TYPES,
    FrameColumn,
    count,
    id_text,
    one_of,
    quiet,
    share,
    text,
    time,
)
from tiktok_insights.insights.marts import FRAME_ROWS, Mart

_TIERS = ("unknown", "under 1,000", "nano", "micro", "macro", "mega")
_COLUMNS: dict[str, tuple[FrameColumn, ...]] = {
    "user_totals": (
        *(count(name) for name in ("USERS", "FOLLOWERS", "FOLLOWING", "FRIENDS", "HEARTS")),
        time("AS_OF"),
    ),
    "users_by_privacy": (one_of("PRIVACY", "public", "private", "unknown"), count("USERS"), share("SHARE")),
    "users_by_verification": (
        one_of("VERIFICATION", "verified", "not verified", "unknown"),
        count("USERS"),
        share("SHARE"),
    ),
    "followers_by_user": (
        id_text("TIKTOK_ID"),
        text("USER_NAME"),
        text("NICK_NAME"),
        count("FOLLOWERS", nullable=True),
        count("FOLLOWING", nullable=True),
    ),
    "hearts_by_nickname": (text("NICK_NAME"), count("USERS"), count("HEARTS")),
    "videos_by_user": (
        id_text("TIKTOK_ID"),
        text("USER_NAME"),
        count("VIDEOS", nullable=True),
        count("HEARTS", nullable=True),
    ),
    "audience_tiers": (
        one_of("TIER", *_TIERS),
        count("AT_LEAST", nullable=True),
        count("USERS"),
        count("FOLLOWERS"),
    ),
    "account_coverage": (
        id_text("ACCOUNT_ID"),
        *(text(name) for name in ("HANDLE", "OUTCOME", "OUTCOME_REASON")),
        count("USERS_SEEN"),
        count("USERS_CLAIMED", nullable=True),
        # More than 1 where users came after the account's own total was asked for.
        share("SHARE_SEEN", nullable=True, most=float("inf")),
        time("AS_OF"),
    ),
    "follower_history": (
        id_text("ACCOUNT_ID", unique=False),
        text("SNAPSHOT_ID", nullable=False),
        text("HANDLE"),
        text("OUTCOME"),
        time("TAKEN_AT"),
        count("USERS_SEEN"),
        count("USERS_NEW"),
        count("USERS_CLAIMED", nullable=True),
    ),
}
#: Frames whose number of rows is known; any other has up to FRAME_ROWS.
_ROWS = {"user_totals": 1, "audience_tiers": len(_TIERS)}


def to_frame(mart: Mart, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """The first rows of a mart as a frame. Numbers beyond 64 bits stay Python's."""
    frame = pd.DataFrame([list(row) for row in rows], columns=list(names), dtype=TEXT)
    for column in _COLUMNS[mart.name]:
        name = column.rule.name
        with suppress(OverflowError):
            frame[name] = frame[name].astype(column.dtype)
    return frame


def column_schema(mart: Mart) -> dg.TableSchema:
    """The mart's columns for the UI, with their types and meanings."""
    types = {column.rule.name: WAREHOUSE_TYPES[column.dtype] for column in _COLUMNS[mart.name]}
    return dg.TableSchema([dg.TableColumn(name, types[name], meaning) for name, meaning in mart.columns.items()])


def frame_type(mart: Mart) -> dg.DagsterType:
    """The type of a mart's frame: its columns and no others, and how many rows."""
    rules = [column.rule for column in _COLUMNS[mart.name]]
    half = FRAME_ROWS // 2
    rows = (_ROWS[mart.name], 0) if mart.name in _ROWS else (half, half)
    kind: dg.DagsterType = quiet(
        create_dagster_pandas_dataframe_type,
        name="".join(word.capitalize() for word in mart.name.split("_")) + "Frame",
        description=mart.description,
        columns=rules,
        dataframe_constraints=[
            quiet(StrictColumnsConstraint, [rule.name for rule in rules], enforce_ordering=True),
            quiet(RowCountConstraint, *rows),
        ],
    )
    return kind
