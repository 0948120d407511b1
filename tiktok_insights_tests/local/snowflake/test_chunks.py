"""Results that the local Snowflake keeps for clients: bounded in bytes, and not dropped while they are fetched."""

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pytest

from tiktok_insights.local.snowflake.chunks import RecentResults

_KILOBYTE = pa.table({"N": pa.array(range(128), pa.int64())})


@pytest.fixture
def results() -> RecentResults:
    """Results with room for three tables of a kilobyte."""
    return RecentResults(most_bytes=3 * _KILOBYTE.get_total_buffer_size())


def test_the_oldest_results_make_room(results: RecentResults) -> None:
    """By their bytes; results without rows take none."""
    results["empty"] = (None, 0)
    for name in "abcde":
        results[name] = (_KILOBYTE, 128)
    assert list(results) == ["c", "d", "e"]
    assert results.fetch("a") is None


def test_the_newest_result_is_kept_however_large(results: RecentResults) -> None:
    """It alone is then kept, so that its client can fetch it."""
    results["a"] = (_KILOBYTE, 128)
    results["large"] = (pa.table({"N": pa.array(range(1280), pa.int64())}), 1280)
    assert list(results) == ["large"]


def test_a_result_that_is_fetched_is_not_dropped(results: RecentResults) -> None:
    """Another client's results, which nobody fetches, are dropped instead."""
    results["fetched"] = (_KILOBYTE, 128)
    assert results.fetch("fetched") == (_KILOBYTE, 128)
    for name in "bcdef":
        results[name] = (_KILOBYTE, 128)
    assert list(results) == ["fetched", "e", "f"]


def test_small_results_are_bounded_in_number(results: RecentResults) -> None:
    """Statements without rows would be kept forever."""
    for number in range(100):
        results[str(number)] = (None, 0)
    assert list(results) == [str(number) for number in range(68, 100)]


def test_the_memory_of_many_large_results_is_bounded() -> None:
    """Of twelve results of 8 MB with room for two, the process keeps two, measured by what Arrow has allocated."""
    results, before = RecentResults(most_bytes=16 * 2**20), pa.total_allocated_bytes()
    for number in range(12):
        column = pc.add(pa.scalar(0), pa.array(range(2**20), pa.int64()))
        results[str(number)] = (pa.table({"N": column}), 2**20)
        del column
    assert list(results) == ["10", "11"]
    assert pa.total_allocated_bytes() - before <= 17 * 2**20
