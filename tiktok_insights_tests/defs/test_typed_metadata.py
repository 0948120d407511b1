"""Results in an asset's metadata: a program reads back what the asset has put in, and nothing that is made for eyes."""

import dagster as dg
import pytest
from pydantic import ValidationError

from tiktok_insights.defs.assets.raw import ACCOUNT_COLUMNS, ACCOUNT_RESULTS, account_row
from tiktok_insights.defs.assets.warehouse import LOAD_RESULT
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotOrigin
from tiktok_insights.raw.manifest import SnapshotKey
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.warehouse.publish import LoadResult, Publication

_FRESH = AccountResult(
    reference="corner.bakery",
    outcome=Outcome.CUT,
    reason="the API cuts lists of this length",
    requests=0,
    origin=SnapshotOrigin.FRESH,
    snapshot=SnapshotKey("6800000000000000001", "20260131T235958987Z"),
    handle='Corner, "Bakery" (fresh)',
    pages=334,
    users_seen=10_000,
    users_claimed=12_345,
    quota_left=2**60,
)
_UNKNOWN = AccountResult("nobody.here", Outcome.NOT_FOUND, "there is no such user", 1, handle="lone \ud800")


def test_results_come_back_as_they_were() -> None:
    """Enums, nested values, None and half a character too, and after Dagster has stored and loaded them."""
    metadata = ACCOUNT_RESULTS.entry((_FRESH, _UNKNOWN))
    assert ACCOUNT_RESULTS.read(metadata) == (_FRESH, _UNKNOWN)
    stored = dg.AssetMaterialization("a", metadata=metadata)
    loaded = dg.deserialize_value(dg.serialize_value(stored), dg.AssetMaterialization)
    assert ACCOUNT_RESULTS.read(loaded.metadata) == (_FRESH, _UNKNOWN)
    load = LoadResult(3, (Publication("a", 3, 1, 2, 2), Publication("b", 0, 0, 0, 0)))
    assert LOAD_RESULT.read(LOAD_RESULT.entry(load)) == load
    assert load.objects_loaded == 1


def test_what_is_no_result_is_an_error() -> None:
    """A missing entry, and one of another shape."""
    with pytest.raises(KeyError):
        LOAD_RESULT.read({})
    with pytest.raises(ValidationError):
        LOAD_RESULT.read({"load_result": dg.MetadataValue.json({"users": "many"})})


def test_people_read_the_account_its_outcome_and_its_snapshot() -> None:
    """The reason only where the list is not whole; an account that was not found has no snapshot."""
    assert tuple(account_row(_FRESH)) == ACCOUNT_COLUMNS
    assert account_row(_FRESH)["snapshot"] == "20260131T235958987Z (fresh)"
    assert list(account_row(_UNKNOWN).values()) == [
        "lone \ud800", "not found", "there is no such user", 0, None, 1, "none",
    ]  # fmt: skip
