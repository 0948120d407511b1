"""The table of faults: what each kind does, in one line, and which requests it usually strikes.

Here: names, descriptions, usual schedules. Not here: the changes themselves (`responses`, `pages`, `rows`, `reply`).
The place of a kind in the table is part of the ids of accounts that carry it: a new kind goes to the end of its part,
and moves the ids of those after it.
"""

import dataclasses
from types import MappingProxyType

from tiktok_insights.local.fake_api import messages
from tiktok_insights.local.fake_api.faults import pages, reply, rows
from tiktok_insights.local.fake_api.faults import responses as answers
from tiktok_insights.local.fake_api.faults.reply import Change, honest
from tiktok_insights.local.fake_api.faults.schedule import Schedule

_FROM_PAGE_1 = Schedule()
_FROM_THE_LOOK_UP = Schedule(first_page=0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """One kind. `usual` holds where a fault's own schedule says nothing; `delay_ms` is None where time plays no part.

    `lists_only`: the look-up of an account is never struck, because there is nothing to bend in it.
    """

    description: str
    change: Change
    usual: Schedule = _FROM_PAGE_1
    delay_ms: int | None = None
    lists_only: bool = False


def _answer(description: str, change: Change, delay_ms: int | None = None) -> FaultKind:
    return FaultKind(description=description, change=change, delay_ms=delay_ms)


def _page(description: str, edit: pages.Edit, usual: Schedule = _FROM_PAGE_1) -> FaultKind:
    return FaultKind(description=description, change=pages.page(edit), usual=usual, lists_only=True)


def _state(description: str, change: Change, *, look_up: bool) -> FaultKind:
    usual = _FROM_THE_LOOK_UP if look_up else _FROM_PAGE_1
    return FaultKind(description=description, change=change, usual=usual, lists_only=not look_up)


def _clock(description: str) -> FaultKind:
    return FaultKind(description=description, change=honest, usual=Schedule(first_page=2, times=1), lists_only=True)


ARRIVES, LEAVES = "follower-arrives", "follower-leaves"
"""The kinds that change nothing but the virtual clock."""

STATES: dict[str, FaultKind] = {
    "hidden": _state(
        "the account hides its list: a WEB page without a list, or APP code 2096", answers.hidden, look_up=False
    ),
    "private": _state(
        "the account is private: flagged in its profile, and its list returns 10222", answers.private, look_up=True
    ),
    "banned": _state("the account is banned: everything returns 10221", answers.body_code(10221), look_up=True),
    "not-found": _state("there is no such account: everything returns 10202", answers.body_code(10202), look_up=True),
    "under-age": _state(
        "the account belongs to a minor: its profile is returned, but its list returns 10223",
        answers.body_code(10223),
        look_up=False,
    ),
    "audience-controls": _state(
        "audience controls: the profile is returned, but the list returns 209002",
        answers.body_code(209002),
        look_up=False,
    ),
}
"""States of an account; each is an option of a handle by itself."""

_STATUSES: dict[str, FaultKind] = {
    "401-invalid-key": _answer("401: the key is invalid", answers.refused(401, messages.INVALID_KEY)),
    "403-invalid-key": _answer("403: the key is invalid", answers.refused(403, messages.INVALID_KEY)),
    "401-disabled": _answer("401: the plan does not include the endpoint", answers.refused(401, messages.DISABLED)),
    "403-not-subscribed": _answer("403: not subscribed", answers.refused(403, messages.NOT_SUBSCRIBED)),
    "404": _answer("404: no such path", answers.missing),
    "429-monthly-quota": _answer("429: no requests left this month", answers.quota_spent("MONTHLY")),
    "429-monthly-quota-bare": _answer(
        "429: no requests left this month, without quota headers", answers.quota_spent("MONTHLY", bare=True)
    ),
    "429-daily-quota": _answer("429: no requests left until midnight UTC", answers.quota_spent("DAILY")),
    "429-daily-quota-bare": _answer(
        "429: no requests left until midnight UTC, without quota headers", answers.quota_spent("DAILY", bare=True)
    ),
    "429-burst": _answer("429: too many requests, with quota left", answers.too_fast(messages.BURST)),
    "429-burst-bare": _answer(
        "429: too many requests, without quota headers", answers.too_fast(messages.BURST, bare=True)
    ),
    "429-too-many-requests": _answer(
        "429: too many requests, with a different message", answers.too_fast(messages.TOO_MANY)
    ),
    "429-retry-after-seconds": _answer(
        "429: too many requests, with Retry-After in seconds (delay_ms)", answers.too_fast_until(as_date=False), 1_000
    ),
    "429-retry-after-date": _answer(
        "429: too many requests, with Retry-After as an HTTP date (delay_ms from now)",
        answers.too_fast_until(as_date=True),
        2_000,
    ),
    "502": _answer("502: the API behind the gateway is unreachable", answers.unreachable(502)),
    "503": _answer("503: the API behind the gateway is unreachable", answers.unreachable(503)),
    "504": _answer("504: the API behind the gateway is unreachable", answers.unreachable(504)),
    "500-html": _answer("500: an HTML error page", answers.html(500, "Internal Server Error")),
    "204": _answer("204: no content", answers.constant(b"", 204)),
    "empty-body": _answer("200 with an empty body", answers.constant(b"")),
    "tiny-body": _answer("200 with the body {}", answers.constant(b"{}")),
    "truncated-json": _answer("200 with the first half of the correct body", answers.truncated),
    "html": _answer("200 with an HTML page", answers.html(200, "Please verify you are human")),
}
_CODES: dict[str, FaultKind] = {
    f"code-{code}{suffix}": _answer(
        f"200 with the code {code} in its body as {spelling}: {meaning}",
        answers.body_code(code, as_text=bool(suffix)),
    )
    for code, meaning in answers.CODES.items()
    for suffix, spelling in (("", "a number"), ("-text", "text"))
}
_PAGES: dict[str, FaultKind] = {
    "empty-page": _page("no rows, but a cursor to more", pages.empty_page),
    "cursor-stuck": _page("the cursor leads to the same page again", pages.cursor_stuck),
    "cursor-cycles": _page("the cursor leads to the first page again", pages.cursor_cycles, Schedule(first_page=3)),
    "cursor-back": _page("the cursor leads to an hour before the page", pages.cursor_back, Schedule(first_page=2)),
    "cursor-minus-one": _page("more rows announced, but the cursor is -1", pages.cursor(-1)),
    "cursor-zero": _page("more rows announced, but the cursor is 0", pages.cursor(0)),
    "cursor-absent": _page("more rows announced, but no cursor", pages.cursor_absent),
    "cursor-null": _page("more rows announced, but the cursor is null", pages.cursor(None)),
    "cursor-text": _page("more rows announced, but the cursor is not a number", pages.cursor("next-page")),
    "list-absent": _page("the list's key is missing", pages.list_absent),
    "list-null": _page("the list is null", pages.list_null),
    "null-rows": _page("the first row and every third after it is null", pages.null_rows),
    "ends-early": _page("the end of the list announced too early", pages.ends_early),
    "total-absent": _page("the page has no total", pages.total_absent),
    "total-zero": _page("the total is 0", pages.total(lambda _: 0)),
    "total-low": _page("the total is half of the true total", pages.total(lambda total: total // 2)),
    "total-high": _page("the total is twice the true total", pages.total(lambda total: total * 2)),
}
_ROWS: dict[str, FaultKind] = {
    name: _answer(description, change)
    for name, description, change in (
        ("id-integer", "IDs are JSON integers", rows.text_of_ids(rb'"\1":\2')),
        ("id-float", "IDs are JSON numbers ending in .0", rows.text_of_ids(rb'"\1":\2.0')),
        ("id-exponent", "IDs went through a float: 7.42e+18", rows.every_row(rows.field("id", rows.through_float))),
        ("id-twice", "rows have the ID's key twice, first with the value 1", rows.text_of_ids(rb'"\1":"1","\1":"\2"')),
        ("id-absent", "some rows have no ID", rows.some_rows(rows.field_absent("id"))),
        ("unique-id-absent", "some rows have no handle", rows.some_rows(rows.field_absent("uniqueId"))),
        ("user-absent", "some rows have only counts", rows.some_rows(rows.user_absent)),
        ("nickname-null", "some nicknames are null", rows.some_rows(rows.field("nickname", lambda _: None))),
        ("nickname-absent", "some rows have no nickname", rows.some_rows(rows.field_absent("nickname"))),
        (
            "nickname-nul",
            "some nicknames contain a NUL",
            rows.some_rows(rows.field("nickname", lambda name: f"a\0{name}")),
        ),
        (
            "nickname-surrogate",
            "some nicknames contain half of a surrogate pair",
            rows.some_rows(rows.field("nickname", lambda name: f"{name}\ud83d")),
        ),
        ("exact-counts-absent", "some rows have no statsV2 (WEB)", rows.some_rows(rows.exact_counts_absent)),
        ("counts-absent", "some rows have no counts at all", rows.some_rows(rows.counts_absent)),
        ("negative-hearts", "some rows have -977433948 likes", rows.some_rows(rows.negative_hearts)),
        ("odd-counts", 'some rows have counts like "12k"', rows.some_rows(rows.odd_counts)),
        ("nan", "some follower counts are NaN, which is not JSON", rows.some_rows(rows.not_a_number)),
        ("new-fields", "rows have unknown fields", rows.every_row(rows.new_fields)),
    )
}
_CONNECTION: dict[str, FaultKind] = {
    "slow": _answer("the correct response, late (delay_ms)", reply.slow, 1_000),
    "stalled": _answer("the correct response, later than any timeout (delay_ms)", reply.slow, 120_000),
    "connection-reset": _answer("no response: the connection is reset", reply.reset),
    "short-body": _answer("the connection ends in the middle of the body", reply.short),
    ARRIVES: _clock("before this page, the clock moves to the next new follower; pages are correct"),
    LEAVES: _clock(
        "before this page, the clock moves to the next unfollow, past some new followers; pages are correct"
    ),
}
KINDS: MappingProxyType[str, FaultKind] = MappingProxyType(
    {**STATES, **_STATUSES, **_CODES, **_PAGES, **_ROWS, **_CONNECTION}
)
"""Name -> kind."""
