"""Down to where an incremental walk goes, from manifests of every kind: full walks, windows, gaps and holes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.known_stretch import walk_until
from tiktok_insights.raw.manifest import Manifest, PageEntry, SnapshotKey
from tiktok_insights.raw.snapshots import RawStore

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
ACCOUNT = "6800000000000000001"
POLICY = SnapshotPolicy(incremental=True)


@dataclass
class Look:
    """A committed snapshot, so many hours old: the cursors of its first and its last page, and its holes."""

    outcome: str
    hours: float
    top: int | None
    start: int | None
    holes: tuple[tuple[int, int], ...] = field(default=())

    def manifest(self) -> Manifest:
        """The manifest that its walk would have committed."""
        pages = [PageEntry("", "", 30, "", cursor, None) for cursor in (self.top, self.start)]
        return Manifest(
            account_id=ACCOUNT,
            handle="a.b",
            sec_uid="MS4wLjABAAAA",
            snapshot_id=SnapshotKey.begun_at(ACCOUNT, NOW - timedelta(hours=self.hours)).snapshot_id,
            started_at="",
            finished_at="",
            outcome=self.outcome,
            reason="",
            users_seen=60,
            users_claimed=60,
            is_whole=False,
            holes=self.holes,
            rows=60,
            dummies=0,
            rejected=0,
            requests=3,
            pages=tuple(pages) if self.outcome != "hidden" else (),
            covered_from=self.start,
            covered_to=None,
        )


def until(raw: RawStore, *looks: Look, policy: SnapshotPolicy = POLICY) -> int | None:
    """Where a new walk may stop after these snapshots."""
    for look in looks:
        raw.commit(look.manifest())
    return walk_until(raw, ACCOUNT, policy, NOW)


_FULL = Look("cut", 100, 9_000, 1_000)


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        pytest.param((), None, id="nothing is known"),
        pytest.param((_FULL,), 9_000, id="a cut list serves"),
        pytest.param((Look("whole", 100, 9_000, 1_000),), 9_000, id="a whole list serves"),
        pytest.param((Look("partial", 100, 9_000, 1_000),), None, id="a partial list does not"),
        pytest.param((Look("cut", 169, 9_000, 1_000),), None, id="the full walk is over a week old"),
        pytest.param((Look("cut", 168, 9_000, 1_000),), None, id="it is exactly a week old"),
        pytest.param((Look("cut", 167, 9_000, 1_000),), 9_000, id="it is almost a week old"),
        pytest.param((Look("cut", 100, None, None),), None, id="version 1 has no windows"),
        pytest.param((Look("cut", 120, 8_000, 1_000), Look("whole", 99, None, None)), None, id="the newest has none"),
        pytest.param((Look("window", 10, 9_500, 9_000),), None, id="a window alone"),
        pytest.param((Look("cut", 200, 8_000, 1_000), Look("window", 10, 9_500, 8_000)), None, id="a window of an old"),
        pytest.param((_FULL, Look("window", 50, 9_500, 9_000)), 9_500, id="a window continues"),
        pytest.param((_FULL, Look("window", 50, 9_500, 8_990)), 9_500, id="a window overlaps"),
        pytest.param(
            (_FULL, Look("window", 50, 9_500, 8_990), Look("window", 20, 9_700, 9_400)), 9_700, id="windows chain"
        ),
        pytest.param((_FULL, Look("window", 50, 9_500, 9_001)), 9_000, id="a gap before the window"),
        pytest.param(
            (_FULL, Look("window", 50, 9_500, 9_001), Look("window", 20, 9_900, 9_400)), 9_000, id="a chain over a gap"
        ),
        pytest.param(
            (_FULL, Look("window", 50, 9_500, 9_001), Look("window", 20, 9_900, 8_000)), 9_900, id="a closed gap"
        ),
        pytest.param((_FULL, Look("window", 50, 8_800, 8_800)), 9_000, id="users left, and page 1 reaches further"),
        pytest.param((_FULL, Look("partial", 50, 9_500, 8_990)), 9_000, id="a partial walk does not chain"),
        pytest.param((_FULL, Look("hidden", 50, None, None)), 9_000, id="a hidden list changes nothing"),
        pytest.param((_FULL, Look("window", 50, None, None)), 9_000, id="a window of version 1 is none"),
        pytest.param((_FULL, Look("cut", 50, 9_600, 1_500)), 9_600, id="the newest full walk counts"),
        pytest.param((Look("cut", 100, 9_000, 1_000, ((3_000, 3_100),)),), 9_000, id="a hole of the full walk"),
        pytest.param((_FULL, Look("window", 50, 9_500, 8_900, ((9_200, 9_300),))), 9_199, id="a hole is walked again"),
        pytest.param(
            (_FULL, Look("window", 50, 9_500, 8_900, ((9_200, 9_300), (9_400, 9_401)))), 9_199, id="the lowest hole"
        ),
        pytest.param((_FULL, Look("window", 50, 9_500, 8_900, ((8_950, 8_960),))), 9_500, id="read before"),
        pytest.param((_FULL, Look("window", 50, 9_500, 8_900, ((8_900, 8_900),))), 9_500, id="its last second"),
        pytest.param(
            (_FULL, Look("window", 50, 9_500, 8_900, ((9_200, 9_300),)), Look("window", 9, 9_900, 9_100)),
            9_900,
            id="a hole that was read later",
        ),
        pytest.param(
            (
                _FULL,
                Look("window", 50, 9_500, 8_900, ((9_200, 9_300),)),
                Look("window", 9, 9_900, 9_100, ((9_200, 9_300),)),
            ),
            9_900,
            id="a hole that was tried twice",
        ),
        pytest.param(
            (_FULL, Look("window", 50, 9_500, 8_900, ((9_200, 9_300),)), Look("window", 9, 9_900, 9_450)),
            9_199,
            id="a hole below the next window",
        ),
    ],
)
def test_where_a_walk_may_stop(raw: RawStore, looks: tuple[Look, ...], expected: int | None) -> None:
    """At the first cursor of what is covered without a gap, down to the end of the last full walk."""
    assert until(raw, *looks) == expected


def test_a_full_run_walks_to_the_end(raw: RawStore) -> None:
    """So does one that is forced, and one with another number of days."""
    assert until(raw, _FULL, policy=SnapshotPolicy()) is None
    for policy in (
        SnapshotPolicy(incremental=True, force_new_snapshot=True),
        SnapshotPolicy(incremental=True, full_walk_after=timedelta(hours=100)),
    ):
        assert walk_until(raw, ACCOUNT, policy, NOW) is None
    assert walk_until(raw, ACCOUNT, SnapshotPolicy(incremental=True, full_walk_after=timedelta(days=30)), NOW) == 9_000
