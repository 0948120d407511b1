"""From the body of a response to a `Page` or an `Account`: both dialects, bare or wrapped in `data`. Pure functions.

Facts of the two dialects: captured responses of the WEB list (2025) and of the APP list (2026-04); the field names
are in the contract (`schema.COLUMNS`).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from tiktok_insights.schema import ACCEPTED_TEXTS, COLUMNS, Column, ColumnKind
from tiktok_insights.text.quoting import field_name, quoted
from tiktok_insights.tiktok import body_codes, strict_json
from tiktok_insights.tiktok.errors import AccountError, EmptyBodyError, SchemaDriftError, TikTokError
from tiktok_insights.tiktok.json_values import MISSING, ValueShapeError, integer_of, text_of, value_at
from tiktok_insights.tiktok.models import FORGOTTEN, Account, Follower, Page, Parsed, RejectedRow, Value
from tiktok_insights.tiktok.outcomes import Outcome

_API_COLUMNS = tuple(column for column in COLUMNS if column.web)
_REQUIRED = ("tiktok_id", "unique_id")
_COUNTS = tuple(column for column in _API_COLUMNS if column.kind is ColumnKind.COUNT)
_TOTALS = ("followerCount", "followingCount", "heartCount", "videoCount")
#: What is in a stored page in the place of a row that was removed: see `page_rows`. The second had no position.
FORGOTTEN_ROW = {"forgotten": True}
FORGOTTEN_REJECTED_ROW = {"forgotten": True, "rejected": True}
_ACCOUNT_ID = re.compile(r"[0-9]{1,20}")


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


class HasBody(Protocol):
    """A response as received, or as stored."""

    @property
    def body(self) -> bytes:
        """The exact body."""


_Reply = TypeVar("_Reply", bound=HasBody)


def parse(response: _Reply, read: Callable[[Any], Value]) -> Parsed[_Reply, Value]:
    """Parse a response with `read_page` or `read_account`.

    Raises UnreadableBodyError when the body is not whole JSON, and what `read` raises.
    """
    document = strict_json.loads(response.body)
    return Parsed(response, document, read(document))


def read_page(document: Any) -> Page:
    """Read one page of a follower list from its JSON document.

    Raises SchemaDriftError (JSON of an unknown shape), and what the body's own
    status code stands for: AccountError (hidden, private, no such user ...) or TransientError (busy). A page without
    its list that promises more is an EmptyBodyError.
    """
    document = _unwrap(document, WEB.list_key, APP.list_key, WEB.has_more, APP.has_more)
    dialect = _dialect(document)
    if document.get(dialect.list_key) is None:
        raise _no_list(document, dialect)
    rows = document[dialect.list_key]
    has_more = document.get(dialect.has_more)
    if not isinstance(rows, list) or has_more not in (True, False):
        msg = (
            f"{dialect.list_key} is a {type(rows).__name__} and {dialect.has_more} is {quoted(repr(has_more), 80)}, "
            "but a list and a boolean were expected."
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
        total=integer_of(document.get("total")),
        served_at=_moment(value_at(document, "extra.now")),
    )


def read_account(document: Any) -> Account:
    """Read the JSON document of /api/user/info: who the account is, and its totals.

    Raises as `read_page` does.
    """
    document = _unwrap(document, "userInfo")
    info = document.get("userInfo")
    user = info.get("user") if isinstance(info, dict) else None
    if not isinstance(user, dict) or not user.get("id") or not user.get("secUid"):
        found = ", ".join(map(field_name, sorted(document)[:12])) or "nothing"
        msg = f"The account response has no userInfo.user with id and secUid. It has {found}."
        raise SchemaDriftError(msg)
    try:
        account_id = text_of(user["id"], ColumnKind.ID)
        sec_uid, handle = (text_of(user.get(key) or "", ColumnKind.TEXT) for key in ("secUid", "uniqueId"))
    except ValueShapeError as error:
        raise SchemaDriftError(f"In the account response, a field of userInfo.user {error}.") from None
    if not _ACCOUNT_ID.fullmatch(account_id) or account_id == "0":
        raise SchemaDriftError(
            f"The account's ID is {quoted(repr(account_id), 40)}, but must be {ACCEPTED_TEXTS[ColumnKind.ID]}."
        )
    followers, following, hearts, videos = totals = [_total(info, name) for name in _TOTALS]
    # A private account shows neither its videos nor their hearts: the API gives 0 for them.
    is_private = user.get("privateAccount") is True
    return Account(
        account_id=account_id,
        sec_uid=sec_uid,
        handle=handle,
        follower_total=followers[0],
        following_total=following[0],
        heart_total=(hearts[0] or None) if is_private else hearts[0],
        video_total=(videos[0] or None) if is_private else videos[0],
        totals_are_exact=all(is_exact for total, is_exact in totals if total is not None),
    )


def _total(info: Any, name: str) -> tuple[int | None, bool]:
    """One of the account's counts, and whether it is exact: `stats` is rounded, and negative where it overflows."""
    for path, is_exact in (("statsV2", True), ("stats", False)):
        total = integer_of(value_at(info, f"{path}.{name}"))
        if total is not None and total >= 0:
            return total, is_exact
    return None, False


def _unwrap(document: Any, *known: str) -> dict[str, Any]:
    """The object that has one of the known keys: the document, or what it wraps in `data`. Checks the status codes."""
    if not isinstance(document, dict):
        msg = f"The response is a JSON {type(document).__name__}, but an object was expected."
        raise SchemaDriftError(msg)
    body_codes.check(document)
    inner = document.get("data")
    if isinstance(inner, dict) and not any(key in document for key in known):
        body_codes.check(inner)
        return inner
    return document


def _dialect(document: dict[str, Any]) -> Dialect:
    """The dialect whose list is there, or else (a hidden list) whose page fields are."""
    listed = [dialect for dialect in (WEB, APP) if document.get(dialect.list_key) is not None]
    named = [dialect for dialect in (WEB, APP) if dialect.has_more in document]
    return (listed or named or [WEB])[0]


def _no_list(document: dict[str, Any], dialect: Dialect) -> TikTokError:
    """What it means that there is no list: only a page that promises no more hides it."""
    has_more = document.get(dialect.has_more)
    if has_more not in (True, False):
        found = ", ".join(map(field_name, sorted(document)[:12])) or "nothing"
        msg = f"The response has neither userList nor followers. It has {found}. It was not used."
        return SchemaDriftError(msg)
    if has_more:
        return EmptyBodyError(
            f"The response has no list, although its {dialect.has_more} says there is more. It was not used."
        )
    return AccountError("The account hides its follower list: the response has no list.", Outcome.HIDDEN)


def _read_rows(rows: list[Any], dialect: Dialect) -> tuple[list[Follower], list[RejectedRow], int]:
    followers, rejected, dummies = [], [], 0
    for position, row in enumerate(rows):
        if row in (FORGOTTEN_ROW, FORGOTTEN_REJECTED_ROW):
            followers += [FORGOTTEN] if row == FORGOTTEN_ROW else []
            continue
        try:
            follower = _read_row(row, dialect)
        except ValueShapeError as error:
            rejected.append(RejectedRow(position, str(error), json.dumps(row, ensure_ascii=True)))
            continue
        if follower.tiktok_id == "0":
            dummies += 1
        else:
            followers.append(follower)
    return followers, rejected, dummies


def _read_row(row: Any, dialect: Dialect) -> Follower:
    if not isinstance(row, dict):
        msg = f"the row is a JSON {type(row).__name__}, but an object was expected"
        raise ValueShapeError(msg)
    texts = {column.attribute: _field(row, column, dialect) for column in _API_COLUMNS}
    if texts["tiktok_id"] != "0" and not any(texts[column.attribute] for column in _COUNTS):
        msg = f"{dialect.paths(_COUNTS[0])[0]} and all other counts are missing"
        raise ValueShapeError(msg)
    exact = all(value_at(row, column.web[0]) not in (MISSING, None) for column in _COUNTS)
    return Follower(**texts, counts_exact="true" if exact else "false")


def _field(row: dict[str, Any], column: Column, dialect: Dialect) -> str:
    paths = dialect.paths(column)
    found = [value for value in (value_at(row, path) for path in paths) if value is not MISSING]
    given = [value for value in found if value is not None]
    if column.attribute in _REQUIRED and not given:
        raise ValueShapeError(f"{paths[0]} is missing")
    if not given:
        return ""
    try:
        if column.kind is ColumnKind.BOOLEAN and dialect is APP:
            # Two fields stand for one fact there, the text ones by being non-empty.
            return "true" if any(given) else "false"
        return text_of(given[0], column.kind)
    except ValueShapeError as error:
        raise ValueShapeError(f"{paths[0]} {error}") from None


def _moment(milliseconds: Any) -> datetime | None:
    """The time that so many milliseconds of Unix time are; None for what is no time: a page does without."""
    number = integer_of(milliseconds)
    try:
        return datetime.fromtimestamp(number / 1_000, UTC) if number else None
    except (ValueError, OverflowError, OSError):
        return None


def _cursor(value: Any, dialect: Dialect) -> int | None:
    number = integer_of(value)
    if number is None and value is not None:
        msg = f"{dialect.cursor} is {quoted(repr(value), 80)}, but Unix seconds were expected."
        raise SchemaDriftError(msg)
    return number if number is not None and number > 0 else None
