"""The facts of a snapshot on its CSV: what is written is read again, and what is damaged is no fact."""

import io
import json

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.raw.snapshot_facts import SnapshotFacts

FACTS = SnapshotFacts(
    account_id="42",
    snapshot_id="20260131T235958987Z",
    handle="ann.b",
    started_at="2026-01-31T23:59:58.987Z",
    finished_at="2026-02-01T00:00:01.000Z",
    outcome="deferred",
    reason='the quota is spent  "until" märz 😀\n\ud800',
    users_seen=3,
    users_claimed=None,
    requests=7,
    quota_left=0,
    covered_from=1_769_000_000,
    covered_to=None,
    holes=((1_769_100_000, 1_769_100_000), (1_769_200_000, 1_769_200_030)),
    is_whole=False,
    coverage=0.25,
)
_GOOD = {name: getattr(FACTS, name) for name in SnapshotFacts.__slots__}


def test_what_the_bucket_keeps_is_what_was_written(store: ObjectStore) -> None:
    """Blanks, quotes, line breaks, emoji and half characters included; written once, or over an older version."""
    metadata = FACTS.to_metadata()
    assert store.put_once("a", b"", "text/csv", metadata)
    assert SnapshotFacts.from_metadata(store.get("a").metadata) == FACTS
    store.put("a", b"old", "text/csv")
    (info,) = store.list("a")
    assert SnapshotFacts.from_metadata(store.get("a").metadata) is None
    store.replace(info, io.BytesIO(b"new"), "text/csv", metadata)
    assert SnapshotFacts.from_metadata(store.get("a").metadata) == FACTS


@pytest.mark.parametrize("letter", ["x", "é", "😀"])
def test_facts_that_are_too_long_are_left_out(store: ObjectStore, letter: str) -> None:
    """S3 refuses more than 2 kB; the longest that are kept are taken."""
    lengths = [len(_with(reason=letter * length).to_metadata().get("snapshot-facts", "")) for length in range(2_000)]
    kept = [length for length in lengths if length]
    assert lengths == kept + [0] * (2_000 - len(kept))
    assert 1_780 <= kept[-1] <= 1_800
    longest = _with(reason=letter * (len(kept) - 1))
    store.put_once("a", b"", "text/csv", longest.to_metadata())
    assert SnapshotFacts.from_metadata(store.get("a").metadata) == longest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        "[" * 100_000,
        json.dumps({**_GOOD, "more": 1}),
        json.dumps({name: value for name, value in _GOOD.items() if name != "requests"}),
        *(
            json.dumps({**_GOOD, name: value})
            for name, value in [
                ("handle", None),
                ("outcome", 7),
                ("reason", ["x"]),
                ("started_at", "yesterday"),
                ("started_at", 7),
                ("finished_at", "2026-02-01T00:00:01"),
                ("users_seen", True),
                ("users_seen", None),
                ("users_seen", -1),
                ("requests", 1.5),
                ("users_claimed", "5"),
                ("quota_left", 10**30),
                ("covered_from", -1),
                ("covered_from", "1769000000"),
                ("covered_to", 1_769_000_000.5),
                ("holes", None),
                ("holes", 7),
                ("holes", [7]),
                ("holes", [[1_769_000_000]]),
                ("holes", [[1_769_000_000, None]]),
                ("is_whole", None),
                ("is_whole", 1),
                ("coverage", "all"),
                ("coverage", -0.5),
                ("coverage", float("inf")),
                ("coverage", float("nan")),
            ]
        ),
    ],
)
def test_damaged_facts_are_none(text: str) -> None:
    """Then the manifest is read."""
    assert SnapshotFacts.from_metadata({"snapshot-facts": text}) is None
    assert SnapshotFacts.from_metadata({}) is None
    assert SnapshotFacts.from_metadata({"snapshot-facts": json.dumps(_GOOD)}) == FACTS


def _with(**changes: object) -> SnapshotFacts:
    return SnapshotFacts(**{**_GOOD, **changes})
