"""How an extraction ends for every kind of fault: literal numbers and words, one line for each place that matters.

The account has 100 followers: four pages, five requests with the look-up. The client tries three times.
"""

from dataclasses import dataclass

from tiktok_insights.local.fake_api.faults.fault import fault_named
from tiktok_insights.tiktok.outcomes import Outcome

WHOLE, PARTIAL = Outcome.WHOLE, Outcome.PARTIAL
HIDDEN, PRIVATE, BANNED, NOT_FOUND = Outcome.HIDDEN, Outcome.PRIVATE, Outcome.BANNED, Outcome.NOT_FOUND
EMPTY_UPSTREAM, RISK_CONTROL, SCHEMA_DRIFT = Outcome.EMPTY_UPSTREAM, Outcome.RISK_CONTROL, Outcome.SCHEMA_DRIFT
UNFINISHED, DEFERRED, REFUSED = Outcome.UNFINISHED, Outcome.DEFERRED, Outcome.REFUSED


@dataclass(frozen=True)
class Expected:
    """What one fault brings about: the run's outcome, users and pages stored, requests spent, words that people read.

    `then` is how many requests the next run spends, when the fault is gone.
    """

    fault: str
    outcome: Outcome
    users: int
    pages: int
    requests: int
    says: str
    then: int

    @property
    def handle(self) -> str:
        """The account that carries the fault."""
        return f"fake.100.full.fault-{self.fault}"

    @property
    def kind(self) -> str:
        """The kind of the fault."""
        return fault_named(self.fault).kind

    @property
    def patience(self) -> float:
        """For how many seconds the client waits for an answer: not for long where there will be none."""
        return 0.5 if self.kind in ("slow", "stalled") else 10.0


FAULTS = (
    Expected("hidden-x1", HIDDEN, 0, 0, 2, "page 1: The account hides its follower list: the answer has no list", 0),
    Expected("hidden-p3-x1", PARTIAL, 60, 2, 4, "the list was hidden in the middle of the walk", 0),
    Expected(
        "private-x2",
        PRIVATE,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10222 (private account): the account is private",
        0,
    ),
    Expected(
        "private-p3-x1",
        PRIVATE,
        60,
        2,
        4,
        "page 3: The API answered statusCode 10222 (private account): the account is private",
        0,
    ),
    Expected("banned-x1", BANNED, 0, 0, 1, "The API answered statusCode 10221 (user banned): the account is banned", 5),
    Expected(
        "banned-p3-x1",
        BANNED,
        60,
        2,
        4,
        "page 3: The API answered statusCode 10221 (user banned): the account is banned",
        0,
    ),
    Expected("not-found-x1", NOT_FOUND, 0, 0, 1, "The API answered statusCode 10202 (no such user): no such user", 5),
    Expected(
        "not-found-p3-x1",
        NOT_FOUND,
        60,
        2,
        4,
        "page 3: The API answered statusCode 10202 (no such user): no such user",
        2,
    ),
    Expected(
        "under-age-x1",
        HIDDEN,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10223 (underage user): the account belongs to a minor",
        0,
    ),
    Expected("under-age-p3-x1", PARTIAL, 60, 2, 4, "the list was hidden in the middle of the walk", 0),
    Expected(
        "audience-controls-x1",
        HIDDEN,
        0,
        0,
        2,
        "page 1: The API answered statusCode 209002 (audience controls): the account's audience controls hide its list",
        0,
    ),
    Expected("audience-controls-p3-x1", PARTIAL, 60, 2, 4, "the list was hidden in the middle of the walk", 0),
    Expected("401-invalid-key-p2-x1", REFUSED, 30, 1, 3, "Invalid API key. Go to", 3),
    Expected("403-invalid-key-p2-x1", REFUSED, 30, 1, 3, "Invalid API key. Go to", 3),
    Expected("401-disabled-p2-x1", REFUSED, 30, 1, 3, "This endpoint is disabled for your subscription", 3),
    Expected("403-not-subscribed-p2-x1", REFUSED, 30, 1, 3, "You are not subscribed to this API", 3),
    Expected("404-p2-x1", REFUSED, 30, 1, 3, "/api/user/followers answered 404", 3),
    Expected(
        "429-monthly-quota-p2-x1", DEFERRED, 30, 1, 3, "The plan's requests are spent. They come back in 2678400 s", 3
    ),
    Expected("429-monthly-quota-bare-p2-x1", DEFERRED, 30, 1, 3, "The plan's requests are spent.", 3),
    Expected(
        "429-daily-quota-p2-x1", DEFERRED, 30, 1, 3, "The plan's requests are spent. They come back in 86400 s", 3
    ),
    Expected("429-daily-quota-bare-p2-x1", DEFERRED, 30, 1, 3, "The plan's requests are spent.", 3),
    Expected("429-burst-p2-x3", UNFINISHED, 30, 1, 5, "page 2: /api/user/followers answered 429", 3),
    Expected("429-burst-bare-p2-x3", UNFINISHED, 30, 1, 5, "page 2: /api/user/followers answered 429", 3),
    Expected("429-too-many-requests-p2-x3", UNFINISHED, 30, 1, 5, "page 2: /api/user/followers answered 429", 3),
    Expected("429-retry-after-seconds-p2-x1", WHOLE, 100, 4, 6, "the API said that the list ends", 0),
    Expected("429-retry-after-date-p2-x1", WHOLE, 100, 4, 6, "the API said that the list ends", 0),
    Expected("502-p2-x3", UNFINISHED, 30, 1, 5, "page 2: /api/user/followers answered 502", 3),
    Expected("503-p2-x3", UNFINISHED, 30, 1, 5, "page 2: /api/user/followers answered 503", 3),
    Expected("504-p2-x3", UNFINISHED, 30, 1, 5, "page 2: /api/user/followers answered 504", 3),
    Expected("500-html-p2-x3", UNFINISHED, 30, 1, 5, "page 2: /api/user/followers answered 500", 3),
    Expected("204-p2-x3", EMPTY_UPSTREAM, 30, 1, 5, "page 2: /api/user/followers answered 204 with an empty body", 3),
    Expected(
        "empty-body-p2-x3", EMPTY_UPSTREAM, 30, 1, 5, "page 2: /api/user/followers answered 200 with an empty body", 3
    ),
    Expected(
        "tiny-body-p2-x3", EMPTY_UPSTREAM, 30, 1, 5, "page 2: /api/user/followers answered 200 with an empty body", 3
    ),
    Expected("truncated-json-p2-x3", UNFINISHED, 30, 1, 5, "(Unterminated string starting at", 3),
    Expected("html-p2-x3", UNFINISHED, 30, 1, 5, "it begins '<!DOCTYPE html>", 3),
    Expected(
        "code-10000-x1",
        RISK_CONTROL,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10000 (captcha required): the API asks for a captcha",
        4,
    ),
    Expected(
        "code-10000-text-p2-x1",
        RISK_CONTROL,
        30,
        1,
        3,
        "page 2: The API answered statusCode 10000 (captcha required): the API asks for a captcha",
        3,
    ),
    Expected(
        "code-10101-p2-x3",
        UNFINISHED,
        30,
        1,
        5,
        "page 2: The API answered statusCode 10101 (server error): server error",
        3,
    ),
    Expected(
        "code-10101-text-p2-x3",
        UNFINISHED,
        30,
        1,
        5,
        "page 2: The API answered statusCode 10101 (server error): server error",
        3,
    ),
    Expected(
        "code-10102-x1",
        RISK_CONTROL,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10102 (login required): the API asks for a login",
        4,
    ),
    Expected(
        "code-10102-text-p2-x1",
        RISK_CONTROL,
        30,
        1,
        3,
        "page 2: The API answered statusCode 10102 (login required): the API asks for a login",
        3,
    ),
    Expected(
        "code-10111-p2-x3",
        UNFINISHED,
        30,
        1,
        5,
        "page 2: The API answered statusCode 10111 (network error): network error",
        3,
    ),
    Expected(
        "code-10111-text-p2-x3",
        UNFINISHED,
        30,
        1,
        5,
        "page 2: The API answered statusCode 10111 (network error): network error",
        3,
    ),
    Expected(
        "code-10113-x1",
        RISK_CONTROL,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10113 (blocked): the API blocks this request",
        4,
    ),
    Expected(
        "code-10113-text-p2-x1",
        RISK_CONTROL,
        30,
        1,
        3,
        "page 2: The API answered statusCode 10113 (blocked): the API blocks this request",
        3,
    ),
    Expected(
        "code-10114-x1",
        RISK_CONTROL,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10114 (blocked): the API blocks this request",
        4,
    ),
    Expected(
        "code-10114-text-p2-x1",
        RISK_CONTROL,
        30,
        1,
        3,
        "page 2: The API answered statusCode 10114 (blocked): the API blocks this request",
        3,
    ),
    Expected(
        "code-10201-x1",
        SCHEMA_DRIFT,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10201 (bad parameter): the API does not take our parameters",
        4,
    ),
    Expected(
        "code-10201-text-p2-x1",
        SCHEMA_DRIFT,
        30,
        1,
        3,
        "page 2: The API answered statusCode 10201 (bad parameter): the API does not take our parameters",
        3,
    ),
    Expected(
        "code-10202-x1", NOT_FOUND, 0, 0, 2, "page 1: The API answered statusCode 10202 (no such user): no such user", 4
    ),
    Expected(
        "code-10202-text-p2-x1",
        NOT_FOUND,
        30,
        1,
        3,
        "page 2: The API answered statusCode 10202 (no such user): no such user",
        3,
    ),
    Expected(
        "code-10221-x1",
        BANNED,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10221 (user banned): the account is banned",
        0,
    ),
    Expected(
        "code-10221-text-p2-x1",
        BANNED,
        30,
        1,
        3,
        "page 2: The API answered statusCode 10221 (user banned): the account is banned",
        0,
    ),
    Expected(
        "code-10222-x1",
        PRIVATE,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10222 (private account): the account is private",
        0,
    ),
    Expected(
        "code-10222-text-p2-x1",
        PRIVATE,
        30,
        1,
        3,
        "page 2: The API answered statusCode 10222 (private account): the account is private",
        0,
    ),
    Expected(
        "code-10223-x1",
        HIDDEN,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10223 (underage user): the account belongs to a minor",
        0,
    ),
    Expected("code-10223-text-p2-x1", PARTIAL, 30, 1, 3, "the list was hidden in the middle of the walk", 0),
    Expected(
        "code-209002-x1",
        HIDDEN,
        0,
        0,
        2,
        "page 1: The API answered statusCode 209002 (audience controls): the account's audience controls hide its list",
        0,
    ),
    Expected("code-209002-text-p2-x1", PARTIAL, 30, 1, 3, "the list was hidden in the middle of the walk", 0),
    Expected(
        "code-2065-x1",
        NOT_FOUND,
        0,
        0,
        2,
        "page 1: The API answered statusCode 2065 (no such user (APP)): no such user",
        4,
    ),
    Expected(
        "code-2065-text-p2-x1",
        NOT_FOUND,
        30,
        1,
        3,
        "page 2: The API answered statusCode 2065 (no such user (APP)): no such user",
        3,
    ),
    Expected(
        "code-3170-x1",
        NOT_FOUND,
        0,
        0,
        2,
        "page 1: The API answered statusCode 3170 (no such user (APP)): no such user",
        4,
    ),
    Expected(
        "code-3170-text-p2-x1",
        NOT_FOUND,
        30,
        1,
        3,
        "page 2: The API answered statusCode 3170 (no such user (APP)): no such user",
        3,
    ),
    Expected(
        "code-2096-x1",
        HIDDEN,
        0,
        0,
        2,
        "page 1: The API answered statusCode 2096 (list hidden (APP)): the account hides its follower list",
        0,
    ),
    Expected("code-2096-text-p2-x1", PARTIAL, 30, 1, 3, "the list was hidden in the middle of the walk", 0),
    Expected(
        "code-3002060-x1",
        HIDDEN,
        0,
        0,
        2,
        "page 1: The API answered statusCode 3002060 (list hidden (APP)): the account hides its follower list",
        0,
    ),
    Expected("code-3002060-text-p2-x1", PARTIAL, 30, 1, 3, "the list was hidden in the middle of the walk", 0),
    Expected(
        "code-4-p2-x3", UNFINISHED, 30, 1, 5, "page 2: The API answered statusCode 4 (server busy (APP)): busy", 3
    ),
    Expected(
        "code-4-text-p2-x3", UNFINISHED, 30, 1, 5, "page 2: The API answered statusCode 4 (server busy (APP)): busy", 3
    ),
    Expected(
        "code-10011-x1",
        SCHEMA_DRIFT,
        0,
        0,
        2,
        "page 1: The API answered statusCode 10011 (bad parameters (APP)): the API does not take our parameters",
        4,
    ),
    Expected(
        "code-10011-text-p2-x1",
        SCHEMA_DRIFT,
        30,
        1,
        3,
        "page 2: The API answered statusCode 10011 (bad parameters (APP)): the API does not take our parameters",
        3,
    ),
    Expected(
        "code-31337-x1",
        SCHEMA_DRIFT,
        0,
        0,
        2,
        "page 1: The API answered statusCode 31337 (an undocumented code), a code that we do not know",
        4,
    ),
    Expected(
        "code-31337-text-p2-x1",
        SCHEMA_DRIFT,
        30,
        1,
        3,
        "page 2: The API answered statusCode 31337 (an undocumented code), a code that we do not know",
        3,
    ),
    Expected("empty-page-x1", PARTIAL, 70, 4, 5, "the API ended the list far below its claimed total", 0),
    Expected("empty-page-p2-x3", PARTIAL, 30, 4, 5, "3 pages in a row had no new user", 0),
    Expected("cursor-stuck-x1", WHOLE, 100, 5, 6, "the API said that the list ends", 0),
    Expected("cursor-stuck-p2-x1", WHOLE, 100, 5, 6, "the API said that the list ends", 0),
    Expected("cursor-cycles-x1", PARTIAL, 90, 3, 4, "the cursor did not move back in time", 0),
    Expected("cursor-back-p2-x1", PARTIAL, 60, 2, 3, "the cursor did not move back in time", 0),
    Expected("cursor-minus-one-p2-x1", PARTIAL, 60, 2, 3, "the API said that there is more, but not where", 0),
    Expected("cursor-zero-p2-x1", PARTIAL, 60, 2, 3, "the API said that there is more, but not where", 0),
    Expected("cursor-absent-p2-x1", PARTIAL, 60, 2, 3, "the API said that there is more, but not where", 0),
    Expected("cursor-null-p2-x1", PARTIAL, 60, 2, 3, "the API said that there is more, but not where", 0),
    Expected(
        "cursor-text-p2-x1", SCHEMA_DRIFT, 30, 1, 3, "page 2: minCursor is 'next-page'; unix seconds were expected", 3
    ),
    Expected("list-absent-p2-x1", WHOLE, 100, 4, 6, "the API said that the list ends", 0),
    Expected(
        "list-absent-p2-x3",
        EMPTY_UPSTREAM,
        30,
        1,
        5,
        "page 2: The answer has no list, though its hasMore promises more",
        3,
    ),
    Expected(
        "list-absent-x3", EMPTY_UPSTREAM, 0, 0, 4, "page 1: The answer has no list, though its hasMore promises more", 4
    ),
    Expected("list-null-p2-x1", WHOLE, 100, 4, 6, "the API said that the list ends", 0),
    Expected(
        "list-null-p2-x3",
        EMPTY_UPSTREAM,
        30,
        1,
        5,
        "page 2: The answer has no list, though its hasMore promises more",
        3,
    ),
    Expected(
        "list-null-x3", EMPTY_UPSTREAM, 0, 0, 4, "page 1: The answer has no list, though its hasMore promises more", 4
    ),
    Expected("null-rows-p2-x1", WHOLE, 90, 4, 5, "the API said that the list ends", 0),
    Expected("null-rows-x4", PARTIAL, 66, 4, 5, "too many of the list's rows have a shape that we do not know", 0),
    Expected("ends-early-p2-x1", PARTIAL, 60, 2, 3, "the API ended the list far below its claimed total", 0),
    Expected("total-absent-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("total-zero-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("total-low-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("total-high-x4", PARTIAL, 100, 4, 5, "the API ended the list far below its claimed total", 0),
    Expected("id-integer-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected(
        "id-float-p2-x1",
        SCHEMA_DRIFT,
        30,
        1,
        3,
        "page 2: None of the page's 30 rows has a shape that we know: user.id is",
        3,
    ),
    Expected(
        "id-exponent-p2-x1",
        SCHEMA_DRIFT,
        30,
        1,
        3,
        "page 2: None of the page's 30 rows has a shape that we know: user.id is",
        3,
    ),
    Expected("id-twice-p2-x3", UNFINISHED, 30, 1, 5, "stands twice in one object", 3),
    Expected("id-absent-p2-x1", WHOLE, 90, 4, 5, "the API said that the list ends", 0),
    Expected("id-absent-x4", PARTIAL, 66, 4, 5, "too many of the list's rows have a shape that we do not know", 0),
    Expected("unique-id-absent-p2-x1", WHOLE, 90, 4, 5, "the API said that the list ends", 0),
    Expected(
        "unique-id-absent-x4", PARTIAL, 66, 4, 5, "too many of the list's rows have a shape that we do not know", 0
    ),
    Expected("user-absent-p2-x1", WHOLE, 90, 4, 5, "the API said that the list ends", 0),
    Expected("user-absent-x4", PARTIAL, 67, 4, 5, "too many of the list's rows have a shape that we do not know", 0),
    Expected("nickname-null-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("nickname-absent-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("nickname-nul-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("nickname-surrogate-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("exact-counts-absent-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("counts-absent-p2-x1", WHOLE, 90, 4, 5, "the API said that the list ends", 0),
    Expected("counts-absent-x4", PARTIAL, 66, 4, 5, "too many of the list's rows have a shape that we do not know", 0),
    Expected("negative-hearts-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("odd-counts-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("nan-p2-x3", UNFINISHED, 30, 1, 5, "(NaN is not JSON)", 3),
    Expected("new-fields-x4", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
    Expected("slow-p2-x1", WHOLE, 100, 4, 6, "the API said that the list ends", 0),
    Expected("stalled-p2-x3", UNFINISHED, 30, 1, 5, "(ReadTimeout). Check the network", 3),
    Expected("connection-reset-p2-x3", UNFINISHED, 30, 1, 5, "(ConnectionError). Check the network", 3),
    Expected("short-body-p2-x3", UNFINISHED, 30, 1, 5, "(ChunkedEncodingError). Check the network", 3),
    Expected("503-p3-x2", WHOLE, 100, 4, 7, "the API said that the list ends", 0),
    Expected("503-p0-x3", UNFINISHED, 0, 0, 3, "/api/user/info answered 503", 5),
    Expected("html-p0-x3", UNFINISHED, 0, 0, 3, "it begins '<!DOCTYPE html>", 5),
    Expected("401-invalid-key-p0-x1", REFUSED, 0, 0, 1, "Invalid API key. Go to", 5),
    Expected(
        "429-monthly-quota-p0-x1", DEFERRED, 0, 0, 1, "The plan's requests are spent. They come back in 2678400 s", 5
    ),
    Expected("429-burst-p3-x2", WHOLE, 100, 4, 7, "the API said that the list ends", 0),
    Expected("connection-reset-p1to4-x1each", WHOLE, 100, 4, 9, "the API said that the list ends", 0),
    Expected("truncated-json-x1", WHOLE, 100, 4, 6, "the API said that the list ends", 0),
    Expected("204-p4-x2", WHOLE, 100, 4, 7, "the API said that the list ends", 0),
    Expected(
        "code-31337-p0-x1",
        SCHEMA_DRIFT,
        0,
        0,
        1,
        "The API answered statusCode 31337 (an undocumented code), a code that we do not know",
        5,
    ),
    Expected("id-float-p0-x1", SCHEMA_DRIFT, 0, 0, 1, "a field of userInfo.user is", 5),
    Expected("id-integer-p0-x1", WHOLE, 100, 4, 5, "the API said that the list ends", 0),
)

CLOCK_FAULTS = (
    Expected("follower-arrives", WHOLE, 100, 4, 5, "the list ends", 0),
    Expected("follower-leaves", WHOLE, 100, 4, 5, "the list ends", 0),
)
