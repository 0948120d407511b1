"""What a walk over pages covers: windows of rows, holes, whether the list is whole (section 1 of the definitions).

What follows from several snapshots of an account belongs in `presence` and the modules of the metrics.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights_tests.support.oracle.records import Interval, Row
from tiktok_insights_tests.support.oracle.times import MINUTE

#: Lengths at which the API is known to cut lists.
CAPS = (30, 50, 5_000, 10_000)
#: A page that spans less is followed by one that overlaps it.
DENSE = 10 * MINUTE


@dataclass(frozen=True)
class Page:
    """One page: the cursor it was asked with (None for page 1), its own, when it was fetched, what it holds.

    `now` is its `extra.now`. Dummy rows are not among the ids. A page that could not be read has no cursor.
    """

    asked: int | None
    cursor: int | None
    fetched_at: int
    ids: tuple[str, ...] = ()
    rejected: int = 0
    has_more: bool = True
    now: int | None = None
    is_readable: bool = True


def usable(cursor: int | None) -> int | None:
    """The cursor, or None for -1, 0 and null."""
    return cursor if cursor is not None and cursor > 0 else None


def window(page: Page) -> Interval:
    """The follow window of a page's rows."""
    if page.asked is not None:
        return Interval(usable(page.cursor), page.asked)
    return Interval(usable(page.cursor), max(page.fetched_at, page.now or 0) + 1)


def next_asked(page: Page) -> int | None:
    """The cursor to ask the next page with: one second later where follows are dense, None if there is no next page.

    A page within one second would be asked for again forever, so the walk continues strictly before that second.
    """
    span, cursor = window(page), usable(page.cursor)
    if not page.has_more or cursor is None:
        return None
    return cursor + 1 if 1 < span.before - cursor < DENSE else cursor


def rows(pages: Sequence[Page]) -> list[Row]:
    """The rows of a walk with windows and positions; a repeat is dropped, so its first page counts.

    Choice: positions count the rows that are kept, not dummies, rejected rows or repeats.
    """
    kept: dict[str, Row] = {}
    for page in pages:
        span = window(page)
        for tiktok_id in page.ids:
            if tiktok_id not in kept:
                kept[tiktok_id] = Row(tiktok_id, span.after, span.before, len(kept) + 1, extracted_at=page.fetched_at)
    return list(kept.values())


def holes(pages: Sequence[Page]) -> list[Interval]:
    """The follow times that a walk did not read.

    Choice: a page that could not be read ends where the next page of the walk begins; without one, it never ends.
    A page within one second is a hole only if the list goes on: otherwise nobody was skipped.
    """
    found = []
    for number, page in enumerate(pages):
        span = window(page)
        if not page.is_readable:
            following = pages[number + 1].asked if number + 1 < len(pages) else None
            found.append(Interval(following, span.before))
        elif page.rejected or (page.has_more and span.after is not None and span.before - span.after <= 1):
            found.append(span)
    return sorted(found, key=lambda hole: (hole.before, hole.after or 0))


def covered_from(pages: Sequence[Page]) -> int | None:
    """The cursor of the last page, if it is usable."""
    return usable(pages[-1].cursor) if pages else None


def covered_to(pages: Sequence[Page]) -> int | None:
    """The fetch time of page 1."""
    return pages[0].fetched_at if pages else None


def is_long_enough(seen: int, claimed: int) -> bool:
    """Whether at least 90 % of the claimed users were seen, or at most 5 are missing."""
    return seen * 10 >= claimed * 9 or claimed - seen <= 5


def is_whole(
    seen: int, claimed: int | None, *, ended: bool = True, has_holes: bool = False, caps: Sequence[int] = CAPS
) -> bool:
    """Whether a list is whole; `ended` is whether the last page had `hasMore=false`."""
    if not ended or has_holes or claimed is None:
        return False
    return is_long_enough(seen, claimed) and not any(seen <= cap < claimed for cap in caps)
