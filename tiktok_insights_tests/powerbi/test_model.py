"""The semantic model in the repository is read whole. That it is sound is in `test_mutants`."""

from tiktok_insights_tests.powerbi.gates import sources
from tiktok_insights_tests.powerbi.gates.model_reader import read_model
from tiktok_insights_tests.support.documents import ROOT

PROJECT = ROOT / "powerbi"


def test_the_whole_model_is_read() -> None:
    """Every table, parameter and relationship: a gate that reads nothing finds nothing."""
    files = read_model(PROJECT)
    assert files.tables.keys() == sources.contract().keys() | {"DATES"}
    assert len(files.parameters) == 5
    accounts = [node for node in files.relationships if node.properties["toColumn"] == "ACCOUNT_COVERAGE.ACCOUNT_ID"]
    assert len(accounts) == sum("ACCOUNT_ID" in columns for columns in sources.contract().values()) - 1
