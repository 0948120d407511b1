"""The rows of the marts that pages show as they are, recomputed from the rows of the history."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from tiktok_insights_tests.dashboard.expected import coverage
from tiktok_insights_tests.dashboard.expected.history import History

Row = dict[str, Any]


def account_periods(history: History) -> Iterator[Row]:
    """One row per account and period."""
    for account, looks in history.looks.items():
        counted = {look.started_at for look in looks if look.users_claimed is not None}
        for period in coverage.periods(looks).values():
            row = {name.upper(): value for name, value in asdict(period).items()}
            before, after = row.pop("FROM_COUNT"), row.pop("TO_COUNT")
            del row["DAYS_BETWEEN"]
            yield {
                **row,
                "ACCOUNT_ID": account,
                "SECONDS": (period.until - period.since).total_seconds(),
                "FOLLOWERS_BEFORE": before,
                "FOLLOWERS": after,
                "CHANGE": after - before,
                "EARLIER_SNAPSHOTS": len(counted) - 1,
            }


#: By mart.
ROWS: Mapping[str, Callable[[History], Iterator[Row]]] = {"account_periods": account_periods}
