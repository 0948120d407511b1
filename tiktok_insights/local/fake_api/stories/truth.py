"""What is true of an account of a story at a moment, which no list says: who follows since when, who left and why.

Here: the facts that tests and the demo compare with what pages list. Nothing of the future is told.
"""

import dataclasses
from collections.abc import Iterator

from tiktok_insights.local.fake_api.accounts import Account
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.stories.told_list import ToldList


@dataclasses.dataclass(frozen=True, slots=True)
class Fact:
    """One person who has followed the account by the moment asked about; times are virtual unix seconds.

    `follows` are all follows so far, oldest first: since when, and until when or None. `left_at` and `why`
    (`unfollowed`, `died`, `hidden`) are None for one whom a list without a cap would show; `is_listed` says whether the
    list shows the person as it is.
    """

    tiktok_id: str
    follows: tuple[tuple[int, int | None], ...]
    left_at: int | None
    why: str | None
    is_listed: bool


def truth(world: World, account: Account, at: int) -> Iterator[Fact]:
    """Yield a fact for each person who has ever followed, the newest follow first.

    Raises ValueError for an account that is not in the story.
    """
    told = world.follows(account)
    if not isinstance(told, ToldList):
        raise ValueError(f"the account {account.handle!r} is not in the story, so there is no truth about it")  # noqa: TRY004
    first = told.newest_slot(at)
    listed = {told.person_at(slot) for slot in told.present(first, at) if world.is_shown(account, told, slot, at)}
    follows: dict[int, list[tuple[int, int | None]]] = {}
    for slot in range(first, len(told.all_follows)):
        one = told.all_follows[slot]
        follows.setdefault(one.person, []).append((one.since, one.until if one.until <= at else None))
    for index, spans in follows.items():
        left_at, why = _departure(world, account, index, spans[0], at)
        yield Fact(world.tiktok_id(index), tuple(reversed(spans)), left_at, why, index in listed)


def _departure(
    world: World, account: Account, index: int, newest: tuple[int, int | None], at: int
) -> tuple[int | None, str | None]:
    """Return since when and why the person is not a follower that a list would show; the first cause counts."""
    since, until = newest
    if absence := world.absence(account, index, at if until is None else until):
        return max(since, absence.since), absence.why
    return until, None if until is None else "unfollowed"
