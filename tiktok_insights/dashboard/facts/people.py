"""Who is on an account's list now, and what is unusual about it (M7 to M10, M12, M14)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A user. `nick_name` and `user_name` are free text of strangers: they may hold anything."""

    tiktok_id: str
    user_name: str | None
    nick_name: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of users: how many, and which share of `of`; None where no share may be shown."""

    name: str
    users: int
    of: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of one count over the users whose counts were served; `users` are those of them who have it."""

    value: int
    users: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A person and the number by which a list of people is ordered."""

    person: Person
    value: int


@dataclass(frozen=True, slots=True)
class NewFollower:
    """One of the most followed among the new (M7, M8)."""

    person: Person
    followers: int | None
    following: int | None
    hearts: int | None
    videos: int | None
    was_seen_before: bool


@dataclass(frozen=True, slots=True)
class HeartsOfName:
    """All users who share a nickname, and the likes of all of them."""

    nick_name: str | None
    users: int
    hearts: int


@dataclass(frozen=True, slots=True)
class Who:
    """The users on the account's list now: listed or returned."""

    #: Users listed; all below is about these.
    users: int
    followers: Total
    following: Total
    hearts: Total
    #: Groups of all users: public, private, unknown; verified, not verified, unknown.
    privacy: tuple[Group, ...]
    verification: tuple[Group, ...]
    #: Of users with served counts, the `TOP` with the most; nobody who has none. Of equal ones, the smaller ID as text.
    most_followed: tuple[Ranked, ...]
    follow_most: tuple[Ranked, ...]
    most_hearts: tuple[HeartsOfName, ...]
    most_videos: tuple[Ranked, ...]
    #: Groups of the users with served counts, and one of those without; no band without a finished snapshot.
    tiers: tuple[Group, ...]
    bands: tuple[Group, ...]
    notable: int
    new: tuple[NewFollower, ...]
    #: Users who followed in the last seven days.
    new_users: int


@dataclass(frozen=True, slots=True)
class Signs:
    """Classes and signs of a group of users (M10)."""

    users: int
    #: none, one, several, cannot say.
    classes: tuple[Group, ...]
    #: Each sign by itself.
    signs: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the follower map (M12)."""

    joined: int
    created: int
    users: int
    first_created_at: datetime


@dataclass(frozen=True, slots=True)
class Care:
    """What is unusual about the users listed now."""

    everyone: Signs
    #: Those who joined for certain in the last 28 and 90 days before the newest snapshot that shows anybody.
    joined_28: Signs
    joined_90: Signs
    #: Public users with counts, and those of them without activity (M9).
    considered: int
    without_activity: int
    share_without_activity: float | None
    #: Empty if there is no map; `map_reason` says why then.
    map: tuple[Cell, ...]
    map_reason: str | None
