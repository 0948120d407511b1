"""Searches the warehouse for people on the suppression list: after a removal, and to verify one. Nothing is changed.

It asks for everyone in every table and mart, so it knows nothing of whom a removal was about. A mart without IDs shows
rows of the others only.
"""

from collections.abc import Iterator

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.schema import COLUMNS, ID_COLUMN
from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.tables.definitions import ALL

#: Snowflake's error number for "does not exist or not authorized".
_MISSING = 2003
_ID, _HANDLE = ID_COLUMN.warehouse or "", COLUMNS[1].warehouse or ""


def found_in_warehouse(session: Session, suppression: SuppressionList) -> list[Cleaned]:
    """Give every table and mart, with the number of rows of people on the list."""
    return [_found(session, name, handle, suppression) for name, handle in _with_people(session)]


def _with_people(session: Session) -> Iterator[tuple[str, str]]:
    """Every table and mart with users, and what says their handle there."""
    namespace = session.namespace
    columns = {namespace.name_of(table): table.names for table in ALL}
    for mart in all_marts():
        columns[f"{namespace.view_schema}.{mart.view}"] = tuple(column.name for column in mart.columns)
    for name, names in columns.items():
        if _ID in names:
            yield name, _HANDLE if _HANDLE in names else "NULL"


def _found(session: Session, name: str, handle: str, suppression: SuppressionList) -> Cleaned:
    statement = f"SELECT {_ID}, {handle} AS HANDLE, COUNT(*) FROM {name} GROUP BY 1, 2"
    try:
        rows = sum(
            int(number)
            for tiktok_id, user_name, number in session.stream(statement)
            if suppression.covers(tiktok_id or "", user_name or "")
        )
    except ProgrammingError as error:
        if error.errno != _MISSING:
            raise
        # No run has made it yet.
        rows = 0
    return Cleaned(name, min(rows, 1), rows)
