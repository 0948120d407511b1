"""HTTP 200 that is an error: what the status code inside a body stands for. An unknown code fails closed.

Codes: captured responses and running code of both backends.
"""

from typing import Any

from tiktok_insights.text.quoting import quoted
from tiktok_insights.tiktok.errors import AccountError, EmptyBodyError, SchemaDriftError, TikTokError, TransientError
from tiktok_insights.tiktok.outcomes import Outcome

#: What a response has beside its content.
_BESIDE = {"statusCode", "status_code", "status_msg", "extra", "log_pb"}
#: Where a profile's content is, when there is any.
_AROUND = {"data", "userInfo", "user", "stats", "statsV2"}
#: Codes that say nothing: none, good, and the one that comes with an empty profile.
_SAYS_NOTHING = {0, -1}
_BANNED = 10221
_LONGEST_CODE = 9

_RETRY_LATER = {10101: "server error", 10111: "network error", 4: "busy"}

_ACCOUNT = {
    10000: (Outcome.BLOCKED, "the API asks for a captcha"),
    10102: (Outcome.BLOCKED, "the API asks for a login; only the API's provider can fix that"),
    10113: (Outcome.BLOCKED, "the API blocks this request"),
    10114: (Outcome.BLOCKED, "the API blocks this request"),
    10201: (Outcome.SCHEMA_DRIFT, "the API rejects the request's parameters"),
    10011: (Outcome.SCHEMA_DRIFT, "the API rejects the request's parameters"),
    10202: (Outcome.NOT_FOUND, "no such user"),
    2065: (Outcome.NOT_FOUND, "no such user"),
    3170: (Outcome.NOT_FOUND, "no such user"),
    _BANNED: (Outcome.BANNED, "the account is banned"),
    10222: (Outcome.PRIVATE, "the account is private; only its owner can list its followers"),
    10223: (Outcome.HIDDEN, "the account belongs to a minor; its list is not shown"),
    209002: (Outcome.HIDDEN, "the account's audience controls hide its list"),
    2096: (Outcome.HIDDEN, "the account hides its follower list"),
    3002060: (Outcome.HIDDEN, "the account hides its follower list"),
}


def check(document: dict[str, Any]) -> None:
    """Raise what the document's `statusCode` or `status_code` (number or text) stands for; 0 or none is good.

    Raises TransientError (try again), EmptyBodyError (there is nothing but the code), AccountError (with its outcome),
    and SchemaDriftError (a code we do not know).
    """
    is_empty = _is_empty(document)
    for key in ("statusCode", "status_code"):
        if (error := _error(key, document, is_empty=is_empty)) is not None:
            raise error
    if is_empty:
        raise EmptyBodyError("The response has nothing but a status code. It was not used.")


def _is_empty(value: Any) -> bool:
    """Whether there is nothing in a value, however deep, but what stands beside the content."""
    if isinstance(value, dict):
        return all(key in _BESIDE or (key in _AROUND and _is_empty(inner)) for key, inner in value.items())
    return value in (None, "", [])


def _error(key: str, document: dict[str, Any], *, is_empty: bool) -> TikTokError | None:
    value, message = document.get(key), document.get("status_msg")
    if value in (None, 0, "0", ""):
        return None
    said = f"{key} {_code(value)}" + (f" ({quoted(str(message), 120)})" if message else "")
    try:
        code = int(value)
    except (TypeError, ValueError):
        return SchemaDriftError(f"{said} in the response is not a number. The response was not used.")
    if code in _SAYS_NOTHING and is_empty:
        return None
    if code == _BANNED and is_empty and "userInfo" in document:
        return AccountError(
            f"The API returned {said}: the account is banned, or there is no such user.", Outcome.NOT_FOUND
        )
    if code in _RETRY_LATER:
        return TransientError(f"The API returned {said}: {_RETRY_LATER[code]}.")
    if code in _ACCOUNT:
        outcome, meaning = _ACCOUNT[code]
        return AccountError(f"The API returned {said}: {meaning}.", outcome)
    return SchemaDriftError(f"The API returned {said}, an unknown code. The response was not used.")


def _code(value: Any) -> str:
    """The code as it is; of what is no number, only what may be quoted."""
    text = str(value)
    return text if text.lstrip("-").isdecimal() and len(text) <= _LONGEST_CODE else quoted(text, 40)
