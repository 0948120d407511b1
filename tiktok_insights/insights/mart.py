"""What a mart is: a view with typed columns, and totals that must equal those of the tables that it is made from.

Which marts there are is said by the files in sql/, which `mart_files.py` reads. What is done with a mart: `marts.py`.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from numbers import Integral

#: The most rows of a mart that a frame has; the view has all.
FRAME_ROWS = 100


class ValueType(Enum):
    """What a column's values are, under the name that it has in a header."""

    #: Text of 1 to 20 digits.
    ID = "id"
    TEXT = "text"
    #: One of some texts, which the header names.
    CHOICE = "one of"
    BOOLEAN = "boolean"
    #: A whole number from 0 up.
    COUNT = "count"
    #: A whole number from 0 up that tells rows apart, and measures nothing.
    THRESHOLD = "threshold"
    WHOLE_NUMBER = "whole number"
    #: A number from 0 to 1.
    SHARE = "share"
    #: A number from 0 up.
    RATIO = "ratio"
    DECIMAL = "decimal"
    #: A moment in UTC, without a zone.
    TIME = "time"

    @property
    def is_measure(self) -> bool:
        """Whether statistics of such values say something."""
        return self in (ValueType.COUNT, ValueType.WHOLE_NUMBER, ValueType.SHARE, ValueType.RATIO, ValueType.DECIMAL)


_WAREHOUSE_TYPES = {
    ValueType.BOOLEAN: "BOOLEAN",
    ValueType.COUNT: "NUMBER(38,0)",
    ValueType.THRESHOLD: "NUMBER(38,0)",
    ValueType.WHOLE_NUMBER: "NUMBER(38,0)",
    ValueType.SHARE: "NUMBER",
    ValueType.RATIO: "NUMBER",
    ValueType.DECIMAL: "NUMBER",
    ValueType.TIME: "TIMESTAMP_NTZ",
}


@dataclass(frozen=True, slots=True)
class MartColumn:
    """A column; `choices` are the texts of a CHOICE."""

    name: str
    type: ValueType
    is_nullable: bool
    meaning: str
    choices: tuple[str, ...] = ()

    @property
    def type_name(self) -> str:
        """The type as a header has it."""
        name = " ".join([self.type.value, *[" | ".join(self.choices)] * bool(self.choices)])
        return f"{name} or NULL" if self.is_nullable else name

    @property
    def warehouse_type(self) -> str:
        """The type as the warehouse has it."""
        return _WAREHOUSE_TYPES.get(self.type, "VARCHAR")

    def accepts(self, value: object) -> bool:
        """Say whether a value other than NULL is of the type. A float is no id or count: it is inexact beyond 2^53."""
        match self.type:
            case ValueType.ID:
                return isinstance(value, str) and re.fullmatch("[0-9]{1,20}", value) is not None
            case ValueType.TEXT:
                return isinstance(value, str)
            case ValueType.CHOICE:
                return value in self.choices
            case ValueType.BOOLEAN:
                return isinstance(value, bool)
            case ValueType.COUNT | ValueType.THRESHOLD:
                return isinstance(value, Integral) and int(value) >= 0
            case ValueType.WHOLE_NUMBER:
                return isinstance(value, Integral)
            case ValueType.SHARE:
                return isinstance(value, float) and 0 <= value <= 1
            case ValueType.RATIO:
                return isinstance(value, float) and value >= 0
            case ValueType.DECIMAL:
                return isinstance(value, float) and math.isfinite(value)
            case ValueType.TIME:
                return isinstance(value, datetime)


@dataclass(frozen=True, slots=True)
class TableTotal:
    """A total of one table."""

    total: str
    table: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A total of the mart that must equal a total of a table that it is made from, or the sum of several."""

    meaning: str
    of_mart: str
    of_tables: tuple[TableTotal, ...]


@dataclass(frozen=True, slots=True)
class Mart:
    """One view. `key` tells its rows apart, `order` says which come first; `rows` is None where their number varies.

    A mart of one row has neither key nor order. `sql` is the query, with `{schema}` for the schema of the tables.
    """

    name: str
    description: str
    columns: tuple[MartColumn, ...]
    key: tuple[str, ...]
    order: str
    rows: int | None
    reconciliations: tuple[Reconciliation, ...]
    sql: str

    @property
    def view(self) -> str:
        """The view's name."""
        return self.name.upper()

    def select(self, schema: str) -> str:
        """Give the view's query over the tables in the schema."""
        return self.sql.replace("{schema}", schema)

    def query(self, view: str) -> str:
        """Give the query of the view's rows in their order; `view` is the view's name, or where it is."""
        return f"SELECT * FROM {view}{f' ORDER BY {self.order}' if self.order else ''}"
