"""The frames that the insights assets return: their types with dagster-pandas, derived from the marts' headers.

A frame is the first rows of a mart. What a mart's columns are is said in its file in `insights/sql/`.
"""

import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import dagster as dg
import pandas as pd
from dagster_pandas import (
    PandasColumn,
    RowCountConstraint,
    StrictColumnsConstraint,
    create_dagster_pandas_dataframe_type,
)
from dagster_pandas.constraints import (
    ColumnConstraint,
    ColumnConstraintViolationException,
    DataFrameConstraint,
    DataFrameConstraintViolationException,
)

from tiktok_insights.insights.mart import FRAME_ROWS, Mart, MartColumn, ValueType

#: As what pandas keeps the values. Whole numbers stay whole beside a NULL; nanoseconds reach back to 1677 only.
_DTYPES = {
    ValueType.COUNT: "Int64",
    ValueType.THRESHOLD: "Int64",
    ValueType.WHOLE_NUMBER: "Int64",
    ValueType.SHARE: "float64",
    ValueType.RATIO: "float64",
    ValueType.DECIMAL: "float64",
    ValueType.TIME: "datetime64[us]",
}
_TEXT = "object"


class _Values(ColumnConstraint):
    """Each value is of the column's type."""

    def __init__(self, column: MartColumn) -> None:
        super().__init__(f"Each is {column.type_name}.", column.type_name)  # type: ignore[no-untyped-call]
        self._column = column

    def validate(self, dataframe: pd.DataFrame, column_name: str) -> None:
        """Raise ColumnConstraintViolationException with the positions of the rows that break it, not their values."""
        bad = [place for place, value in enumerate(dataframe[column_name]) if not self._is_good(value)]
        if bad:
            raise ColumnConstraintViolationException(self.name, self.error_description, column_name, bad)

    def _is_good(self, value: object) -> bool:
        return self._column.is_nullable if pd.isna(value) else self._column.accepts(value)


class _Key(DataFrameConstraint):
    """No two rows have the same key."""

    def __init__(self, key: Sequence[str]) -> None:
        self._key = list(key)
        text = f"No two rows have the same {', '.join(key)}."
        super().__init__(text, text)  # type: ignore[no-untyped-call]

    def validate(self, dataframe: pd.DataFrame) -> None:
        """Raise DataFrameConstraintViolationException."""
        if self._key and dataframe.duplicated(self._key).any():
            raise DataFrameConstraintViolationException(self.name, self.error_description)


def to_frame(mart: Mart, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Make a frame of a mart's first rows. Numbers beyond 64 bits stay Python's."""
    frame = pd.DataFrame([list(row) for row in rows], columns=list(names), dtype=_TEXT)
    for column in mart.columns:
        with suppress(OverflowError):
            frame[column.name] = frame[column.name].astype(_DTYPES.get(column.type, _TEXT))
    return frame


def frame_type(mart: Mart) -> dg.DagsterType:
    """Give the type of a mart's frame: its columns and no others, its key, and how many rows."""
    names = [column.name for column in mart.columns]
    rows = (FRAME_ROWS // 2, FRAME_ROWS // 2) if mart.rows is None else (mart.rows, 0)
    with warnings.catch_warnings():
        # dagster-pandas warns that it is a beta, which is of no use to a person who starts the UI.
        warnings.simplefilter("ignore", dg.BetaWarning)
        kind: dg.DagsterType = create_dagster_pandas_dataframe_type(
            name="".join(word.capitalize() for word in mart.name.split("_")) + "Frame",
            description=mart.description,
            columns=[PandasColumn(column.name, [_Values(column)]) for column in mart.columns],
            dataframe_constraints=[
                StrictColumnsConstraint(names, enforce_ordering=True),
                RowCountConstraint(*rows),
                _Key(mart.key),
            ],
        )
    return dg.DagsterType(
        name=kind.display_name,
        description=kind.description,
        typing_type=pd.DataFrame,
        metadata=kind.metadata,
        # A mart that has not changed is not read again, so there is no frame.
        type_check_fn=lambda context, frame: frame is None or kind.type_check(context, frame),
    )
