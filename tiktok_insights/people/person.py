"""Who a person is in the data: an ID, and the handles and secUids under which the ID was seen.

How a reference becomes a person belongs in `identification`.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from tiktok_insights.suppression.hashes import Kind, SuppressionList, is_id
from tiktok_insights.tiktok.page_rows import RowNames

#: Digits from which on a number is hardly anything else than an ID.
_LONG = 10
_KEY_BYTES = 32


class UnknownPersonError(ValueError):
    """A handle or secUid belongs to no user, or to several."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user or an account; `id` is '' while no row says it. A handle can have been another person's."""

    id: str
    handles: frozenset[str] = frozenset()
    sec_uids: frozenset[str] = frozenset()

    def names(self) -> Iterable[tuple[Kind, str]]:
        """Each name with its kind."""
        if self.id:
            yield Kind.ID, self.id
        yield from ((Kind.HANDLE, text) for text in sorted(self.handles))
        yield from ((Kind.SEC_UID, text) for text in sorted(self.sec_uids))

    def alone(self) -> SuppressionList:
        """The person on a list that is made up, under a key of which nothing is kept."""
        return SuppressionList(secrets.token_bytes(_KEY_BYTES)).with_names(self.names())

    def is_row(self, row: RowNames) -> bool:
        """Say whether a row is about the person: by ID or secUid, or by the handle of a row that has neither."""
        if is_id(row.tiktok_id):
            return row.tiktok_id == self.id or row.sec_uid in self.sec_uids
        return row.sec_uid in self.sec_uids or (not row.sec_uid and self.is_handle(row.handle))

    def is_handle(self, text: str) -> bool:
        """Say whether a text is a handle of the person, without regard to case, as TikTok does."""
        return text.lower() in {handle.lower() for handle in self.handles}

    def is_mentioned_in(self, text: str) -> bool:
        """Say whether a text has the ID or a secUid, and not only as a part of another. A short ID may be a number."""
        quotes = "" if len(self.id) >= _LONG else '"'
        numbers = re.search(rf"(?<![0-9]){quotes}{self.id}{quotes}(?![0-9])", text) if self.id else None
        return numbers is not None or any(f'"{sec_uid}"' in text for sec_uid in self.sec_uids)
