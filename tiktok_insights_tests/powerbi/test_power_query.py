"""The queries in the repository, read by Microsoft's own parser."""

from pathlib import Path

import pytest

from tiktok_insights.powerbi.power_query import text
from tiktok_insights_tests.powerbi.gates import power_query
from tiktok_insights_tests.powerbi.test_model import PROJECT, STATS, changed

pytestmark = pytest.mark.browser


def test_every_query_and_parameter_is_power_query() -> None:
    """Microsoft's parser reads them all."""
    assert power_query.problems(PROJECT) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("[Data],\n", "[Data]\n"), ('Kind="View"', 'Kind=="View"'), ('"HEARTS", "VIDEOS"', '"HEARTS" "VIDEOS"')],
    ids=["a missing comma", "two equals signs", "a missing comma in a list"],
)
def test_a_query_with_a_fault_is_found(tmp_path: Path, old: str, new: str) -> None:
    """One change to one file, and the parser says what it expected."""
    (problem,) = power_query.problems(changed(tmp_path, STATS, old, new))
    assert problem.startswith("ACCOUNT_STATS: ")


def test_any_text_can_be_written() -> None:
    """Also one with quotes, and one that looks like an escape."""
    names = ['a "quoted" one', "#(lf)", "#", '"', "\\", "ü😀"]
    assert power_query.parse_errors([f"{{{', '.join(map(text, names))}}}", '{"a" "b"}'])[0] is None
    assert power_query.parse_errors(['"a"b"', '"#(nonsense)"']) != [None, None]
