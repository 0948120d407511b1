"""Compares the marts that pages show as they are with their recomputed rows, and plants bugs that this must find."""

from collections.abc import Sequence
from math import isclose

from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights_tests.dashboard.expected.history import History
from tiktok_insights_tests.dashboard.expected.marts import ROWS, Row
from tiktok_insights_tests.support.loading import Loader

BY_NAME = {mart.name: mart for mart in all_marts()}
#: Mart, a part of its query, and what would be wrong in its place.
BUGS = (
    ("account_days", "ORDER BY IS_SNAPSHOT DESC, SEEN DESC", "ORDER BY IS_SNAPSHOT DESC, SEEN"),
    ("account_days", "LOOKED_AT DESC, IS_SNAPSHOT DESC", "LOOKED_AT, IS_SNAPSHOT DESC"),
    ("account_days", "FIRST_MISSED_AT IS NULL AND OUT_OF_REACH_AT", "OUT_OF_REACH_AT"),
    ("account_periods", "LAST_HOLE >= periods.SINCE", "LAST_HOLE < periods.SINCE"),
    ("account_periods", "FOLLOWED_BEFORE <= SINCE", "FOLLOWED_BEFORE < SINCE"),
    ("account_periods", "SECONDS_OFF < SHORTER_OFF", "SECONDS_OFF <= SHORTER_OFF"),
    ("account_periods", "WHERE periods.HAS_LISTS", ""),
    ("account_states", "states.FOLLOWED_BEFORE IS NULL", "states.FOLLOWED_AFTER IS NULL"),
    ("audience_signs", "WHERE USERS_SEEN > 0", ""),
    ("audience_signs", "users.FOLLOWED_AFTER >=", "users.FOLLOWED_BEFORE >"),
    ("audience_signs", "counted.JOINED_WITHIN <= stretches.DAYS", "counted.JOINED_WITHIN = stretches.DAYS"),
    ("listed_totals", "CASE WHEN users.IS_SERVED THEN users.HEART_COUNT", "CASE WHEN TRUE THEN users.HEART_COUNT"),
    ("listed_totals", "IS NULL THEN users.TIKTOK_ID END", "IS NULL THEN 1 END"),
)


def compare_marts(loader: Loader, history: History) -> None:
    """Compare every row; a query with a bug has others."""
    expected = {name: list(rows(history)) for name, rows in ROWS.items()}
    for name, rows in expected.items():
        assert differences(_rows(loader, name), rows, BY_NAME[name].key) == []
    for name, right, wrong in BUGS:
        assert right in BY_NAME[name].sql, f"{name}: {right}"
        found = _rows(loader, name, right, wrong)
        assert differences(found, expected[name], BY_NAME[name].key) != [], f"{name}: {wrong}"


def _rows(loader: Loader, name: str, right: str = "", wrong: str = "") -> list[Row]:
    sql = BY_NAME[name].select(loader.session.namespace.schema)
    return loader.session.records(sql.replace(right, wrong) if right else sql)


def differences(found: Sequence[Row], expected: Sequence[Row], key: Sequence[str]) -> list[tuple[Row, Row]]:
    """Pairs of rows that differ, in the order of their key; beside a row without its like is an empty one."""
    of_found, of_expected = ({tuple(row[name] for name in key): row for row in rows} for rows in (found, expected))
    assert (len(of_found), len(of_expected)) == (len(found), len(expected)), "the key does not tell rows apart"
    pairs = [(of_found.get(one, {}), of_expected.get(one, {})) for one in sorted({*of_found, *of_expected}, key=str)]
    return [(one, other) for one, other in pairs if not _same(one, other)]


def _same(one: Row, other: Row) -> bool:
    return one.keys() == other.keys() and all(
        # The marts' shares have six decimals.
        isclose(value, other[name], abs_tol=1e-6) if isinstance(other[name], float) and value is not None
        else value == other[name]
        for name, value in one.items()
    )  # fmt: skip
