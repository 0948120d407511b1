"""Kinds of columns of a frame: what dagster-pandas holds them to, and as what pandas keeps them."""

import re
import warnings
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import dagster as dg
import pandas as pd
from dagster_pandas import PandasColumn
from dagster_pandas.constraints import (
    ColumnConstraint,
    ColumnConstraintViolationException,
    ColumnDTypeInSetConstraint,
)

#: Whole numbers that stay whole beside a NULL.
INTEGER, SHARE, TIME, TEXT = "Int64", "float64", "datetime64[us]", "object"
#: As what the warehouse has them.
WAREHOUSE_TYPES = {INTEGER: "NUMBER(38,0)", SHARE: "NUMBER", TIME: "TIMESTAMP_NTZ", TEXT: "VARCHAR"}


class _EachValue(ColumnConstraint):
    """Each value of a column is good by itself."""

    def validate(self, dataframe: pd.DataFrame, column_name: str) -> None:
        """Raise ColumnConstraintViolationException with the rows that break it."""
        is_good = pd.Series([self.is_good(value) for value in dataframe[column_name]], dataframe.index, dtype="bool")
        if not is_good.all():
            raise ColumnConstraintViolationException(
                self.name, self.error_description, column_name, dataframe[~is_good]
            )

    @abstractmethod
    def is_good(self, value: object) -> bool:
        """Whether the value is."""


class IdText(_EachValue):
    """Ids are text of 1 to 20 digits: one that was a number on its way is bent beyond 2^53."""

    def __init__(self) -> None:
        super().__init__("Ids are text.", "text of 1 to 20 digits")  # type: ignore[no-untyped-call]

    def is_good(self, value: object) -> bool:
        """Whether it is an id; NULL is none."""
        return isinstance(value, str) and re.fullmatch("[0-9]{1,20}", value) is not None


class WholeNumbers(_EachValue):
    """Counts are whole numbers from 0 up, however large; a float has lost digits beyond 2^53."""

    def __init__(self, *, nullable: bool) -> None:
        super().__init__("Counts are whole numbers.", "whole numbers from 0 up")  # type: ignore[no-untyped-call]
        self._nullable = nullable

    def is_good(self, value: object) -> bool:
        """Whether it is a count; NULL is one where the column may have it."""
        if value is None or value is pd.NA:
            return self._nullable
        return isinstance(value, Integral) and int(value) >= 0


@dataclass(frozen=True, slots=True)
class FrameColumn:
    """What a column must be, and as what pandas holds it."""

    rule: PandasColumn
    dtype: str


def quiet(make: Callable[..., Any], *values: Any, **options: Any) -> Any:
    """Make something of dagster-pandas, which calls itself a beta: a person who starts the UI need not hear of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        return make(*values, **options)


def text(name: str, *, nullable: bool = True) -> FrameColumn:
    """Free text, such as a name."""
    return FrameColumn(quiet(PandasColumn.string_column, name, non_nullable=not nullable), TEXT)


def id_text(name: str, *, unique: bool = True) -> FrameColumn:
    """An id."""
    rule = quiet(PandasColumn.string_column, name, non_nullable=True, unique=unique)
    return FrameColumn(quiet(PandasColumn, name, [*rule.constraints, IdText()]), TEXT)


def one_of(name: str, *texts: str) -> FrameColumn:
    """One of some texts, each at most once."""
    return FrameColumn(quiet(PandasColumn.categorical_column, name, set(texts), non_nullable=True, unique=True), TEXT)


def count(name: str, *, nullable: bool = False) -> FrameColumn:
    """A whole number from 0 up; a sum may be beyond 64 bits."""
    return FrameColumn(quiet(PandasColumn, name, [WholeNumbers(nullable=nullable)]), INTEGER)


def share(name: str, *, nullable: bool = False, most: float = 1.0) -> FrameColumn:
    """A share, from 0 to 1 unless it may be `most`."""
    nulls = {"non_nullable": not nullable, "ignore_missing_vals": nullable}
    return FrameColumn(quiet(PandasColumn.float_column, name, 0.0, most, **nulls), SHARE)


def time(name: str) -> FrameColumn:
    """A moment in UTC, without a zone, of any year that a datetime can have; nanoseconds reach to 1677 only."""
    return FrameColumn(quiet(PandasColumn, name, [ColumnDTypeInSetConstraint({TIME})]), TIME)
