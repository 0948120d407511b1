"""Which objects under the prefix wait to be loaded, and in what order."""

from datetime import UTC, datetime

from tiktok_insights.clients.object_store import ObjectInfo
from tiktok_insights.lake.listing import Listing, sort_out
from tiktok_insights.staging.pending import pending

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
PLACE = "csv/followers/account=42/dt=2026-01-31"


def info(key: str, *, etag: str = "e1", last_modified: datetime = NOON) -> ObjectInfo:
    """One listed object."""
    return ObjectInfo(key, etag, 9, last_modified)


def test_pending_is_what_the_ledger_lacks_oldest_first() -> None:
    """A settled version waits no more, a new ETag of its key does; equal times are told apart by the key."""
    earlier = datetime(2026, 1, 31, 11, tzinfo=UTC)
    listing = sort_out(
        [
            info(f"{PLACE}/a.csv", etag="new"),
            info(f"{PLACE}/b.csv"),
            info(f"{PLACE}/d.csv"),
            info(f"{PLACE}/c.csv", last_modified=earlier),
        ]
    )
    waiting = pending(listing, {(f"{PLACE}/a.csv", "old"), (f"{PLACE}/b.csv", "e1")})
    assert [item.info.key for item in waiting] == [f"{PLACE}/c.csv", f"{PLACE}/a.csv", f"{PLACE}/d.csv"]


def test_nothing_is_pending_in_an_empty_bucket() -> None:
    """No objects, nothing to do."""
    assert pending(Listing((), ()), set()) == []
