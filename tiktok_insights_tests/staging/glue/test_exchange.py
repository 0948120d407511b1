"""What pipeline and Glue job tell each other arrives as it was said, and what is something else is refused."""

from datetime import UTC, datetime

import pytest

from tiktok_insights.clients.object_store import ObjectChangedError, ObjectInfo
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.staging.content import Content, KnownContents
from tiktok_insights.staging.glue.exchange import Manifest, Result, SparkStage
from tiktok_insights.staging.id_findings import IdFindings
from tiktok_insights.staging.row_counts import IdSums, RowCounts
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Unreadable

_MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
_OBJECT = CsvObject(ObjectInfo('k {x}\u2028"ä\ufeff', "0" * 32 + "-2", 2**40, _MOMENT), "7", "2026-01-02")
_FACTS = SnapshotFacts(
    account_id="7",
    snapshot_id="20260102T030405Z-abcdef01",
    handle="corner.bakery",
    started_at="2026-01-02T03:04:05+00:00",
    finished_at="2026-01-02T03:05:05+00:00",
    outcome="complete",
    reason="",
    users_seen=3,
    users_claimed=None,
    requests=1,
    quota_left=None,
    covered_from=None,
    covered_to=1_767_322_445,
    holes=((1, 2),),
    is_whole=True,
    coverage=0.1,
)


def test_manifest_arrives() -> None:
    """A manifest is read as it was written, with versions and known contents."""
    contents = KnownContents({("a,b", "s"): _MOMENT, ("a", "b,s"): _MOMENT}, {"a,b": "s"})
    read = Manifest.from_json(Manifest.of("b", (_OBJECT,), contents).to_json())
    assert (read.batch_id, read.objects, read.contents) == ("b", (_OBJECT,), contents)


def test_result_arrives() -> None:
    """A result is read as it was written: exact sums, facts, and each kind of outcome."""
    staged = StagedObject(
        _OBJECT,
        Content("a", _MOMENT, is_loaded=True),
        RowCounts(6, 3, 1, 1, suppressed=1, negative_counts=2),
        IdSums(10**37 + 1, 10**37, 2**63, 1),
        "a reason",
        _FACTS,
        IdFindings("all IDs end in 0000", 1, ("x",)),
    )
    unreadable = Unreadable("k", "it is archived", _OBJECT, is_transient=True)
    stages = (SparkStage(1, "mapInArrow", 16, 2.5),)
    written = Result.of("b", "jr_1", "3.5.6", (staged, unreadable, ObjectChangedError("changed")), stages)
    read = Result.from_json(written.to_json())
    assert read == written
    one, other, changed = read.outcomes
    assert (one, other, str(changed)) == (staged, unreadable, "changed")
    assert isinstance(changed, ObjectChangedError)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"batch_id": 1}', b"\xff", b"null", b"[" * 100_000])
def test_something_else_is_refused(body: bytes) -> None:
    """What is no manifest, or no result, is a ValueError."""
    with pytest.raises(ValueError):  # noqa: PT011  # pydantic's own words
        Manifest.from_json(body)
    with pytest.raises(ValueError):  # noqa: PT011
        Result.from_json(body)
