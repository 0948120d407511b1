"""What the source's responses mean, as values: an account, a follower, a page."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

#: A response with a body, as received or as stored.
Reply = TypeVar("Reply")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Account:
    """A TikTok account whose followers are asked for. The totals are the API's own counts, None where it gives none.

    `totals_are_exact` says that none of them is rounded.
    """

    account_id: str
    sec_uid: str
    handle: str
    follower_total: int | None
    following_total: int | None = None
    heart_total: int | None = None
    video_total: int | None = None
    totals_are_exact: bool = True


@dataclass(frozen=True, slots=True)
class Follower:
    """One row of a list, as the texts that go into the CSV ('' for none).

    The parser settles the shape only; whether a text is a value of its column is judged once, in staging.
    """

    tiktok_id: str
    unique_id: str
    nickname: str
    avatar_larger: str
    avatar_medium: str
    avatar_thumb: str
    account_verified: str
    private_account: str
    followers_count: str
    following_count: str
    video_count: str
    heart_count: str
    friends_count: str
    digg_count: str
    counts_exact: str


#: The place of a user who was removed from a stored page: counted and numbered like any other, and known no more.
#: No row that is read has such a text in its last column.
FORGOTTEN = replace(Follower(*[""] * len(fields(Follower))), counts_exact="forgotten")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row of a page that is not a follower of a shape we know: its place in the page (from 0), why, and its JSON."""

    position: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `followers` has FORGOTTEN in the place of each user who was removed from the stored page.

    `next_cursor` is in unix seconds, None where the API gives no place to go on. `total` is the length of the whole
    list as the API claims it. `dummies` counts the placeholder rows (id 0) that were dropped. `served_at` is the time
    of the API's own clock, UTC, if the page has it.
    """

    dialect: str
    followers: tuple[Follower, ...]
    rejected: tuple[RejectedRow, ...]
    dummies: int
    has_more: bool
    next_cursor: int | None
    total: int | None
    served_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """The plan's request quota as the last answer's headers told it; `reset_seconds` until it is filled up again."""

    limit: int | None
    remaining: int | None
    reset_seconds: int | None


@dataclass(frozen=True, slots=True)
class Response:
    """A good answer as received: the exact body and the facts about the request (never the key).

    `fetched_at` is UTC; `requests` counts the attempts that it took, each of which the plan counts.
    """

    path: str
    parameters: dict[str, str]
    body: bytes
    fetched_at: datetime
    requests: int
    quota: Quota


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Reply, Value]):
    """A response, parsed once: its JSON document, and the account or page that it means."""

    response: Reply
    document: Any
    value: Value
