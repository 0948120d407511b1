"""How the snapshot of an account can end, and what a person does about it."""

from enum import Enum


class Outcome(Enum):
    """How the snapshot of an account ended; the value is what people read."""

    WHOLE = "whole"
    CUT = "cut"
    WINDOW = "window"
    PROFILE = "profile"
    PARTIAL = "partial"
    HIDDEN = "hidden"
    PRIVATE = "private"
    BANNED = "banned"
    NOT_FOUND = "not found"
    EMPTY_RESPONSE = "empty response"
    BLOCKED = "blocked"
    SCHEMA_DRIFT = "schema drift"
    DAMAGED = "damaged raw data"
    UNREADABLE = "unreadable raw data"
    UNFINISHED = "unfinished"
    DEFERRED = "deferred"
    REFUSED = "refused"

    @property
    def is_final(self) -> bool:
        """Whether the API has said all that it will say: the snapshot is committed, not resumed."""
        return self in _FINAL

    @property
    def succeeded(self) -> bool:
        """Whether the run got what it asked for."""
        return self in (Outcome.WHOLE, Outcome.CUT, Outcome.WINDOW, Outcome.PROFILE)

    @property
    def is_resumable(self) -> bool:
        """Whether nothing is wrong, and the next run resumes."""
        return self in (Outcome.DEFERRED, Outcome.UNFINISHED)

    @property
    def remedy(self) -> str:
        """What to do about it; '' when there is nothing to do."""
        return _REMEDIES.get(self, "")

    def advise(self, reason: str) -> str:
        """The reason as a sentence, and after it what to do."""
        return f"{reason.rstrip('.')}. {self.remedy}{'.' * bool(self.remedy)}".rstrip()


_FINAL = {
    Outcome.WHOLE,
    Outcome.CUT,
    Outcome.WINDOW,
    Outcome.PARTIAL,
    Outcome.HIDDEN,
    Outcome.PRIVATE,
    Outcome.BANNED,
}

_REMEDIES = {
    Outcome.PARTIAL: "What was read is loaded. To read the whole list again, run with force_new_snapshot",
    Outcome.HIDDEN: "Nothing can be fetched. Remove the account from TIKTOK_ACCOUNTS",
    Outcome.PRIVATE: "Only the account's owner can see its list. Remove the account from TIKTOK_ACCOUNTS",
    Outcome.BANNED: "Remove the account from TIKTOK_ACCOUNTS",
    Outcome.NOT_FOUND: "Check the spelling, or whether the handle has changed",
    Outcome.EMPTY_RESPONSE: "Run again later. If this continues, the account probably hides its list",
    Outcome.BLOCKED: "Wait a few hours, then run again. The stored pages are kept",
    Outcome.SCHEMA_DRIFT: "The API has changed. Run 'tiktok-insights probe', update this package, and run again",
    Outcome.DAMAGED: (
        "If there is no backup, delete the snapshot's folder. The next run then reads the list from the start"
    ),
    Outcome.UNREADABLE: "Every run tries again",
    Outcome.UNFINISHED: "Run again to resume",
    Outcome.DEFERRED: "Run again when requests are available. It resumes where it stopped",
}
