"""The queries in the repository, read by Microsoft's own parser."""

import pytest

from tiktok_insights.powerbi.power_query import text
from tiktok_insights_tests.powerbi.gates import power_query
from tiktok_insights_tests.powerbi.test_model import PROJECT

pytestmark = pytest.mark.browser


def test_every_query_and_parameter_is_power_query() -> None:
    """Microsoft's parser reads them all."""
    assert power_query.problems(PROJECT) == []


def test_any_text_can_be_written() -> None:
    """Also one with quotes, and one that looks like an escape."""
    names = ['a "quoted" one', "#(lf)", "#", '"', "\\", "ü😀"]
    assert power_query.parse_errors([f"{{{', '.join(map(text, names))}}}", '{"a" "b"}'])[0] is None
    assert power_query.parse_errors(['"a"b"', '"#(nonsense)"']) != [None, None]
