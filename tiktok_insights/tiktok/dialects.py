"""From the body of an answer to a `Page` or an `Account`: both dialects, bare or wrapped in `data`. Pure functions.

Facts of the two dialects: captured responses of the WEB list (2025) and of the APP list (2026-04); the field names
stand in the contract (`schema.COLUMNS`).
"""

import json
from dataclasses import dataclass
from typing import Any

from tiktok_insights.schema import COLUMNS, Column, Kind
from tiktok_insights.tiktok import body_codes, strict_json
from tiktok_insights.tiktok.errors import AccountError, Outcome, SchemaDriftError
from tiktok_insights.tiktok.models import Account, Follower, Page, RejectedRow

_API_COLUMNS = tuple(column for column in COLUMNS if column.web)
_REQUIRED = ("tiktok_id", "unique_id")
_NO_CURSOR = (None, -1, 0)
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Dialect:
    """The names under which one of the API's two backends gives a page."""

    name: str
    list_key: str
    has_more: str
    cursor: str

    def paths(self, column: Column) -> tuple[str, ...]:
        """Where a row of this dialect has the column, best first."""
        return column.web if self is WEB else column.app


WEB = Dialect("web", "userList", "hasMore", "minCursor")
APP = Dialect("app", "followers", "has_more", "min_time")


class _RowError(ValueError):
    """A row is not a follower of a shape we know; the message says which field and why."""


def parse_page(body: bytes) -> Page:
    """Read one page of a follower list.

    Raises UnreadableBodyError (not whole JSON), SchemaDriftError (JSON of an unknown shape), and what the body's own
    status code stands for: AccountError (hidden, private, no such user ...) or TransientError (busy).
    """
    document = _unwrap(strict_json.loads(body), WEB.list_key, APP.list_key, WEB.has_more, APP.has_more)
    dialect = APP if APP.list_key in document or APP.has_more in document else WEB
    if document.get(dialect.list_key) is None:
        if dialect.has_more not in document:
            found = ", ".join(sorted(document)[:12]) or "nothing"
            msg = f"The answer has neither userList nor followers; it has {found}. Nothing of it was used."
            raise SchemaDriftError(msg)
        msg = "The account hides its follower list: the answer has no list. Nothing can be fetched for it."
        raise AccountError(msg, Outcome.HIDDEN)
    rows = document[dialect.list_key]
    has_more = document.get(dialect.has_more)
    if not isinstance(rows, list) or has_more not in (True, False):
        msg = (
            f"{dialect.list_key} is a {type(rows).__name__} and {dialect.has_more} is {has_more!r}; "
            "a list and a boolean were expected."
        )
        raise SchemaDriftError(msg)
    followers, rejected, dummies = _read_rows(rows, dialect)
    return Page(
        dialect=dialect.name,
        followers=tuple(followers),
        rejected=tuple(rejected),
        dummies=dummies,
        has_more=bool(has_more),
        next_cursor=_cursor(document.get(dialect.cursor), dialect),
        total=_integer(document.get("total")),
    )


def parse_account(body: bytes) -> Account:
    """Read the answer of /api/user/info: who the account is, and its exact follower total.

    Raises as `parse_page` does.
    """
    document = _unwrap(strict_json.loads(body), "userInfo")
    info = document.get("userInfo")
    user = info.get("user") if isinstance(info, dict) else None
    if not isinstance(user, dict) or not user.get("id") or not user.get("secUid"):
        found = ", ".join(sorted(document)[:12]) or "nothing"
        msg = f"The answer about the account has no userInfo.user with id and secUid; it has {found}."
        raise SchemaDriftError(msg)
    totals = [_integer(_at(info, path)) for path in ("statsV2.followerCount", "stats.followerCount")]
    known = [total for total in totals if total is not None and total >= 0]
    return Account(
        account_id=_text(user["id"], Kind.ID),
        sec_uid=_text(user["secUid"], Kind.TEXT),
        handle=_text(user.get("uniqueId", ""), Kind.TEXT),
        follower_total=known[0] if known else None,
    )


def _unwrap(document: Any, *known: str) -> dict[str, Any]:
    """The object that has one of the known keys: the document, or what it wraps in `data`. Checks the status codes."""
    if not isinstance(document, dict):
        msg = f"The answer is a JSON {type(document).__name__}; an object was expected."
        raise SchemaDriftError(msg)
    body_codes.check(document)
    inner = document.get("data")
    if isinstance(inner, dict) and not any(key in document for key in known):
        body_codes.check(inner)
        return inner
    return document


def _read_rows(rows: list[Any], dialect: Dialect) -> tuple[list[Follower], list[RejectedRow], int]:
    followers, rejected, dummies = [], [], 0
    for position, row in enumerate(rows):
        try:
            follower = _read_row(row, dialect)
        except _RowError as error:
            rejected.append(RejectedRow(position, str(error), json.dumps(row, ensure_ascii=True)))
            continue
        if follower.tiktok_id == "0":
            dummies += 1
        else:
            followers.append(follower)
    return followers, rejected, dummies


def _read_row(row: Any, dialect: Dialect) -> Follower:
    if not isinstance(row, dict):
        msg = f"the row is a JSON {type(row).__name__}; an object was expected"
        raise _RowError(msg)
    texts = {column.attribute: _field(row, column, dialect) for column in _API_COLUMNS}
    exact = all(_at(row, column.web[0]) is not _MISSING for column in _API_COLUMNS if column.kind is Kind.COUNT)
    return Follower(**texts, counts_exact="true" if exact else "false")


def _field(row: dict[str, Any], column: Column, dialect: Dialect) -> str:
    paths = dialect.paths(column)
    found = [value for value in (_at(row, path) for path in paths) if value is not _MISSING]
    given = [value for value in found if value is not None]
    if column.attribute in _REQUIRED and not given:
        msg = f"{paths[0]} is missing"
        raise _RowError(msg)
    if not given:
        return ""
    try:
        if column.kind is Kind.BOOLEAN and dialect is APP:
            # Two fields stand for one fact there, the text ones by being non-empty.
            return "true" if any(given) else "false"
        return _text(given[0], column.kind)
    except _RowError as error:
        msg = f"{paths[0]} {error}"
        raise _RowError(msg) from None


def _text(value: Any, kind: Kind) -> str:
    if isinstance(value, bool):
        if kind is Kind.BOOLEAN:
            return "true" if value else "false"
    elif isinstance(value, strict_json.DecimalText):
        if kind is Kind.COUNT:
            return str(value)
    elif isinstance(value, str):
        return value
    elif isinstance(value, int) and kind is not Kind.TEXT:
        return str(value)
    msg = f"is {json.dumps(value, ensure_ascii=True)[:80]}, which is no {kind.value}"
    raise _RowError(msg)


def _at(row: Any, path: str) -> Any:
    """The value at a dotted path (a number is a place in a list), or _MISSING."""
    for step in path.split("."):
        if isinstance(row, dict) and step in row:
            row = row[step]
        elif isinstance(row, list) and step.isdigit() and int(step) < len(row):
            row = row[int(step)]
        else:
            return _MISSING
    return row


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    return None


def _cursor(value: Any, dialect: Dialect) -> int | None:
    number = _integer(value)
    if number is None and value is not None:
        msg = f"{dialect.cursor} is {value!r}; unix seconds were expected."
        raise SchemaDriftError(msg)
    return None if number in _NO_CURSOR else number
