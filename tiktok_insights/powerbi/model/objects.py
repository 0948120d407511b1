"""What a semantic model consists of. Which tables and measures there are belongs in the other modules."""

from dataclasses import dataclass
from enum import Enum


class DataType(Enum):
    """A column's type, as TMDL names it."""

    TEXT = "string"
    WHOLE_NUMBER = "int64"
    NUMBER = "double"
    BOOLEAN = "boolean"
    TIME = "dateTime"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: one of the source, or with an `expression` one that DAX computes from the row."""

    name: str
    type: DataType
    meaning: str
    expression: str = ""
    format: str = ""
    #: The column by which the values of this one are in order.
    sort_by: str = ""
    is_hidden: bool = False
    #: Tells rows apart; the service refuses a refresh with two equal values. A time that is a key marks a date table.
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that DAX computes from the chosen rows.

    `sql` computes the same from the whole table in the warehouse, with `{table}` for it and `{account}` for a bound ID
    of an account where the measure is about one: the tests compare it with the number on the dashboard.
    """

    name: str
    expression: str
    meaning: str
    format: str
    sql: str
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: a view of the warehouse, or with an `expression` one that DAX computes."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    measures: tuple[Measure, ...] = ()
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Relationship:
    """Many rows of one column belong to one row of another; a filter goes from the one to the many."""

    many: tuple[str, str]
    one: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Model:
    """The whole model."""

    tables: tuple[Table, ...]
    relationships: tuple[Relationship, ...]

    def table(self, name: str) -> Table:
        """The table of a name. Raises KeyError."""
        try:
            return next(table for table in self.tables if table.name == name)
        except StopIteration:
            raise KeyError(name) from None
