"""Removed people are in no answer that is stored: pages, evidence and probes; everything else stays as received."""

from collections.abc import Iterator
from gzip import decompress

import pytest

from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.raw.inventory import RawInventory
from tiktok_insights.raw.probe import Probe, Stopwatch
from tiktok_insights.raw.removed_rows import cleaning, unchanged, without_removed
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.suppression.hashes import NOBODY, SuppressionList
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.tiktok.page_rows import MARKER
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.sources import client_for, committed_pages, extract, manifest_of
from tiktok_insights_tests.support.suppressed_files import ANN, LIST

OTHERS = ["7423456789012345150", "742345678901234514"]
ROW = web_row(ANN, nickname="planted nickname")
PAGES = [web_page(web_row(OTHERS[0]), ROW, more=True, cursor=900, total=3), web_page(web_row(OTHERS[1]), total=3)]
INFO = Reply(body=encoded(user_info(followers=3)))


@pytest.fixture
def raw(raw: RawStore) -> RawInventory:
    """The raw stage's objects as a run has them after Ann was removed."""
    return RawInventory(raw.store, cleaning(lambda: LIST))


def stored_bytes(raw: RawStore) -> Iterator[bytes]:
    """What is in every object, unpacked."""
    for info in raw.store.list(""):
        body = raw.store.get(info.key).body
        yield decompress(body) if info.key.endswith(".gz") else body


def test_an_extraction_keeps_no_removed_follower(raw: RawInventory) -> None:
    """The row becomes a marker, all other bytes stay; the list is whole, and the CSV has the others."""
    with scripted(*(Reply(body=encoded(page)) for page in PAGES), info=INFO) as script:
        (result,) = extract(raw, script.address, "some.shop")
    assert (result.outcome, result.pages) == (Outcome.WHOLE, 2)
    first = encoded(PAGES[0])
    cut = encoded(ROW)
    assert first.count(cut) == 1
    expected = [first.replace(cut, MARKER.encode()), encoded(PAGES[1])]
    assert [page.body for page in committed_pages(RawStore(raw.store), manifest_of(raw, result))] == expected
    (csv,) = write_missing_csvs(raw, CsvInventory(raw.store), 0.01)
    body = raw.store.get(csv.key).body
    assert all(tiktok_id.encode() in body for tiktok_id in OTHERS)
    again = RawStore(raw.store)
    raw.store.delete(csv.key)
    (csv,) = write_missing_csvs(again, CsvInventory(raw.store), 0.01)
    assert raw.store.get(csv.key).body == body
    for stored in stored_bytes(raw):
        assert ANN.encode() not in stored
        assert b"planted nickname" not in stored


def test_evidence_of_a_broken_answer_and_a_probe_keep_nobody(raw: RawInventory) -> None:
    """An answer that was cut off has no rows: all of it becomes a marker."""
    broken_page, page = Reply(body=encoded(PAGES[0])[:-20]), Reply(body=encoded(PAGES[0]))
    with scripted(broken_page, broken_page, broken_page, page, info=INFO) as script:
        (broken,) = extract(raw, script.address, "some.shop")
        assert broken.outcome is not Outcome.WHOLE
        Probe(raw, client_for(script.address), Stopwatch(600_000)).ask("some.shop")
    bodies = list(stored_bytes(raw))
    assert MARKER.encode() in bodies
    assert sum(MARKER.encode() in body for body in bodies) == 2
    assert not any(ANN.encode() in body for body in bodies)


def test_with_nobody_removed_nothing_is_read_and_nothing_changes() -> None:
    """The body itself is stored; the list is read once, and only when a body comes."""
    asked: list[int] = []

    def read() -> SuppressionList:
        asked.append(1)
        return NOBODY

    clean, body = cleaning(read), encoded(PAGES[0])
    assert asked == []
    assert clean(body) is clean(body) is unchanged(body) is without_removed(body, NOBODY) is body
    assert asked == [1]
