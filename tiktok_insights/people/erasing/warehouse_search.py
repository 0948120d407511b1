"""Searches the warehouse for people on the suppression list: around a removal, and to verify one. Nothing is changed.

It asks for everyone in every table and mart, so it knows nothing of whom a removal was about. A mart without IDs shows
rows of the others only.
"""

from collections.abc import Collection, Iterator

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.person import Person
from tiktok_insights.schema import COLUMNS, ID_COLUMN
from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.tables.definitions import ALL

#: Snowflake's error number for "does not exist or not authorized".
_MISSING = 2003
_ID, _HANDLE = ID_COLUMN.warehouse or "", COLUMNS[1].warehouse or ""


def found_in_warehouse(session: Session, suppression: SuppressionList) -> list[Cleaned]:
    """Give every table and mart, with the number of rows of people on the list."""
    return [_found(session, name, handle, suppression) for name, handle in _with_people(session)]


def people_in_warehouse(session: Session, suppression: SuppressionList) -> list[Person]:
    """Give everyone on the list who is in a table, with the handles there."""
    handles: dict[str, set[str]] = {}
    for name, handle in _tables(session) if suppression else ():
        for tiktok_id, user_name, _ in _covered(session, name, handle, suppression):
            handles.setdefault(tiktok_id, set()).update({user_name} - {""})
    return [Person(tiktok_id, frozenset(found)) for tiktok_id, found in sorted(handles.items())]


def _with_people(session: Session) -> Iterator[tuple[str, str]]:
    """Every table and mart with users, and what says their handle there."""
    yield from _tables(session)
    for mart in all_marts():
        name = f"{session.namespace.view_schema}.{mart.view}"
        yield from _with_handle(name, [column.name for column in mart.columns])


def _tables(session: Session) -> Iterator[tuple[str, str]]:
    for table in ALL:
        yield from _with_handle(session.namespace.name_of(table), table.names)


def _with_handle(name: str, columns: Collection[str]) -> Iterator[tuple[str, str]]:
    if _ID in columns:
        yield name, _HANDLE if _HANDLE in columns else "NULL"


def _found(session: Session, name: str, handle: str, suppression: SuppressionList) -> Cleaned:
    rows = sum(number for *_, number in _covered(session, name, handle, suppression))
    return Cleaned(name, min(rows, 1), rows)


def _covered(session: Session, name: str, handle: str, suppression: SuppressionList) -> Iterator[tuple[str, str, int]]:
    """ID, handle and number of rows of everyone on the list; of a table or mart that no run has made yet, nothing."""
    try:
        for tiktok_id, user_name, rows in session.stream(
            f"SELECT {_ID}, {handle} AS HANDLE, COUNT(*) FROM {name} GROUP BY 1, 2"
        ):
            if suppression.covers(tiktok_id or "", user_name or ""):
                yield tiktok_id or "", user_name or "", int(rows)
    except ProgrammingError as error:
        if error.errno != _MISSING:
            raise
