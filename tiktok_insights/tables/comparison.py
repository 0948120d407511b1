"""What a table of the warehouse is by its definition, what the warehouse has, and how the two differ.

Types are texts as the definitions write them, such as `VARCHAR(20) NOT NULL`. Not compared are defaults, collations,
comments, and the precision of times, which information_schema does not tell everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiktok_insights.clients.snowflake_session import Session

_BASE_TABLE = "BASE TABLE"
_VIEW = "VIEW"
#: Snowflake's length of a VARCHAR that was given none.
_DEFAULT_LENGTH = 16_777_216
_COLUMN = "c.column_name, c.data_type, c.character_maximum_length, c.numeric_precision, c.numeric_scale, c.is_nullable"


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


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table or view as the warehouse has it: its kind, and its columns' types by their names, in order."""

    kind: str
    columns: dict[str, str]


def existing_tables(session: Session, schemas: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, FoundTable]]:
    """By schema: the tables and views with one of these names, in whatever case they are written."""
    rows = session.query(
        f"SELECT t.table_schema, t.table_name, t.table_type, {_COLUMN} FROM information_schema.tables AS t "
        "JOIN information_schema.columns AS c ON c.table_schema = t.table_schema AND c.table_name = t.table_name "
        f"WHERE t.table_schema IN ({_places(schemas)}) AND UPPER(t.table_name) IN ({_places(names)}) "
        "ORDER BY t.table_schema, t.table_name, c.ordinal_position",
        (*schemas, *names),
    )
    found: dict[str, dict[str, FoundTable]] = {schema: {} for schema in schemas}
    for schema, table, kind, column, *facts in rows:
        found[schema].setdefault(table, FoundTable(kind, {})).columns[column] = _type(*facts)
    return found


def existing_columns(session: Session) -> dict[str, dict[str, str]]:
    """The columns, in order, and their types of every table in the session's schema, as the warehouse has them."""
    rows = session.query(
        f"SELECT c.table_name, {_COLUMN} FROM information_schema.columns AS c "
        "WHERE c.table_schema = CURRENT_SCHEMA() ORDER BY c.table_name, c.ordinal_position"
    )
    found: dict[str, dict[str, str]] = {}
    for table, column, *facts in rows:
        found.setdefault(table, {})[column] = _type(*facts)
    return found


def table_differences(found: Mapping[str, str], table: Table) -> list[str]:
    """How a table's columns as found differ from its definition, each a sentence; none is good."""
    expected = {column.name: column.type for column in table.columns}
    differences = [f"column {name} ({due}) is missing" for name, due in expected.items() if name not in found]
    differences += [
        f"column {written(name)} ({there}) is not ours" for name, there in found.items() if name not in expected
    ]
    differences += [
        f"column {name} is {found[name]}, not {due}"
        for name, due in expected.items()
        if name in found and found[name] != due
    ]
    if not differences and list(found) != list(expected):
        there, due = next(pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1])
        differences.append(f"the columns stand in another order: {there} where {due} belongs")
    return differences


def found_differences(name: str, there: FoundTable, shapes: Sequence[Table]) -> list[str]:
    """How a table differs from the shape that comes nearest; none is good."""
    if name != shapes[0].name:
        return [f"its name is in another case than {shapes[0].name}"]
    if there.kind != _BASE_TABLE:
        return [f"it is a {there.kind}, not a {_BASE_TABLE}"]
    return min((table_differences(there.columns, shape) for shape in shapes), key=len)


def view_difference(name: str, there: FoundTable, shapes: Sequence[Table]) -> str:
    """How a view differs from all of the shapes, the last of which is due; an empty text is good."""
    if name != shapes[0].name:
        return f"its name is in another case than {shapes[0].name}"
    if there.kind != _VIEW:
        return f"it is a {there.kind}, not a {_VIEW}"
    if tuple(there.columns) in [shape.names for shape in shapes]:
        return ""
    return f"its columns are {', '.join(there.columns)}, not {', '.join(shapes[-1].names)}"


def written(name: str) -> str:
    """A name as SQL writes it: in quotes when it is not upper case, which makes it another name."""
    return name if name == name.upper() else f'"{name}"'


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" for _ in values)


def _type(data_type: str, length: int | None, precision: int | None, scale: int | None, nullable: str) -> str:
    """What information_schema says of a column, as its definition would be written."""
    name = data_type
    if data_type == "NUMBER":
        name = f"NUMBER({precision},{scale})"
    elif data_type == "TEXT":
        name = "VARCHAR" if length is None or length >= _DEFAULT_LENGTH else f"VARCHAR({length})"
    return name if nullable == "YES" else f"{name} NOT NULL"
