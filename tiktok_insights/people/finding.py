"""What is found about a person, and what a place is. Which places there are belongs in `places`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from tiktok_insights.people.person import Person


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is held: in which object or table, where in it, since when (ISO 8601, UTC), and the thing itself.

    `content` is None where something only mentions the person, and the rest is about others.
    """

    source: str
    where: str
    at: str | None
    content: Any


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be searched, and why."""

    source: str
    reason: str


class Place(Protocol):
    """Where something about people is held."""

    @property
    def name(self) -> str:
        """The place's name, which is that of its file in the archive."""

    @property
    def meaning(self) -> str:
        """What is there, in a sentence."""

    def find(self, person: Person) -> Iterator[Finding | Unread]:
        """Find everything about a person there."""
