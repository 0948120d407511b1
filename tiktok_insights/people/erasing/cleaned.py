"""What was erased in one place."""

from dataclasses import dataclass

from tiktok_insights.people.finding import Unread


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A place, how many of its objects, tables or files were changed, and how many rows or texts were removed there.

    `looked_at` is how many objects were read, for a place in the bucket.
    """

    place: str
    sources: int = 0
    copies: int = 0
    unread: tuple[Unread, ...] = ()
    looked_at: int = 0
