"""Who a person is in the data: an ID, and the handles under which the ID was seen."""

import re
from dataclasses import dataclass

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.suppression import is_id

#: Digits from which on a number is hardly anything else than an ID.
_LONG = 10
#: Snowflake's error number for "does not exist or not authorized".
_MISSING = 2003
_SEEN = (
    "SELECT DISTINCT TIKTOK_ID, USER_NAME FROM {table} WHERE {condition} AND USER_NAME IS NOT NULL "
    "ORDER BY TIKTOK_ID, USER_NAME"
)
_TABLES = ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS")


class UnknownPersonError(ValueError):
    """A handle belongs to no user in the tables, or to several."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user or an account. A handle can have been another person's, so it alone proves nothing."""

    id: str
    handles: frozenset[str]

    def is_row(self, tiktok_id: str, handle: str) -> bool:
        """Say whether a row is about the person: by its ID, or by its handle where what it has is no ID."""
        return tiktok_id == self.id or (not is_id(tiktok_id) and handle in self.handles)

    def is_mentioned_in(self, text: str) -> bool:
        """Say whether a text has the ID, and not only as a part of another one. A short one may be any number."""
        quotes = "" if len(self.id) >= _LONG else '"'
        return re.search(rf"(?<![0-9]){quotes}{self.id}{quotes}(?![0-9])", text) is not None


def find_person(session: Session, reference: str) -> Person:
    """Find the person with an ID or a handle. Raises UnknownPersonError for a handle that names no single user.

    An ID that no table has may still be in the bucket.
    """
    reference = reference.strip().removeprefix("@")
    if is_id(reference):
        return Person(reference, frozenset(handle for _, handle in _seen(session, "TIKTOK_ID = ?", reference)))
    ids = sorted({tiktok_id for tiktok_id, _ in _seen(session, "LOWER(USER_NAME) = LOWER(?)", reference)})
    if len(ids) != 1:
        whose = f"belongs to {len(ids)} users: {', '.join(ids)}" if ids else "is in no table"
        raise UnknownPersonError(f"The handle {reference} {whose}. Use --person with the ID.")
    return find_person(session, ids[0])


def _seen(session: Session, condition: str, value: str) -> set[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    for table in _TABLES:
        try:
            seen |= {(row[0], row[1]) for row in session.query(_SEEN.format(table=table, condition=condition), [value])}
        except ProgrammingError as error:
            if error.errno != _MISSING:
                raise
    return seen
