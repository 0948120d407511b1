"""What the warehouse has: its tables and views, read from information_schema. `comparison` says how they differ."""

from collections.abc import Sequence

from tiktok_insights.clients.snowflake_session import NamedRow, Session, placeholders
from tiktok_insights.tables.columns import Table
from tiktok_insights.tables.comparison import ActualTable

#: Snowflake's length of a VARCHAR that was given none.
_DEFAULT_LENGTH = 16_777_216


def read_tables(session: Session, schemas: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, ActualTable]]:
    """Read by schema the tables and views with one of these names, in whatever case they are written."""
    rows = session.records(
        "SELECT t.table_schema AS TABLE_SCHEMA, t.table_name AS TABLE_NAME, t.table_type AS TABLE_TYPE, "
        "c.column_name AS COLUMN_NAME, c.data_type AS DATA_TYPE, c.character_maximum_length AS MAXIMUM_LENGTH, "
        "c.numeric_precision AS NUMERIC_PRECISION, c.numeric_scale AS NUMERIC_SCALE, c.is_nullable AS IS_NULLABLE "
        "FROM information_schema.tables AS t "
        "JOIN information_schema.columns AS c ON c.table_schema = t.table_schema AND c.table_name = t.table_name "
        f"WHERE t.table_schema IN ({placeholders(schemas)}) AND UPPER(t.table_name) IN ({placeholders(names)}) "
        "ORDER BY t.table_schema, t.table_name, c.ordinal_position",
        (*schemas, *names),
    )
    tables: dict[str, dict[str, ActualTable]] = {schema: {} for schema in schemas}
    for row in rows:
        table = tables[row["TABLE_SCHEMA"]].setdefault(row["TABLE_NAME"], ActualTable(row["TABLE_TYPE"], {}))
        table.columns[row["COLUMN_NAME"]] = _type(row)
    return tables


def read_columns(session: Session, table: Table) -> dict[str, str]:
    """Read the columns of a table, in order, with their types; none where there is no such table."""
    schema = session.namespace.schema_of(table)
    actual = read_tables(session, (schema,), (table.name,))[schema].get(table.name)
    return actual.columns if actual else {}


def _type(column: NamedRow) -> str:
    """Write what information_schema says of a column as its definition would."""
    name, length = column["DATA_TYPE"], column["MAXIMUM_LENGTH"]
    if name == "NUMBER":
        name = f"NUMBER({column['NUMERIC_PRECISION']},{column['NUMERIC_SCALE']})"
    elif name == "TEXT":
        name = "VARCHAR" if length is None or length >= _DEFAULT_LENGTH else f"VARCHAR({length})"
    return name if column["IS_NULLABLE"] == "YES" else f"{name} NOT NULL"
