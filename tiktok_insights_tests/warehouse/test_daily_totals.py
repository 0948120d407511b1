"""What the days keep when snapshots expire. Random histories: `test_presence.py`."""

from datetime import UTC, datetime

import pytest

from tiktok_insights.warehouse.daily_totals import daily_totals_kept
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.expiring import expire
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.orders

CUT, LATER = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
AT = datetime(2026, 4, 1, tzinfo=UTC)
DAY, EXPIRED_AT = (moment.replace(tzinfo=None) for moment in (datetime(2026, 1, 31, tzinfo=UTC), AT))
FOLLOWED = "2026-02-02T12:00:00Z"
KEPT = "SELECT ACCOUNT_ID, DAY, FIRST_SEEN, GONE, MISSED_ONCE, OUT_OF_VIEW, EXPIRED_AT FROM DAILY_TOTALS ORDER BY 1, 2"


@pytest.fixture
def loaded(loader: Loader) -> Loader:
    """Two snapshots. The second shows two users for the first time, of whom one had not followed before the cut."""
    noon, follow = "2026-02-03T12:00:00Z", {"followed_after": FOLLOWED, "followed_before": FOLLOWED.replace("0Z", "1Z")}
    loader.put("a", csv_file(row("1", extracted_at="2026-01-31T12:00:00Z")))
    later = [row("1", extracted_at=noon), row("2", extracted_at=noon), row("3", extracted_at=noon, **follow)]
    loader.put("b", csv_file(*later), day="2026-02-03")
    loader.load()
    return loader


def test_what_expires_is_kept_once(loaded: Loader) -> None:
    """One row per account and day, also after the next expiry; none for numbers that are left."""
    expire(loaded.session, CUT, AT)
    expected = [("42", DAY, 1, 0, 0, 0, EXPIRED_AT), ("42", DAY.replace(month=2, day=3), 1, 0, 0, 0, EXPIRED_AT)]
    assert loaded.rows(KEPT) == expected
    expire(loaded.session, CUT, AT)
    assert loaded.rows(KEPT) == expected
    expire(loaded.session, LATER, AT)
    expected[1] = ("42", DAY.replace(month=2, day=3), 2, 0, 0, 0, EXPIRED_AT)
    assert loaded.rows(KEPT) == expected
    with loaded.session.transaction(), daily_totals_kept(loaded.session, [], AT):
        pass
    assert loaded.rows(KEPT) == expected


@pytest.mark.parametrize("which", range(3))
def test_a_statement_that_ran_twice_is_rolled_back(loaded: Loader, which: int) -> None:
    """As when its answer was lost: the error says so, and the tables are as they were."""
    before = loaded.dump()
    point = FailPoint(which, Moment.ANSWER_LOST, Manner.RAISE, "INSERT INTO DAILY_TOTALS")
    with Requests(point).watched() as requests, told("DAILY_TOTALS would change the totals", "(3, 0, 0, 0)"):
        expire(loaded.session, CUT, AT)
    assert requests.reached
    assert loaded.dump() == before
    assert loaded.rows(KEPT) == []
