"""Keeps the numbers of each day when snapshots expire: DAILY_TOTALS gets what the spells that are left no longer show.

A mart of days adds both. What expires, and when, belongs in the package `retention`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from tiktok_insights.clients.snowflake_session import Row, Session, placeholders
from tiktok_insights.tables.columns import timestamp
from tiktok_insights.tables.daily_totals import DAILY_TOTALS
from tiktok_insights.tables.presence import PRESENCE_SPELLS

_TOTALS = ("FIRST_SEEN", "GONE", "MISSED_ONCE", "OUT_OF_VIEW")
_COLUMNS = ", ".join(DAILY_TOTALS.names)
_SUMS = ", ".join(f"SUM({total})" for total in _TOTALS)
#: In EXPIRED_AT, marks the rows that replace the others.
_NEW = "'9999-01-01'::TIMESTAMP_NTZ"
#: One row for each spell and each number that it adds to. The marts count the same.
_COUNTED = f"""
  SELECT ACCOUNT_ID, DATE_TRUNC('DAY', FIRST_SEEN_AT) AS DAY, 1 AS FIRST_SEEN, 0 AS GONE, 0 AS MISSED_ONCE,
    0 AS OUT_OF_VIEW
  FROM {PRESENCE_SPELLS.name} WHERE SPELL = 1 AND FIRST_SEEN_AT IS NOT NULL
  UNION ALL
  SELECT ACCOUNT_ID, DATE_TRUNC('DAY', FIRST_MISSED_AT), 0, CASE WHEN SECOND_MISSED_AT IS NULL THEN 0 ELSE 1 END,
    CASE WHEN SECOND_MISSED_AT IS NULL THEN 1 ELSE 0 END, 0
  FROM {PRESENCE_SPELLS.name} WHERE FIRST_MISSED_AT IS NOT NULL
  UNION ALL
  SELECT ACCOUNT_ID, DATE_TRUNC('DAY', OUT_OF_REACH_AT), 0, 0, 0, 1
  FROM {PRESENCE_SPELLS.name} WHERE FIRST_MISSED_AT IS NULL AND OUT_OF_REACH_AT IS NOT NULL"""
_KEPT = f"SELECT ACCOUNT_ID, DAY, {', '.join(_TOTALS)} FROM {DAILY_TOTALS.name}"


class DailyTotalsError(RuntimeError):
    """The numbers of the days are not what they were; the transaction must be rolled back."""


@contextmanager
def daily_totals_kept(session: Session, account_ids: Sequence[str], at: datetime) -> Iterator[None]:
    """Keep the numbers of the accounts' days while the history loses snapshots, and the spells are made again.

    Enter it before the first change, inside a transaction that holds the publish lock. `at` goes to EXPIRED_AT. Raises
    DailyTotalsError, which must roll the transaction back, when a statement whose answer was lost has run twice.
    """
    if not account_ids:
        yield
        return
    before = _all_totals(session, account_ids)
    _add_counted(session, account_ids, at, "+")
    yield
    _add_counted(session, account_ids, at, "-")
    of_accounts = f"ACCOUNT_ID IN ({placeholders(account_ids)})"
    session.execute(
        f"INSERT INTO {DAILY_TOTALS.name} ({_COLUMNS}) SELECT ACCOUNT_ID, DAY, {_SUMS}, {_NEW} "
        f"FROM {DAILY_TOTALS.name} WHERE {of_accounts} GROUP BY ACCOUNT_ID, DAY "
        f"HAVING {' OR '.join(f'SUM({total}) <> 0' for total in _TOTALS)}",
        account_ids,
    )
    session.execute(f"DELETE FROM {DAILY_TOTALS.name} WHERE {of_accounts} AND EXPIRED_AT < {_NEW}", account_ids)
    session.execute(f"UPDATE {DAILY_TOTALS.name} SET EXPIRED_AT = {timestamp(at)} WHERE EXPIRED_AT = {_NEW}")
    if (after := _all_totals(session, account_ids)) != before:
        msg = (
            f"{DAILY_TOTALS.name} would change the totals of the days from {before} to {after} and was rolled back. "
            "Run again."
        )
        raise DailyTotalsError(msg)


def _add_counted(session: Session, account_ids: Sequence[str], at: datetime, sign: str) -> None:
    """Add or take away what the spells count, in further rows."""
    sums = ", ".join(f"{sign}SUM({total})" for total in _TOTALS)
    session.execute(
        f"INSERT INTO {DAILY_TOTALS.name} ({_COLUMNS}) SELECT ACCOUNT_ID, DAY, {sums}, {timestamp(at)} "
        f"FROM ({_COUNTED}) AS counted WHERE ACCOUNT_ID IN ({placeholders(account_ids)}) GROUP BY ACCOUNT_ID, DAY",
        account_ids,
    )


def _all_totals(session: Session, account_ids: Sequence[str]) -> tuple[int, ...]:
    """The sums over all days that the marts show of the accounts."""
    row: Row
    (row,) = session.query(
        f"SELECT {_SUMS} FROM ({_COUNTED} UNION ALL {_KEPT}) AS totals WHERE ACCOUNT_ID IN "
        f"({placeholders(account_ids)})",
        account_ids,
    )
    return tuple(int(total or 0) for total in row)
