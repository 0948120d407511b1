"""What three rules make of the same daily lists, held against the truth: run it to print the table of the docs.

The rules are the plain difference of two lists, one look by windows, and two looks by windows. That the platform goes
by the third one is for the tests of the oracle and the marts.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tiktok_insights_tests.support.oracle.presence import sightings, would_have_shown
from tiktok_insights_tests.support.oracle.records import Snapshot, users
from tiktok_insights_tests.support.told_kinds import KINDS, Kind, Looked

_SHOWN = ("whole", "cut", "cut just below claimed")
#: What a rule says: the user, the last look that shows them, the first that misses them, and the one that decides.
Claim = tuple[str, int, int, int]


def plain_difference(looks: list[Snapshot]) -> Iterator[Claim]:
    """Who is on one list and not on the next one."""
    lists = [look for look in looks if look.rows]
    for earlier, later in pairwise(lists):
        for row in earlier.rows:
            if later.row_of(row.tiktok_id) is None:
                yield row.tiktok_id, earlier.started_at, later.started_at, later.started_at


def by_windows(looks: list[Snapshot], needed: int) -> Iterator[Claim]:
    """Who is missed by so many looks that would have shown them, before a look shows them again."""
    places = {look.snapshot_id: place for place, look in enumerate(looks)}
    for user in users(looks):
        seen = sightings(looks, user)
        ends = [places[look.snapshot_id] for look, _ in seen[1:]] + [len(looks)]
        for (shown, row), end in zip(seen, ends, strict=True):
            between = looks[places[shown.snapshot_id] + 1 : end]
            missed = [look for look in between if would_have_shown(look, row)]
            if len(missed) >= needed:
                yield user, shown.started_at, missed[0].started_at, missed[needed - 1].started_at


@dataclass
class Tally:
    """The claims of a rule that are true, all its claims, the leavers that it found, and all leavers that count."""

    true: int = 0
    claims: int = 0
    found: int = 0
    leavers: int = 0

    def __str__(self) -> str:
        return f"{self.true / self.claims:.3f} | {self.found / self.leavers:.2f}"


@dataclass
class Rules:
    """The tallies of the three rules on one kind of list."""

    tallies: dict[str, Tally] = field(default_factory=dict)

    def add(self, looked: Looked) -> None:
        """Let each rule judge one world. Counted are leavers whom the list before they left shows."""
        looks = list(looked.looks)
        true = {look.started_at: looked.true_at(look.started_at) for look in looks}
        left = {
            (user, until)
            for user, fact in true[looks[-1].started_at].items()
            for _, until in fact.follows
            if until is not None and until <= looks[-2].started_at and looked.was_listed_before(user, until)
        }
        for name, claims in (
            ("plain difference of two lists", plain_difference(looks)),
            ("one look with windows", by_windows(looks, 1)),
            ("two looks with windows", by_windows(looks, 2)),
        ):
            tally = self.tallies.setdefault(name, Tally())
            judged = list(claims)
            tally.claims += len(judged)
            tally.true += sum(true[decided_at][user].why is not None for user, *_, decided_at in judged)
            tally.leavers += len(left)
            tally.found += sum(
                any(one == user and shown <= until <= missed for one, shown, missed, _ in judged)
                for user, until in left
            )


def _rules(kind: Kind, seeds: int) -> Rules:
    rules = Rules()
    for seed in range(seeds):
        rules.add(Looked.at(kind, seed))
    return rules


if __name__ == "__main__":
    lines = [
        f"| {shown} | {rule} | {tally} |"
        for shown in _SHOWN
        for rule, tally in _rules(KINDS[shown], int(sys.argv[1])).tallies.items()
    ]
    sys.stdout.write("\n".join(["| list | rule | precision | recall |", "|---|---|--:|--:|", *lines, ""]))
