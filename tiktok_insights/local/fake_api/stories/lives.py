"""What happens to people in a story, whichever accounts they follow: death, hiding, names, ages, missing counts.

Here: pure functions of seed, person and virtual time. Not here: whom they follow (`course`). People of a story have
indices that no other list uses. Anyone else has no life, and is as the population says.
"""

import dataclasses
import functools

from tiktok_insights.local.fake_api.clock import SECONDS_PER_DAY
from tiktok_insights.local.fake_api.counts import Counts
from tiktok_insights.local.fake_api.identity import UNIVERSE, person_id
from tiktok_insights.local.fake_api.naming import handle_of
from tiktok_insights.local.fake_api.seeding import key_of, mix, scramble_32
from tiktok_insights.local.fake_api.stories.story import SameAge, Story, second_of

FIRST_PERSON = 1 << 31
"""The index of a story's person 0: above those of all other lists."""

FOREVER = 1 << 62
"""Later than any virtual time."""

_SECOND_NAMES = 1 << 30  # the distance to the index whose handle a renamed person takes; nobody has that index
_FIRST_HOLLOW = 7_000_000_000_000 + UNIVERSE  # above the numbers in all other handles of this kind
_SHORTEST_ABSENCE, _LONGEST_ABSENCE = 2 * SECONDS_PER_DAY, 14 * SECONDS_PER_DAY
_SECONDS_PER_HOUR = 3_600


@dataclasses.dataclass(frozen=True, slots=True)
class Absence:
    """From `since` to before `until` (unix seconds) a person is in no list; `why` is `died` or `hidden`."""

    since: int
    until: int
    why: str


class Lives:
    """The lives of a story's people."""

    def __init__(self, seed: int, story: Story) -> None:
        self._people = story.people
        self._number = story.people.number
        self._days = story.days
        self._identity_key = key_of(seed, "identity")
        self._key = functools.cache(lambda purpose: key_of(seed, "story", purpose))

    def absence(self, index: int, at: int) -> Absence | None:
        """Return why a person is in no list at `at`, or None; who is dead cannot hide."""
        return next((one for one in self._absences(index) if one.since <= at < one.until), None)

    def identifier(self, index: int) -> int:
        """Return the person's id; those of a same-age group were created within an hour."""
        group = self._group(index)
        if group is None:
            return person_id(self._identity_key, index)
        created = second_of(group.day) + mix(self._key("age"), index) % _SECONDS_PER_HOUR
        return created << 32 | scramble_32(self._identity_key, index)

    def handle(self, index: int, at: int) -> str:
        """Return the person's handle at `at`."""
        group = self._group(index)
        if group is not None and group.hollow:
            return f"user{_FIRST_HOLLOW + index}"
        return handle_of(scramble_32(self._identity_key >> 32, self._named_as(index, at)))

    def _named_as(self, index: int, at: int) -> int:
        """Return the index whose handle the person has at `at`: the own one until a swap or a change."""
        place = index - FIRST_PERSON
        if not 0 <= place < self._number:
            return index
        other = place ^ 1
        if other < self._number and self._happens("swap", place // 2, self._people.swap):
            return FIRST_PERSON + other if at >= self._moment("swap", place // 2) else index
        if self._happens("rename", place, self._people.rename) and at >= self._moment("rename", place):
            return index + _SECOND_NAMES
        return index

    def private_share(self, index: int, usual: float) -> float:
        """Return the share of private people among those like this one."""
        return self._people.private if 0 <= index - FIRST_PERSON < self._number else usual

    def counts(self, index: int) -> Counts | None:
        """Return counts that take the place of the usual ones: none served, or those of a hollow account."""
        place, group = index - FIRST_PERSON, self._group(index)
        if 0 <= place < self._number and self._happens("uncounted", place, self._people.uncounted):
            return Counts(0, 0, 0, 0, 0)
        if group is None or not group.hollow:
            return None
        return Counts(followers=mix(self._key("few"), index) % 20, following=1_200 + place, videos=0, hearts=0, diggs=0)

    def _group(self, index: int) -> SameAge | None:
        """Return the same-age group that a person is in, or None."""
        groups, place = self._people.same_age, index - FIRST_PERSON
        return next((one for number, one in enumerate(groups) if place in self._people.group(number)), None)

    def _absences(self, index: int) -> tuple[Absence, ...]:
        place = index - FIRST_PERSON
        if not 0 <= place < self._number:
            return ()
        found = []
        for why, share in (("died", self._people.die), ("hidden", self._people.hide)):
            if self._happens(why, place, share):
                since = self._moment(why, place)
                returns = why == "hidden" or self._happens("revive", place, self._people.revive)
                length = mix(self._key(f"{why} for"), place) % (_LONGEST_ABSENCE - _SHORTEST_ABSENCE)
                found.append(Absence(since, since + _SHORTEST_ABSENCE + length if returns else FOREVER, why))
        return tuple(found)

    def _happens(self, what: str, place: int, share: float) -> bool:
        return mix(self._key(what), place) < share * 2**64

    def _moment(self, what: str, place: int) -> int:
        """When it happens: some second of the story's days."""
        return second_of(0) + mix(self._key(f"{what} at"), place) % (self._days * SECONDS_PER_DAY)
