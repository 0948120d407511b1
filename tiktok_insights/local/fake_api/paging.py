"""One page of a list: which slots it holds, where it ends, and whether more follow.

Here: the cursor's rules as captured. Not here: parameters and bodies (`endpoints`, `dialect_web`,
`dialect_app`). A page is cut out of the list first and filtered afterwards, so it is short where dead
accounts were; but it is empty only if nothing is left to show.
"""

import dataclasses

from tiktok_insights.local.fake_api.accounts import Account, Direction
from tiktok_insights.local.fake_api.population import Person, Slots, World
from tiktok_insights.local.fake_api.seeding import mix

LARGEST_PAGE = 30
"""Rows a page has at most, whatever `count` says (captured response)."""

_ONE_ROOMY_PAGE_REPEATS_IN = 8  # four pages in five have room for it, so about one page in ten repeats a row


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One page. In `rows`, None stands for a dummy row.

    `cursor` is the second (unix, UTC) of the oldest follow on the page, to be sent for the next one, and 0
    on a page without rows; `newest` the second before which all of it lies; `number` its place in the walk,
    from 0.
    """

    rows: tuple[Person | None, ...]
    cursor: int
    newest: int
    has_more: bool
    total: int
    number: int


def page_of(world: World, account: Account, direction: Direction, *, cursor: int, count: int, at: int) -> Page:
    """Return the page of followers older than `cursor` (unix seconds; 0: the newest) at virtual time `at`."""
    follows = world.follows(account, direction)
    count, newest = min(count, LARGEST_PAGE), _before(cursor, at)
    first = follows.first_slot_before(newest)
    rows: list[Person | None] = []
    taken, last, has_more = 0, None, False
    for slot in follows.present(first, at):
        if not world.is_shown(account, follows, slot, at):
            if taken < count:
                taken, last = taken + 1, slot
            continue
        if taken >= count and rows:
            has_more = True
            break
        rows.append(_row(world, follows, slot, at))
        taken, last = taken + 1, slot
    if cursor and rows and len(rows) < count and mix(follows.key, cursor) % _ONE_ROOMY_PAGE_REPEATS_IN == 0:
        rows[:0] = _last_row_before(world, account, follows, first, at)
    return Page(
        rows=tuple(rows),
        cursor=0 if last is None or not rows else follows.followed_at(last),
        newest=newest,
        has_more=has_more,
        total=follows.total(at),
        number=_place(follows, first, count, at),
    )


def page_number(world: World, account: Account, direction: Direction, *, cursor: int, count: int, at: int) -> int:
    """Return the place in a walk, from 1, of the page that `page_of` would return; without making it."""
    follows = world.follows(account, direction)
    return 1 + _place(follows, follows.first_slot_before(_before(cursor, at)), min(count, LARGEST_PAGE), at)


def _before(cursor: int, at: int) -> int:
    """Return the second before which a page lies."""
    return min(cursor or at + 1, at + 1)


def _place(follows: Slots, first: int, count: int, at: int) -> int:
    """Return the place in a walk, from 0, of the page that begins at a slot.

    The nearest one, so that those who arrive or leave during a walk do not shift it.
    """
    return (follows.rank(first, at) + count // 2) // count


def _row(world: World, follows: Slots, slot: int, at: int) -> Person | None:
    """Return the slot's person, or None for a dummy row."""
    return None if follows.is_dummy(slot) else world.person(follows.person_at(slot), at)


def _last_row_before(world: World, account: Account, follows: Slots, first: int, at: int) -> list[Person | None]:
    """Return the row that ended the page before, as a list; empty if there was none."""
    for slot in range(first - 1, follows.newest_slot(at) - 1, -1):
        if not follows.has_left(slot, at) and world.is_shown(account, follows, slot, at):
            return [_row(world, follows, slot, at)]
    return []
