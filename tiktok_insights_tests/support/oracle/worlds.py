"""Short spellings of snapshots and rows for the oracle's own tests. Worlds with truth belong in the simulator."""

from dataclasses import replace

from tiktok_insights_tests.support.oracle.records import Interval, Row, Snapshot


def shown(*ids: str, after: int | None, before: int) -> tuple[Row, ...]:
    """Rows of one page, so with one window."""
    return tuple(Row(tiktok_id, after, before) for tiktok_id in ids)


def whole(time: int, *rows: Row, claimed: int | None = None) -> Snapshot:
    """A whole list; its claimed total is the number of rows unless given."""
    total = len(rows) if claimed is None else claimed
    return replace(_look(time, "whole", rows, None, total), is_whole=True)


def cut(time: int, *rows: Row, back_to: int | None, claimed: int = 1_000, holes: tuple[Interval, ...] = ()) -> Snapshot:
    """A list that the API cut at its cap."""
    return replace(_look(time, "cut", rows, back_to, claimed), holes=holes)


def partial(time: int, *rows: Row, back_to: int | None) -> Snapshot:
    """A walk that stopped before the list's end."""
    return _look(time, "partial", rows, back_to, 1_000)


def window(time: int, *rows: Row, back_to: int | None) -> Snapshot:
    """An incremental walk."""
    return _look(time, "window", rows, back_to, 1_000)


def hidden(time: int) -> Snapshot:
    """A look at a list that is hidden."""
    return _look(time, "hidden", (), None, 1_000)


def foreign(time: int, *ids: str) -> Snapshot:
    """A file of another producer: no windows, no coverage."""
    rows = tuple(Row(tiktok_id) for tiktok_id in ids)
    return replace(_look(time, "whole", rows, None, None), covered_to=None)


def _look(time: int, outcome: str, rows: tuple[Row, ...], back_to: int | None, claimed: int | None) -> Snapshot:
    """A snapshot named after its time."""
    return Snapshot(
        f"{time:012}",
        time,
        outcome,
        covered_from=back_to,
        covered_to=time,
        users_seen=len(rows),
        users_claimed=claimed,
        rows=rows,
    )
