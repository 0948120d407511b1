"""An account's removal that fails at any of its effects: repeated, it comes to the state of an undisturbed one.

So it does when an extraction has fetched the account again meanwhile, and a load has taken it in.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.tables.definitions import ALL
from tiktok_insights_tests.people.test_forget_kills import Ground, fail
from tiktok_insights_tests.support.campaigns import Size
from tiktok_insights_tests.support.fail_points import Manner, Moment
from tiktok_insights_tests.support.history import Tables
from tiktok_insights_tests.support.interrupted_removals import AccountRemoval, watched
from tiktok_insights_tests.support.kill_campaigns import remove_empty_partitions
from tiktok_insights_tests.support.killed_runs import prepare_children
from tiktok_insights_tests.support.removed_people import COMMITTED
from tiktok_insights_tests.support.sandbox import Sandbox, sandbox

__all__ = ["sandbox"]

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.faults,
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result"),  # fakesnow's way to fetch results
]

#: The effects after which a removal is in another state, and how each fails usually.
TURNING_POINTS = {
    "S3 DELETE raw/": (Moment.AFTER, Manner.SIGKILL),
    "S3 DELETE csv/": (Moment.ANSWER_LOST, Manner.RAISE),
    "COMMIT": (Moment.ANSWER_LOST, Manner.RAISE),
    "file of this machine": (Moment.BEFORE, Manner.SIGKILL),
    "file unfinished.json": (Moment.BEFORE, Manner.SIGKILL),
}


class AccountGround(Ground):
    """The same bucket, warehouse and home; the account of the committed snapshot goes, and its handle in a log."""

    kind = AccountRemoval
    reference = COMMITTED.account_id

    def loaded(self) -> Tables:
        """The same, when the next run has removed empty partitions."""
        remove_empty_partitions(self._sandbox, self._store)
        return super().loaded()

    def left(self) -> Iterator[str]:
        """Where the account still is."""
        yield from (info.key for info in self._store.list("") if f"account={self.reference}/" in info.key)
        tables = self._sandbox.settled()
        for table in ALL:
            if "ACCOUNT_ID" in table.names:
                place = table.names.index("ACCOUNT_ID")
                rows = [one for one in tables.get(table.name, []) if one[place] == self.reference]
                yield from (f"it is in {table.name}" for _ in rows[:1])


@pytest.fixture
def ground(sandbox: Sandbox, store: ObjectStore, tmp_path: Path) -> AccountGround:
    """The undisturbed removal."""
    prepare_children(watched.__module__)
    return AccountGround(sandbox, store, tmp_path / "home")


def test_wherever_a_removal_fails_its_repeat_ends_right(
    ground: AccountGround, size: Size, pytestconfig: pytest.Config
) -> None:
    """N of N: the end state is that of an undisturbed one, with the handles gone from the log."""
    fail(ground, TURNING_POINTS, size, pytestconfig.getoption("--fail-point"))
    assert not list(ground.left())
