"""What the warehouse has: its tables and views, read from information_schema. `comparison` says how they differ."""

from collections.abc import Sequence

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.tables.columns import Table
from tiktok_insights.tables.comparison import ActualTable

#: Snowflake's length of a VARCHAR that was given none.
_DEFAULT_LENGTH = 16_777_216


def read_tables(session: Session, schemas: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, ActualTable]]:
    """Read by schema the tables and views with one of these names, in whatever case they are written."""
    rows = session.query(
        "SELECT t.table_schema, t.table_name, t.table_type, c.column_name, c.data_type, c.character_maximum_length, "
        "c.numeric_precision, c.numeric_scale, c.is_nullable FROM information_schema.tables AS t "
        "JOIN information_schema.columns AS c ON c.table_schema = t.table_schema AND c.table_name = t.table_name "
        f"WHERE t.table_schema IN ({_places(schemas)}) AND UPPER(t.table_name) IN ({_places(names)}) "
        "ORDER BY t.table_schema, t.table_name, c.ordinal_position",
        (*schemas, *names),
    )
    tables: dict[str, dict[str, ActualTable]] = {schema: {} for schema in schemas}
    for schema, table, kind, column, *facts in rows:
        tables[schema].setdefault(table, ActualTable(kind, {})).columns[column] = _type(*facts)
    return tables


def read_columns(session: Session, table: Table) -> dict[str, str]:
    """Read the columns of a table, in order, with their types; none where there is no such table."""
    schema = session.namespace.schema_of(table)
    actual = read_tables(session, (schema,), (table.name,))[schema].get(table.name)
    return actual.columns if actual else {}


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
