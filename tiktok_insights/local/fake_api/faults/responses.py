"""Faults that replace the whole answer: other statuses, bodies that are no page, codes inside a 200.

Here: each row of the documented error table. Not here: pages that are nearly right (`pages`, `rows`). The quota headers
stand on 200, 204 and 429 only, as documented; `bare` kinds lack them there too.
"""

import copy
import email.utils
import time
from typing import Any

from tiktok_insights.local.fake_api import messages
from tiktok_insights.local.fake_api.clock import seconds_to_next_day
from tiktok_insights.local.fake_api.faults.pages import is_app
from tiktok_insights.local.fake_api.faults.reply import Change, Occasion, Reply, encoded

_MS_PER_SECOND = 1_000
_HTML = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"

CODES = {
    10000: "captcha required",
    10101: "server error",
    10102: "login required",
    10111: "network error",
    10113: "blocked",
    10114: "blocked",
    10201: "bad parameter",
    10202: "no such user",
    10221: "user banned",
    10222: "private account",
    10223: "underage user",
    209002: "audience controls",
    2065: "no such user (APP)",
    3170: "no such user (APP)",
    2096: "list hidden (APP)",
    3002060: "list hidden (APP)",
    4: "server busy (APP)",
    10011: "bad parameters (APP)",
    31337: "an undocumented code",
}
"""Body code -> what it stands for."""


def refused(status: int, message: str) -> Change:
    """Return the change into a refusal with one `message`."""
    content = encoded({"message": message})
    return lambda _: Reply(status=status, content=content, quota_headers=False)


def missing(occasion: Occasion) -> Reply:
    """Say that the path is not there."""
    content = encoded({"message": messages.no_endpoint(occasion.path)})
    return Reply(status=404, content=content, quota_headers=False)


def quota_spent(period: str, *, bare: bool = False) -> Change:
    """Return the change into a 429 until the virtual month or day ends; `period` is MONTHLY or DAILY."""

    def change(occasion: Occasion) -> Reply:
        headers = {"x-ratelimit-requests-remaining": "0"}
        if period == "DAILY":
            headers["x-ratelimit-requests-reset"] = str(seconds_to_next_day(occasion.at))
        content = encoded({"message": messages.quota_spent(period)})
        return Reply(status=429, content=content, headers={} if bare else headers, quota_headers=not bare)

    return change


def too_fast(message: str, *, bare: bool = False) -> Change:
    """Return the change into a 429 with quota left."""
    content = encoded({"message": message})
    return lambda _: Reply(status=429, content=content, quota_headers=not bare)


def too_fast_until(*, as_date: bool) -> Change:
    """Return the change into a 429 that says when to come back: `delay_ms` from now, in whole real seconds."""

    def change(occasion: Occasion) -> Reply:
        seconds = -(-occasion.delay_ms // _MS_PER_SECOND)
        wait = email.utils.formatdate(time.time() + seconds, usegmt=True) if as_date else str(seconds)
        return Reply(status=429, content=encoded({"message": messages.BURST}), headers={"Retry-After": wait})

    return change


def unreachable(status: int) -> Change:
    """Return the change into the gateway's word that the API behind it is down."""
    content = encoded({"messages": messages.UNREACHABLE, "info": messages.UNREACHABLE_INFO})
    return lambda _: Reply(status=status, content=content, quota_headers=False)


def html(status: int, title: str) -> Change:
    """Return the change into a page for people."""
    content = _HTML % (title.encode(), title.encode())
    return lambda _: Reply(status=status, content=content, media_type="text/html", quota_headers=status == 200)


def constant(content: bytes, status: int = 200) -> Change:
    """Return the change into a fixed body."""
    return lambda _: Reply(status=status, content=content)


def truncated(occasion: Occasion) -> Reply:
    """Send the first half of the honest body, with a Content-Length that agrees."""
    content = encoded(occasion.document)
    return Reply(content=content[: len(content) // 2])


def body_code(code: int, *, as_text: bool = False) -> Change:
    """Return the change into a 200 that refuses by its code, spelled as the honest answer's dialect does."""
    value: int | str = str(code) if as_text else code

    def change(occasion: Occasion) -> Reply:
        body: dict[str, Any] = {"status_code": value, "status_msg": CODES[code]}
        if not is_app(occasion.document):
            body = {"extra": {"now": occasion.at * _MS_PER_SECOND}, "statusCode": value, **body}
        return Reply(content=encoded(body))

    return change


def hidden(occasion: Occasion) -> Reply:
    """Hide the list as the honest answer's dialect does: no list, or a code."""
    if is_app(occasion.document):
        return body_code(2096)(occasion)
    return Reply(content=encoded({"hasMore": False, "minCursor": -1, "statusCode": 0}))


def private(occasion: Occasion) -> Reply:
    """Flag the account as private in its look-up, and refuse its lists."""
    if "userInfo" not in occasion.document:
        return body_code(10222)(occasion)
    document = copy.deepcopy(occasion.document)
    document["userInfo"]["user"].update(privateAccount=True, secret=True)
    return Reply(content=encoded(document))
