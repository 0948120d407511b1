"""Random snapshots of one account for the oracle: few users, windows that shift, and everything that may hide a user.

Times are microseconds of a few days. Worlds in which someone really follows belong in the simulator.
"""

from random import Random

from tiktok_insights_tests.support.oracle.records import Interval, Row, Snapshot

_KINDS = ("whole", "whole", "whole", "cut", "cut", "partial", "window", "hidden", "foreign")
MINUTE = 60 * 10**6
#: Follow times are before the first snapshot; both so few that windows, holes, floors and snapshots tie.
_FOLLOWS, LOOKS = range(1_000, 2_200, 100), range(2_000, 8_000, 100)


def random_snapshots(chance: Random, account_id: str) -> list[Snapshot]:
    """The snapshots of an account, in no order."""
    ids = [str(number) for number in range(1, chance.randint(2, 6))]
    return [_snapshot(chance, f"{account_id}/{number:02}", ids, account_id) for number in range(chance.randint(1, 14))]


def _snapshot(chance: Random, key: str, ids: list[str], account_id: str) -> Snapshot:
    kind, moment = chance.choice(_KINDS), chance.choice(LOOKS) * MINUTE
    is_ours = kind != "foreign"
    shown = [tiktok_id for tiktok_id in ids if kind != "hidden" and chance.random() < 0.4]
    return Snapshot(
        key,
        moment,
        kind if is_ours else "",
        is_whole=kind == "whole" and chance.random() < 0.9,
        covered_from=chance.choice(_FOLLOWS) * MINUTE if is_ours and chance.random() < 0.9 else None,
        covered_to=moment if is_ours else None,
        holes=tuple(_hole(chance) for _ in range(chance.choice([0, 0, 0, 1, 2]))) if is_ours else (),
        rows=tuple(_row(chance, tiktok_id, is_ours=is_ours) for tiktok_id in shown),
        account_id=account_id,
    )


def _hole(chance: Random) -> Interval:
    start = chance.choice(_FOLLOWS)
    return Interval(start * MINUTE, (start + chance.choice([1, 50, 100])) * MINUTE)


def _row(chance: Random, tiktok_id: str, *, is_ours: bool) -> Row:
    """A row; a file of another producer may have windows, too."""
    if not is_ours and chance.random() < 0.8:
        return Row(tiktok_id)
    start = chance.choice(_FOLLOWS)
    after = None if chance.random() < 0.1 else start * MINUTE
    return Row(tiktok_id, after, (start + chance.choice([100, 200, 600])) * MINUTE)
