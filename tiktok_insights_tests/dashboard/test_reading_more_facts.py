"""Every fact of the dashboard, recomputed from the rows of the history, over many accounts with all that facts tell."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from tiktok_insights_tests.dashboard.test_reading_facts import compared, small_worlds
from tiktok_insights_tests.insights.test_followers_over_time import BURSTS
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.oracle.random_looks import random_looks
from tiktok_insights_tests.support.oracle.records import Snapshot
from tiktok_insights_tests.support.told_kinds import KINDS, Looked

pytestmark = pytest.mark.full


def large_worlds() -> list[Snapshot]:
    """What the small ones have; bursts among others, large cohorts, lists of 50 rows, and lists hidden in between."""
    looks = [
        *small_worlds(),
        *random_looks(7, "6812345678901234567", users=120, count=20),
        *random_looks(6, "44", ("cut", "cut", "partial", "window"), users=40, count=8, bursts=BURSTS),
        *random_looks(4, "45", ("whole", "cut"), users=500, count=7),
        *random_looks(8, "47", ("whole",), users=500, count=14, bursts=BURSTS[:1]),
    ]
    for number, kind in enumerate(("fifty rows", "hidden in between")):
        looks += [replace(one, account_id=f"5{number}") for one in Looked.at(KINDS[kind], 0).looks[:15]]
    return looks


def test_every_fact_of_many_accounts_is_recomputed_from_the_history(loader: Loader) -> None:
    """And each number is somewhere other than 0 and None: else its comparison would say nothing."""
    found = compared(loader, large_worlds())
    seen = {place for place, value in values(found) if value not in (0, None)}
    every = {place for place, _ in values(found)}
    assert every == seen


def values(fact: Any, place: str = "") -> Iterator[tuple[str, object]]:
    """Each value in a fact, with the name of its field."""
    if is_dataclass(fact):
        yield place, fact
        for field in fields(fact):
            yield from values(getattr(fact, field.name), f"{type(fact).__name__}.{field.name}")
    elif isinstance(fact, tuple | Mapping):
        for one in fact.values() if isinstance(fact, Mapping) else fact:
            yield from values(one, place)
    else:
        yield place, fact
