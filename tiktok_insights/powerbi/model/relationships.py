"""How the tables belong together: filters go from accounts, users and days to everything about them.

All relationships go one way and none leads from one of the three to another, so no table is reached by two paths.
"""

from collections.abc import Sequence

from tiktok_insights.powerbi.model.dates import date_relationships
from tiktok_insights.powerbi.model.objects import Relationship, Table
from tiktok_insights.tables.definitions import TIKTOK_DATA

#: The table with one row per account, and its key; the same with one row per user.
ACCOUNTS = ("ACCOUNT_COVERAGE", "ACCOUNT_ID")
USERS = (TIKTOK_DATA.name, "TIKTOK_ID")


def relationships(tables: Sequence[Table]) -> tuple[Relationship, ...]:
    """Relate every table that has an account or a user to the table with one row of it, and its day to the dates."""
    by_id = tuple(
        Relationship((table.name, column), one)
        for one in (ACCOUNTS, USERS)
        for table in tables
        for column in (one[1],)
        if table.name != one[0] and any(other.name == column for other in table.columns)
    )
    return by_id + date_relationships()
