"""What a table and a column are. Which tables there are belongs in `definitions`; how one is created, in `creation`."""

from dataclasses import dataclass
from datetime import UTC, datetime


def comment(text: str, equals: str = "") -> str:
    """Write the clause that gives a column its comment; that of a table or view has an equals sign.

    DDL takes no bound values, so the text of the definitions is written as a literal.
    """
    literal = text.replace("\\", "\\\\").replace("'", "''")
    return f"COMMENT {equals}{' ' * bool(equals)}'{literal}'"


def timestamp(moment: datetime) -> str:
    """Write a moment as a literal, in UTC without the zone, where a statement binds no other values."""
    return f"'{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'::TIMESTAMP_NTZ"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: upper-case unquoted name, Snowflake type, meaning."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, what one row is, and its columns in order.

    Only the pipeline needs an internal table; it has a schema apart from the tables that people query.
    """

    name: str
    grain: str
    columns: tuple[TableColumn, ...]
    is_internal: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)
