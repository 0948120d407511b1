"""Whatever is empty, zero or unknown in the facts, the file is drawn, and never says None."""

import random
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tiktok_insights.dashboard.facts.change import Day, Period
from tiktok_insights.dashboard.facts.coverage import Coverage, Snapshot, States
from tiktok_insights.dashboard.facts.people import Total
from tiktok_insights.dashboard.view.render import render
from tiktok_insights_tests.dashboard import support_facts as made
from tiktok_insights_tests.support.campaigns import examples

ACCOUNTS = (made.cut_account(), made.whole_account(), made.hidden_account(), made.first_look())
#: Facts whose numbers may each be 0; elsewhere a share is unknown where its number is 0.
NUMBERS_ALONE = (Coverage, Day, Snapshot, States, Total)
#: Numbers that add up to others: they are unknown together, or not at all.
TOGETHER = {name for name, hint in typing.get_type_hints(Period).items() if hint == int | None}


@settings(max_examples=examples(0.3))
@given(st.integers(0, 2**32))
def test_any_facts_are_drawn(seed: int) -> None:
    """Of each kind of account, with some lists emptied or cut to one, some numbers 0 or 1, and some unknown."""
    draw = random.Random(seed)  # noqa: S311  # not a secret
    accounts = draw.sample(ACCOUNTS, draw.randint(1, 3))
    share = draw.choice((0.02, 0.1, 0.4))
    text = render(replace(made.facts(*ACCOUNTS), accounts=tuple(poorer(account, draw, share) for account in accounts)))
    assert text.rstrip().endswith("</html>")
    # "None are private" is a sentence.
    assert not re.search(r">[^<>]*\b(None|nan|inf)\b[^<>]*<(?!/b> are)", text)


def poorer(value: Any, draw: random.Random, share: float) -> Any:
    """Give the same facts with less in them."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    hints = typing.get_type_hints(type(value))
    changed = {
        field.name: _poorer(getattr(value, field.name), hints[field.name], draw, share)
        for field in fields(value)
        if hints[field.name] is not int or isinstance(value, NUMBERS_ALONE)
    }
    if isinstance(value, Period):
        changed = {name: part for name, part in changed.items() if name not in TOGETHER}
        if draw.random() < share:
            changed |= dict.fromkeys(TOGETHER)
    return replace(value, **changed)


def _poorer(part: Any, hint: Any, draw: random.Random, share: float) -> Any:
    is_optional = isinstance(hint, types.UnionType) and type(None) in hint.__args__
    if is_optional and draw.random() < share:
        return None
    if isinstance(part, tuple):
        kept = part[: draw.choice((0, 1, 2))] if draw.random() < share else part
        return tuple(poorer(item, draw, share) for item in kept)
    if isinstance(part, Mapping):
        return {key: poorer(item, draw, share) for key, item in part.items() if draw.random() >= share}
    if isinstance(part, int) and not isinstance(part, bool) and draw.random() < share:
        return draw.choice((0, 1))
    return poorer(part, draw, share)
