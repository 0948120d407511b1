"""What can be exported, by the names that people type."""

from dataclasses import replace
from pathlib import Path

import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.exports.exporting import export
from tiktok_insights.exports.sources import all_sources, find_source
from tiktok_insights.exports.target import FileFormat
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.tables.definitions import ALL, VIEWED
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support.troubleshooting import told

NAMESPACE = Namespace("DB", "PUBLIC", "TIKTOK_INTERNAL", "MAIN")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("followers_gone", "MAIN.FOLLOWERS_GONE"),
        ("Main.followers_Gone", "MAIN.FOLLOWERS_GONE"),
        ("db.main.FOLLOWERS_GONE", "MAIN.FOLLOWERS_GONE"),
        ("tiktok_data", "PUBLIC.TIKTOK_DATA"),
        ("MAIN.TIKTOK_DATA", "MAIN.TIKTOK_DATA"),
        ("public.presence_spells", "PUBLIC.PRESENCE_SPELLS"),
    ],
)
def test_a_name_is_found_in_any_case_with_or_without_its_schema(typed: str, found: str) -> None:
    """As in SQL, where names without quotes have no case."""
    source = find_source(typed, NAMESPACE)
    assert f"{source.schema}.{source.name}" == found


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("follower_gone", "FOLLOWERS_GONE"),
        ("TIKTOKDATA", "TIKTOK_DATA"),
        ("PUBLIC.FOLLOWERS_GONE", "MAIN.FOLLOWERS_GONE"),
        ("STAGED_OBJECTS", "docs/data_model.md"),
        ("TIKTOK_DATA; DROP TABLE TIKTOK_DATA", "TIKTOK_DATA"),
    ],
)
def test_another_name_is_refused_with_those_like_it(typed: str, hint: str) -> None:
    """Internal tables are none that people export, and nothing of the name gets into a statement."""
    with told("There is no table or mart <name>.", hint):
        find_source(typed, NAMESPACE)


def test_every_table_and_mart_can_be_exported_in_an_order(session: Session) -> None:
    """The order names columns that there are; only a mart of one row has none."""
    sources = list(all_sources(NAMESPACE))
    expected = [table.name for table in ALL if not table.is_internal] + [table.name for table in VIEWED]
    assert [source.name for source in sources] == expected + [mart.view for mart in all_marts()]
    for source in sources:
        names = {part.split()[0] for part in source.order.split(", ") if part}
        assert names <= set(source.columns)
        assert names or source.name in {mart.view for mart in all_marts() if mart.rows == 1}


def test_what_no_run_has_made_is_said_in_a_sentence(session: Session, tmp_path: Path) -> None:
    """A mart that does not exist yet; no file is left."""
    source = replace(find_source("followers_gone", session.namespace), schema="NOWHERE")
    with told("<name> does not exist yet", "NOWHERE.FOLLOWERS_GONE"):
        export(session, source, FileFormat.CSV, tmp_path / "x.csv")
    assert list(tmp_path.iterdir()) == []
