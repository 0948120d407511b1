"""The course of one account: every follow that there ever is, with its end.

Here: drawing them from a seed, once. Not here: what a page lists at a moment (`told_list`). The draws of one account do
not depend on those of others, so an account is the same whatever others a story has.
"""

import random
from collections.abc import Iterator
from typing import NamedTuple

from tiktok_insights.local.fake_api.clock import SECONDS_PER_DAY
from tiktok_insights.local.fake_api.seeding import key_of
from tiktok_insights.local.fake_api.stories.lives import FIRST_PERSON, FOREVER
from tiktok_insights.local.fake_api.stories.story import Story, ToldAccount, second_of

_SOON = (SECONDS_PER_DAY, 10 * SECONDS_PER_DAY)
_SHORTEST_BREAK, _LONGEST_BREAK = 2 * SECONDS_PER_DAY, 14 * SECONDS_PER_DAY


class Follow(NamedTuple):
    """A person (index) follows from the second `since` to before `until` (unix seconds, `FOREVER` for no end)."""

    since: int
    until: int
    person: int


def course_of(seed: int, story: Story, told: ToldAccount) -> list[Follow]:
    """Return an account's follows, the newest first; those of one second in an order of their own."""
    draw = _Draw(random.Random(key_of(seed, "course", told.handle)), story, told)  # noqa: S311  # repeatable, not secret
    follows = [follow for beginning in draw.beginnings() for follow in draw.life(*beginning)]
    return draw.in_order(draw.with_refollows(follows))


class _Draw:
    """Draws for one account from one generator."""

    def __init__(self, source: random.Random, story: Story, told: ToldAccount) -> None:
        self._random = source
        self._story = story
        self._told = told
        self._start, self._end = second_of(0), second_of(story.days)

    def beginnings(self) -> Iterator[tuple[int, int, float]]:
        """Yield since when, who, and with which chance to leave soon: first followers, those who join, and bursts.

        Nobody is drawn twice.
        """
        story, told = self._story, self._told
        people = list(range(story.people.number - story.people.grouped))
        self._random.shuffle(people)
        history = round(told.history_days * SECONDS_PER_DAY)
        for _ in range(told.followers):
            yield self._start - 1 - self._random.randrange(history), FIRST_PERSON + people.pop(), 0.0
        for _ in range(told.joins(story.days)):
            yield self._random.randrange(self._start, self._end), FIRST_PERSON + people.pop(), 0.0
        groups = [list(story.people.group(number)) for number in range(len(story.people.same_age))]
        for burst in told.bursts:
            members = people if burst.group is None else groups[burst.group]
            for _ in range(burst.follows):
                since = second_of(burst.day) + self._random.randrange(burst.seconds)
                yield since, FIRST_PERSON + members.pop(), burst.leave

    def life(self, since: int, person: int, leaves_soon: float) -> Iterator[Follow]:
        """Yield a person's follows, with the breaks between them; one who leaves soon is not seen again."""
        if leaves_soon and self._random.random() < leaves_soon:
            yield Follow(since, since + self._random.randrange(*_SOON), person)
            return
        while True:
            until = self._leaves(since)
            yield Follow(since, until, person)
            if until == FOREVER or self._random.random() >= self._told.come_back:
                return
            since = until + self._random.randrange(_SHORTEST_BREAK, _LONGEST_BREAK)
            if since >= self._end:
                return

    def _leaves(self, since: int) -> int:
        """Return when one who follows since then leaves: with the same chance in every second of the story."""
        if not self._told.leaves_per_day:
            return FOREVER
        days = self._random.expovariate(self._told.leaves_per_day)
        until = max(since, self._start) + 1 + round(days * SECONDS_PER_DAY)
        return until if until < self._end else FOREVER

    def with_refollows(self, follows: list[Follow]) -> list[Follow]:
        """Break some follows in two: the person leaves, and follows again a second later."""
        rate, at = self._told.refollows_per_day, self._told.refollow_at
        for number in range(round(rate * self._story.days)):
            moment = second_of(number // rate) + (self._random.randrange(SECONDS_PER_DAY) if at is None else at)
            places = [place for place, one in enumerate(follows) if one.since < moment < one.until - 1]
            if places:
                place = self._random.choice(places)
                since, until, person = follows[place]
                follows[place] = Follow(since, moment, person)
                follows.append(Follow(moment + 1, until, person))
        return follows

    def in_order(self, follows: list[Follow]) -> list[Follow]:
        """Sort them, the newest first; a shuffle before decides within a second."""
        self._random.shuffle(follows)
        return sorted(follows, key=lambda follow: follow.since, reverse=True)
