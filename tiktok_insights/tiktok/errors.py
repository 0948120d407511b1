"""What can go wrong with the source, sorted by what to do about it.

TikTokError
├── TransientError          try again, a bounded number of times
│   ├── BurstLimitedError       too fast: every account waits
│   ├── UnreachableError        no response, or 5xx
│   ├── UnreadableBodyError     the body is not whole JSON
│   └── EmptyBodyError          204, or 200 with nothing in it that could be used
├── AccountError            this account ends with a named outcome; the others continue
│   └── SchemaDriftError        the response has an unknown structure
└── RunError                no account can continue
    ├── RefusedError            the key or the subscription
    ├── QuotaExhaustedError     until the quota is filled up again
    ├── BudgetSpentError        this run may not spend more
    └── LockLostError           another run extracts, or may do so
"""

from tiktok_insights.tiktok.models import Response
from tiktok_insights.tiktok.outcomes import Outcome


class TikTokError(Exception):
    """Something is wrong with the source.

    `requests` is how many were spent before it was raised; `answer` the last one's answer if it was a 200, as evidence.
    """

    outcome = Outcome.UNFINISHED

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.requests = 0
        self.response: Response | None = None

    @property
    def advice(self) -> str:
        """The message, and after it what to do, where it is shown alone."""
        return self.outcome.advise(str(self))


class TransientError(TikTokError):
    """The same request may succeed a little later. `retry_after` is the server's own wish in seconds, if it has one."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BurstLimitedError(TransientError):
    """More requests a second or minute than the plan allows."""


class UnreachableError(TransientError):
    """No connection, no answer in time, or a 5xx."""


class UnreadableBodyError(TransientError):
    """A 200 whose body is not whole JSON; such a body is never read in part."""


class EmptyBodyError(TransientError):
    """A 204, a 200 with an empty body, or a page without its list: an upstream hiccup, or a hidden list."""

    outcome = Outcome.EMPTY_RESPONSE


class AccountError(TikTokError):
    """The API answered for good about this account."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome


class SchemaDriftError(AccountError):
    """The answer is JSON of a shape that this version does not know."""

    def __init__(self, message: str) -> None:
        super().__init__(message, Outcome.SCHEMA_DRIFT)


class RunError(TikTokError):
    """No account can go on."""


class RefusedError(RunError):
    """The API refuses the key, the plan or the path."""

    outcome = Outcome.REFUSED


class QuotaExhaustedError(RunError):
    """The plan's requests are spent. `reset_seconds` is when they come back, if the API said so."""

    outcome = Outcome.DEFERRED

    def __init__(self, message: str, reset_seconds: int | None = None) -> None:
        super().__init__(message)
        self.reset_seconds = reset_seconds


class BudgetSpentError(RunError):
    """The run has spent what it may; the plan itself may have more."""

    outcome = Outcome.DEFERRED


class LockLostError(RunError):
    """Another run extracts, or this one cannot prove that none does: two at once would spend requests twice."""
