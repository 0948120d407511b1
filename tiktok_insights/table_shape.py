"""What a table of the warehouse is by its definition, and how the table that is there differs from it."""

from dataclasses import dataclass

from tiktok_insights.warehouse_session import Session


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: upper-case unquoted name, Snowflake type, meaning."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, what one row is, and its columns in order."""

    name: str
    grain: str
    columns: tuple[TableColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def ddl(self) -> str:
        """The statement that makes the table when it is missing."""
        columns = ", ".join(f"{column.name} {column.type}" for column in self.columns)
        return f"CREATE TABLE IF NOT EXISTS {self.name} ({columns})"


def existing_columns(session: Session) -> dict[str, dict[str, str]]:
    """The columns, in order, and their types of every table in the session's schema, as the warehouse has them."""
    rows = session.query(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = CURRENT_SCHEMA() ORDER BY table_name, ordinal_position"
    )
    found: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        found.setdefault(table, {})[column] = _family(data_type)
    return found


def table_differences(found: dict[str, str], table: Table) -> list[str]:
    """How a table's columns as found differ from its definition, each a sentence; none is good."""
    expected = {column.name: _family(column.type) for column in table.columns}
    differences = [f"column {name} is missing" for name in expected if name not in found]
    differences += [f"column {name} is not ours" for name in found if name not in expected]
    differences += [
        f"{name} is {found[name]}, not {family}"
        for name, family in expected.items()
        if name in found and found[name] != family
    ]
    if not differences and list(found) != list(expected):
        differences.append("the columns stand in another order")
    return differences


def _family(type_name: str) -> str:
    """The type without its size, by the name that information_schema gives it."""
    name = type_name.partition("(")[0].partition(" ")[0]
    return {"VARCHAR": "TEXT"}.get(name, name)
