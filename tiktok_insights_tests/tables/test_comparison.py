"""How actual tables and views differ from the expected ones, without a warehouse."""

from dataclasses import replace

from tiktok_insights.tables.comparison import ActualTable, column_differences, table_differences, view_differences
from tiktok_insights.tables.definitions import LOAD_HISTORY, TIKTOK_DATA

COLUMNS = {column.name: column.type for column in TIKTOK_DATA.columns}


def test_what_equals_the_definition_has_no_difference() -> None:
    """A table with the columns in their order, and a view on it."""
    assert column_differences(COLUMNS, TIKTOK_DATA) == []
    assert table_differences("TIKTOK_DATA", ActualTable("BASE TABLE", COLUMNS), TIKTOK_DATA) == []
    assert view_differences("TIKTOK_DATA", ActualTable("VIEW", COLUMNS), TIKTOK_DATA) == []


def test_a_quoted_column_beside_ours_is_a_difference() -> None:
    """Snowflake takes them for two; the local warehouse cannot hold both."""
    assert column_differences({**COLUMNS, "tiktok_id": "VARCHAR"}, TIKTOK_DATA) == [
        'column "tiktok_id" (VARCHAR) is unexpected'
    ]


def test_the_order_of_columns_is_compared() -> None:
    """The first column that is in another's place is named."""
    assert column_differences(dict(reversed(COLUMNS.items())), TIKTOK_DATA) == [
        "the columns are in a different order: EXTRACTED_AT where TIKTOK_ID belongs"
    ]


def test_a_table_in_a_views_place_and_the_reverse_are_differences() -> None:
    """Whatever their columns are."""
    assert table_differences("TIKTOK_DATA", ActualTable("VIEW", COLUMNS), TIKTOK_DATA) == [
        "it is a VIEW, not a BASE TABLE"
    ]
    assert view_differences("TIKTOK_DATA", ActualTable("BASE TABLE", COLUMNS), TIKTOK_DATA) == [
        "it is a BASE TABLE, not a VIEW"
    ]


def test_a_view_is_compared_by_its_columns_names() -> None:
    """Types of a view are those of the table that it reads."""
    view = ActualTable("VIEW", dict.fromkeys(COLUMNS, "VARCHAR"))
    assert view_differences("TIKTOK_DATA", view, TIKTOK_DATA) == []
    shorter = replace(LOAD_HISTORY, columns=LOAD_HISTORY.columns[:1])
    assert view_differences("LOAD_HISTORY", ActualTable("VIEW", {"A": "", "B": ""}), shorter) == [
        "its columns are A, B, not OBJECT_KEY"
    ]
