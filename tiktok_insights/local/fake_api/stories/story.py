"""What a story says: its people, its accounts, and what happens to them; as values, and from and to JSON.

Here: fields with their meanings, and the values that they may have. Not here: what comes of them (`course`, `lives`).
Days count from the start of virtual time: day 2.5 is noon of the third day. Shares are from 0 to 1.
"""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, field_validator, model_validator
from pydantic.dataclasses import dataclass

from tiktok_insights.local.fake_api.accounts import Account, Dialect
from tiktok_insights.local.fake_api.clock import SECONDS_PER_DAY, VIRTUAL_START
from tiktok_insights.local.fake_api.faults.fault import Fault, fault_named

MOST_PEOPLE = 1 << 20

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=100_000)]
Day = Annotated[float, Field(ge=-1_000, le=3_650)]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class SameAge:
    """A group of `people` whose accounts were created within the hour that begins on this `day`.

    `hollow` ones are made for following: usual handles of new accounts, hardly a follower, no video and no like.
    """

    people: Annotated[int, Field(ge=1, le=10_000)]
    day: Day
    hollow: bool = False


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class People:
    """The people of a story: the followers of all its accounts are among them, so accounts share followers.

    Each share is of all people, at some moment of the story. `die`: the account is gone from all lists, and for
    `revive` of them it is back after 2 to 14 days. `hide`: the same, always back, but for another cause. `rename`: the
    handle changes. `swap`: two people exchange their handles. `private` ones are private all the time, `uncounted` ones
    have only zeros for counts. The groups of `same_age` follow in bursts only.
    """

    number: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] = 1_000
    die: Share = 0.0
    revive: Share = 0.0
    hide: Share = 0.0
    rename: Share = 0.0
    swap: Share = 0.0
    private: Share = 0.24
    uncounted: Share = 0.0
    same_age: tuple[SameAge, ...] = ()

    def group(self, number: int) -> range:
        """The people of a group, by their numbers; groups come last, one before the other."""
        first = self.number - sum(group.people for group in self.same_age[: number + 1])
        return range(first, first + self.same_age[number].people)

    @property
    def grouped(self) -> int:
        """How many people are in groups."""
        return sum(group.people for group in self.same_age)


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Burst:
    """`follows` within `seconds` from this `day` on; 1 puts all in one second. `group`: by a group of `same_age`.

    The share `leave` of them unfollows within ten days.
    """

    day: Day
    follows: Annotated[int, Field(ge=1, le=100_000)]
    seconds: Annotated[int, Field(ge=1, le=SECONDS_PER_DAY)] = 3_600
    group: Annotated[int, Field(ge=0)] | None = None
    leave: Share = 0.0


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Trouble:
    """A fault that strikes the account's requests between two days: `hidden`, or `ends-early-p3` for partial walks."""

    fault: str
    from_day: Day
    to_day: Day

    @field_validator("fault")
    @classmethod
    def _exists(cls, name: str) -> str:
        fault_named(name)
        return name

    def strikes(self, at: int) -> bool:
        """Whether it does at a virtual time."""
        return second_of(self.from_day) <= at < second_of(self.to_day)


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class ToldAccount:
    """One account. `followers` follow it at the start, since some moment of the `history_days` before.

    `joins_per_day` people follow, and each follower leaves with the chance `leaves_per_day` a day; `come_back` of those
    follow again after 2 to 14 days. Each day, `refollows_per_day` followers leave and follow again in the next second,
    at the second `refollow_at` of the day or else at any. `claims_drift`: the total that the API
    claims runs away from the true one by this share of it each day. The other fields are those of `Account`.
    """

    handle: str
    followers: Annotated[int, Field(ge=0, le=100_000)]
    nickname: str = ""
    dialect: Dialect = Dialect.WEB
    cap: Annotated[int, Field(ge=1)] | None = 10_000
    exact_counts: bool = True
    filtered_share: Share = 0.0
    history_days: Annotated[float, Field(gt=0, le=1_000)] = 365.0
    joins_per_day: Rate = 0.0
    leaves_per_day: Share = 0.0
    come_back: Share = 0.0
    refollows_per_day: Rate = 0.0
    refollow_at: Annotated[int, Field(ge=0, lt=SECONDS_PER_DAY)] | None = None
    claims_drift: Annotated[float, Field(ge=-0.1, le=0.1)] = 0.0
    bursts: tuple[Burst, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    @property
    def account(self) -> Account:
        """The account as the API knows it. Raises ValueError for a handle that cannot be one."""
        return Account(
            handle=self.handle,
            followers=self.followers,
            nickname=self.nickname,
            dialect=self.dialect,
            cap=self.cap,
            filtered_share=self.filtered_share,
            exact_counts=self.exact_counts,
        )

    def fault(self, at: int) -> Fault | None:
        """Return what strikes the account's requests at a virtual time, or None."""
        return next((fault_named(trouble.fault) for trouble in self.troubles if trouble.strikes(at)), None)

    def joins(self, days: int) -> int:
        """How many people follow in so many days, bursts apart."""
        return round(self.joins_per_day * days)

    def needs(self, days: int) -> int:
        """How many people outside of groups it takes."""
        return self.followers + self.joins(days) + sum(burst.follows for burst in self.bursts if burst.group is None)


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Story:
    """What happens to `people` and `accounts` in so many `days`; afterwards nothing changes. Raises ValueError."""

    days: Annotated[int, Field(ge=1, le=3_650)] = 60
    people: People = People()
    accounts: tuple[ToldAccount, ...] = ()

    @model_validator(mode="after")
    def _can_be_told(self) -> "Story":
        free = self.people.number - self.people.grouped
        for told in self.accounts:
            _ = told.account
            if (needed := told.needs(self.days)) > free:
                raise ValueError(f"{told.handle} takes {needed:,} people, but there are {free:,}: raise people.number")
            for burst in told.bursts:
                self._check_group(burst)
        return self

    def _check_group(self, burst: Burst) -> None:
        if burst.group is None:
            return
        groups = self.people.same_age
        if burst.group >= len(groups):
            raise ValueError(f"a burst names group {burst.group}, but same_age has {len(groups)}; the first is 0")
        if burst.follows > groups[burst.group].people:
            raise ValueError(f"a burst takes {burst.follows} people of a group of {groups[burst.group].people}")

    def to_json(self) -> dict[str, Any]:
        """The story as JSON values, all fields given."""
        fields: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return fields


NO_STORY = Story()
"""The story of nobody."""

_ADAPTER = TypeAdapter(Story)


def story_of(fields: Any) -> Story:
    """Return the story that JSON values tell. Raises ValueError that names each bad field."""
    return _ADAPTER.validate_python(fields)


def second_of(day: float) -> int:
    """Return the virtual time (unix seconds) at which a day begins."""
    return VIRTUAL_START + round(day * SECONDS_PER_DAY)
