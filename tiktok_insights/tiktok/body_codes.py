"""HTTP 200 that is an error: what the status code inside a body stands for. An unknown code fails closed.

Codes: captured responses and running code of both backends.
"""

from typing import Any

from tiktok_insights.tiktok.errors import AccountError, SchemaDriftError, TikTokError, TransientError
from tiktok_insights.tiktok.outcomes import Outcome

_RETRY_LATER = {10101: "server error", 10111: "network error", 4: "busy"}

_ACCOUNT = {
    10000: (Outcome.RISK_CONTROL, "the API asks for a captcha"),
    10102: (Outcome.RISK_CONTROL, "the API asks for a login; the provider of the API must mend that"),
    10113: (Outcome.RISK_CONTROL, "the API blocks this request"),
    10114: (Outcome.RISK_CONTROL, "the API blocks this request"),
    10201: (Outcome.SCHEMA_DRIFT, "the API does not take our parameters"),
    10011: (Outcome.SCHEMA_DRIFT, "the API does not take our parameters"),
    10202: (Outcome.NOT_FOUND, "no such user"),
    2065: (Outcome.NOT_FOUND, "no such user"),
    3170: (Outcome.NOT_FOUND, "no such user"),
    10221: (Outcome.BANNED, "the account is banned"),
    10222: (Outcome.PRIVATE, "the account is private; only its owner can list its followers"),
    10223: (Outcome.HIDDEN, "the account belongs to a minor; its list is not shown"),
    209002: (Outcome.HIDDEN, "the account's audience controls hide its list"),
    2096: (Outcome.HIDDEN, "the account hides its follower list"),
    3002060: (Outcome.HIDDEN, "the account hides its follower list"),
}


def check(document: dict[str, Any]) -> None:
    """Raise what the document's `statusCode` or `status_code` (number or text) stands for; 0 or none is good.

    Raises TransientError (try again), AccountError (with its outcome), SchemaDriftError (a code we do not know).
    """
    for key in ("statusCode", "status_code"):
        if (error := _error(key, document.get(key), document.get("status_msg"))) is not None:
            raise error


def _error(key: str, value: Any, message: Any) -> TikTokError | None:
    if value in (None, 0, "0", ""):
        return None
    said = f"{key} {value}" + (f" ({str(message)[:120]})" if message else "")
    try:
        code = int(value)
    except (TypeError, ValueError):
        return SchemaDriftError(f"The answer's {said} is no number; nothing of it was used.")
    if code in _RETRY_LATER:
        return TransientError(f"The API answered {said}: {_RETRY_LATER[code]}.")
    if code in _ACCOUNT:
        outcome, meaning = _ACCOUNT[code]
        return AccountError(f"The API answered {said}: {meaning}.", outcome)
    return SchemaDriftError(f"The API answered {said}, a code that we do not know; nothing of it was used.")
