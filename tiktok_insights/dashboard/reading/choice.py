"""Chooses the accounts of the file: the largest, or those that a person names by ID or handle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.dashboard.facts.account import MAX_ACCOUNTS
from tiktok_insights.dashboard.reading.statements import Statements


class NoSnapshotError(LookupError):
    """No snapshot is of the account that a person named; the message says which accounts there are."""


@dataclass(frozen=True, slots=True)
class Known:
    """An account that has data: its newest handle, its snapshots, and when the first and the last of them began."""

    account_id: str
    handle: str | None
    snapshots: int
    first_at: datetime | None
    last_at: datetime | None

    @property
    def names(self) -> str:
        """The account as a person may name it."""
        return f"{self.handle} ({self.account_id})" if self.handle else self.account_id


def known_accounts(session: Session) -> list[Known]:
    """All accounts that have data, the largest first, by TikTok's newest count."""
    return [
        Known(row["ACCOUNT_ID"], row["HANDLE"], row["SNAPSHOTS"], row["FIRST_AT"], row["LAST_AT"])
        for row in Statements(session).rows("accounts")
    ]


def chosen(known: Sequence[Known], names: Sequence[str]) -> list[Known]:
    """Those that are named, or the largest; the order stays. Raises NoSnapshotError."""
    if not names:
        return list(known[:MAX_ACCOUNTS])
    wanted = {_found(known, name) for name in names}
    return [account for account in known if account in wanted]


def _found(known: Sequence[Known], name: str) -> Known:
    """An ID comes before a handle that looks like it; of a handle that was passed on, the largest account has it."""
    handle = name.removeprefix("@").casefold()
    by_handle = (account for account in known if account.handle and account.handle.casefold() == handle)
    by_id = (account for account in known if account.account_id == name)
    if (found := next(by_id, None) or next(by_handle, None)) is None:
        there = ", ".join(account.names for account in known) or "none yet: run the pipeline first"
        raise NoSnapshotError(f"There is no snapshot of the account {name!r}. The accounts with data: {there}.")
    return found
