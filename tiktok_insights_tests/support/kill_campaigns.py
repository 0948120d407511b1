"""Campaigns of runs that fail at an effect and are repeated: at which points, and what becomes of them.

What runs, and what its end state must be, belongs to its tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.listing import CsvInventory, has_csvs
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment
from tiktok_insights_tests.support.sandbox import Sandbox


class Ground(Protocol):
    """Where something runs again and again: the names of its requests, and the numbers of those that have an effect."""

    names: list[str]
    effects: list[int]

    def wrong_after(self, point: FailPoint, with_others: bool) -> Iterator[str]:
        """Let it fail there, repeat it, and say in sentences what is not as it must be."""


def turning_points(ground: Ground, kinds: Mapping[str, tuple[Moment, Manner]]) -> list[FailPoint]:
    """The last effect of each kind, which are known by the beginnings of their names."""
    last = {kind: number for number in ground.effects for kind in kinds if ground.names[number].startswith(kind)}
    assert last.keys() == kinds.keys()
    return [FailPoint(number, *kinds[kind]) for kind, number in last.items()]


def every_point(ground: Ground) -> list[FailPoint]:
    """Every effect at each moment, by an exception and by SIGKILL."""
    # A file has no answer, and a killed process hears no part of one.
    return [
        FailPoint(number, moment, manner)
        for number in ground.effects
        for moment in Moment
        for manner in Manner
        if not (moment.breaks_the_answer and ground.names[number].startswith("file"))
        and (moment, manner) != (Moment.ANSWER_CUT, Manner.SIGKILL)
    ]


def remove_empty_partitions(sandbox: Sandbox, store: ObjectStore) -> None:
    """Let the catalog have the partitions that have CSVs, as the next run leaves it."""
    catalog, listed = sandbox.places.catalog(), CsvInventory(store).listing().partitions
    registered = catalog.register(listed).partitions
    catalog.remove_empty({*registered} - listed, partial(has_csvs, store))


def judge(ground: Ground, pairs: Sequence[tuple[FailPoint, bool]]) -> None:
    """See that every run ends right, alone or with others before the repeat, and name those that do not."""
    wrong = [(pair, what) for pair in pairs for what in ground.wrong_after(*pair)]
    right = len(pairs) - len({pair for pair, _ in wrong})
    said = f"{right} of {len(pairs)} ended right. To repeat one, add --fail-point and its name:"
    lines = [f"{point} ({ground.names[point.number]}), {_WITH[others]}: {what}" for (point, others), what in wrong]
    assert not wrong, "\n".join([said, *lines])


_WITH = {False: "alone", True: "with an extraction and a load before the repeat"}
