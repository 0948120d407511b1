"""The views that the model reads: that of TIKTOK_DATA by the contract, and each mart by its header.

They follow the contract and the marts by themselves. Days and relationships belong in `dates` and `relationships`.
"""

from collections.abc import Mapping

from tiktok_insights.insights.mart import Mart, MartColumn, ValueType
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.powerbi.model.objects import Column, DataType, Table
from tiktok_insights.schema import WAREHOUSE_COLUMNS, ColumnKind
from tiktok_insights.tables.definitions import TIKTOK_DATA

_COUNT = "#,0"
_TIME = "General Date"

_KINDS: Mapping[ColumnKind, tuple[DataType, str]] = {
    ColumnKind.ID: (DataType.TEXT, ""),
    ColumnKind.TEXT: (DataType.TEXT, ""),
    ColumnKind.BOOLEAN: (DataType.BOOLEAN, ""),
    ColumnKind.COUNT: (DataType.WHOLE_NUMBER, _COUNT),
    ColumnKind.TIMESTAMP: (DataType.TIME, _TIME),
}
_VALUES: Mapping[ValueType, tuple[DataType, str]] = {
    ValueType.ID: (DataType.TEXT, ""),
    ValueType.TEXT: (DataType.TEXT, ""),
    ValueType.CHOICE: (DataType.TEXT, ""),
    ValueType.BOOLEAN: (DataType.BOOLEAN, ""),
    ValueType.COUNT: (DataType.WHOLE_NUMBER, _COUNT),
    ValueType.THRESHOLD: (DataType.WHOLE_NUMBER, "0"),
    ValueType.WHOLE_NUMBER: (DataType.WHOLE_NUMBER, _COUNT),
    ValueType.SHARE: (DataType.NUMBER, "0.0%"),
    ValueType.RATIO: (DataType.NUMBER, "#,0.00"),
    ValueType.DECIMAL: (DataType.NUMBER, "#,0.00"),
    ValueType.TIME: (DataType.TIME, _TIME),
}
#: Names of parts of a range, by the column with the part's least number: by their letters, 1,500 comes before 500.
_SORTED_BY: Mapping[tuple[str, str], str] = {
    ("AUDIENCE_TIERS", "TIER"): "AT_LEAST",
    ("FOLLOWING_BANDS", "BAND"): "AT_LEAST",
}


def warehouse_tables() -> tuple[Table, ...]:
    """Give TIKTOK_DATA and the marts, without measures."""
    return (_users(), *(_of_mart(mart) for mart in all_marts()))


def _users() -> Table:
    columns = tuple(
        Column(column.warehouse or "", type_, column.meaning, format=format_)
        for column in WAREHOUSE_COLUMNS
        for type_, format_ in (_KINDS[column.kind],)
    )
    return Table(TIKTOK_DATA.name, TIKTOK_DATA.grain, columns)


def _of_mart(mart: Mart) -> Table:
    columns = tuple(_of_column(mart, column) for column in mart.columns)
    return Table(mart.view, mart.description, columns)


def _of_column(mart: Mart, column: MartColumn) -> Column:
    type_, format_ = _VALUES[column.type]
    sort_by = _SORTED_BY.get((mart.view, column.name), "")
    return Column(column.name, type_, column.meaning, format=format_, sort_by=sort_by)
