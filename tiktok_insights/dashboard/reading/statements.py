"""Asks the marts: runs a statement of sql/ for the chosen accounts, and gives its rows by account.

What the rows mean belongs in the modules of the topics.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from tiktok_insights.clients.snowflake_session import NamedRow, Session, placeholders
from tiktok_insights.dashboard.facts.account import CHART_DAYS, CHART_WEEKS, TOP
from tiktok_insights.insights.thresholds import VALUES
from tiktok_insights.sql_files import read_sql, without_comments

#: The week after which everybody else is compared with a burst, of which is said who was kept after 14 days.
OTHERS_WEEK = 2
_WORDS: Mapping[str, object] = {
    **VALUES,
    "chart_days": CHART_DAYS,
    "chart_weeks": CHART_WEEKS,
    "others_week": OTHERS_WEEK,
    "top": TOP,
}


class Statements:
    """The statements of sql/ about some accounts."""

    def __init__(self, session: Session, account_ids: Sequence[str] = ()) -> None:
        self._session = session
        self._account_ids = tuple(account_ids)

    def rows(self, name: str) -> list[NamedRow]:
        """Run a statement, and give its rows in their order; a number with decimals is a float."""
        text = without_comments(read_sql(__package__, name))
        marts = self._session.namespace.view_schema
        sql = text.format(marts=marts, accounts=placeholders(self._account_ids), **_WORDS)
        values = self._account_ids * text.count("{accounts}")
        return [{name: _plain(value) for name, value in row.items()} for row in self._session.records(sql, values)]

    def by_account(self, name: str) -> Mapping[str, Sequence[NamedRow]]:
        """Run a statement whose rows are in the order of their accounts, and give the rows of each."""
        return {str(account): list(rows) for account, rows in groupby(self.rows(name), lambda row: row["ACCOUNT_ID"])}


def _plain(value: Any) -> Any:
    """A number without decimals as an int, another one as a float, and what is no number as it is."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def real(value: Any) -> float | None:
    """A number as a float, such as a share that happens to be 1."""
    return None if value is None else float(value)
