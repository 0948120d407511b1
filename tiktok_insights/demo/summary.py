"""What the demo has made, in words: what is true of each account, and what there is to find.

Here: sentences from the fake API's truth. Not here: the story itself (`story`).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from tiktok_insights.demo.story import BAKERY, CAFE, CAP, DAYS, DAYS_WITHOUT_LOOK, MUSEUM, STORY, looks
from tiktok_insights.local.fake_api.clock import SECONDS_PER_DAY, VIRTUAL_START
from tiktok_insights.local.fake_api.stories.story import second_of

Facts = list[dict[str, Any]]
_LONG_BREAK = 3 * SECONDS_PER_DAY


def words(truth: Callable[[str], Facts]) -> str:
    """The summary; `truth` gives the facts of an account at the end."""
    facts = {told.handle: truth(told.handle) for told in STORY.accounts}
    taken = looks()
    days = f"{DAYS} days, from {_day(VIRTUAL_START)} to {_day(taken[-1])}"
    lines = [
        f"It has {len(taken) * len(facts)} snapshots of {len(facts)} accounts on {days}. What is true of the accounts:",
        *(f"  {handle}: {_account(about)}" for handle, about in facts.items()),
        "What to look for:",
        *(f"  {found}" for found in _finds(facts)),
    ]
    return "\n".join(lines)


def _account(facts: Facts) -> str:
    why = Counter(fact["why"] for fact in facts)
    joined = sum(fact["follows"][0][0] >= VIRTUAL_START for fact in facts)
    listed = sum(fact["is_listed"] for fact in facts)
    return (
        f"{why[None]} followers, {listed} of them listed; {joined} joined; {len(facts) - why[None]} are gone "
        f"({why['unfollowed']} unfollowed, {why['died']} died, {why['hidden']} are hidden)"
    )


def _finds(facts: dict[str, Facts]) -> Iterator[str]:
    told = {account.handle: account for account in STORY.accounts}
    (burst,) = told[BAKERY].bursts
    yield (
        f"a burst: {burst.follows} users followed {BAKERY} within {burst.seconds // 60} minutes from "
        f"{_minute(second_of(burst.day))} on; their accounts were a few days old"
    )
    yield f"a cut list: {MUSEUM} has more followers than the {CAP} that the API lists"
    yield from (_returned(handle, fact) for handle, fact in _first(facts, _has_returned))
    yield from (_unknown(handle, fact) for handle, fact in _first(facts, _is_beyond))
    (hidden,), (partial,) = told[CAFE].troubles, told[BAKERY].troubles
    yield f"a hidden list: {CAFE} from {_day(second_of(hidden.from_day))} to {_day(second_of(hidden.to_day) - 1)}"
    yield f"a walk that ended early: {BAKERY} on {_day(second_of(partial.from_day))}"
    yield f"days without a snapshot: {', '.join(_day(second_of(day)) for day in DAYS_WITHOUT_LOOK)}"


def _first(facts: dict[str, Facts], is_one: Callable[[dict[str, Any]], bool]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The first fact of its kind, with its account; nothing if there is none."""
    found = ((handle, fact) for handle, about in facts.items() for fact in about if is_one(fact))
    yield from (one for one, _ in zip(found, range(1), strict=False))


def _has_returned(fact: dict[str, Any]) -> bool:
    spans = fact["follows"]
    return bool(
        fact["is_listed"]
        and len(spans) == 2
        and spans[0][1] > VIRTUAL_START + _LONG_BREAK
        and spans[1][0] - spans[0][1] > _LONG_BREAK
    )


def _is_beyond(fact: dict[str, Any]) -> bool:
    return fact["why"] is None and not fact["is_listed"]


def _returned(handle: str, fact: dict[str, Any]) -> str:
    (_, left), (back, _) = fact["follows"]
    return f"a returned user: {fact['tiktok_id']} left {handle} on {_day(left)} and is back since {_day(back)}"


def _unknown(handle: str, fact: dict[str, Any]) -> str:
    since = fact["follows"][-1][0]
    return (
        f"an unknown: {fact['tiktok_id']} follows {handle} since {_day(since)}; the list no longer reaches back so far"
    )


def _day(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


def _minute(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M} UTC"
