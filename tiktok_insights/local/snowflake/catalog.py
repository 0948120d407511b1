"""The metadata that fakesnow adds to each DuckDB database, with what INFORMATION_SCHEMA lacks. SQL texts only.

DuckDB's own schema is called `main`, and fakesnow hides it; here it is Snowflake's `MAIN`. Views are tables too.
"""

from fakesnow import info_schema, macros

_AS = " AS\n"
_GLOBAL = "_fs_global._fs_information_schema"
#: DuckDB's own comment on a view that is secure; fakesnow keeps those of people elsewhere.
SECURE = "secure"
_IS_SECURE = f"CASE WHEN duckdb_views.comment = '{SECURE}' THEN 'YES' ELSE 'NO' END"
_UPPER_MAIN = "CASE WHEN {column} = 'main' THEN 'MAIN' ELSE {column} END"


def database_metadata_sql(database: str) -> str:
    """The statements that make, or renew, the metadata of `database`; harmless when run again."""
    return ";\n".join(
        [
            info_schema.per_db_creation_sql(database),
            macros.creation_sql(database),
            _view(database, "_fs_columns", _columns(database)),
            _view(database, "_fs_tables", _tables(database)),
            _view(database, "_fs_schemata", _schemata(database)),
            _view(database, "_fs_views", _views(database)),
        ]
    )


def _view(database: str, name: str, select: str) -> str:
    return f"CREATE OR REPLACE VIEW {database}._fs_information_schema.{name} AS {select}"


def _columns(database: str) -> str:
    """Columns with the lengths of texts in MAIN: fakesnow notes them under that name, and looks for them as `main`."""
    lengths = ("CHARACTER_MAXIMUM_LENGTH", "CHARACTER_OCTET_LENGTH")
    noted = ", ".join(f"COALESCE({length}, ext_{length}) AS {length}" for length in lengths)
    return (
        f"SELECT c.* REPLACE ({_UPPER_MAIN.format(column='table_schema')} AS TABLE_SCHEMA, {noted}) "
        f"FROM {_GLOBAL}._fs_columns AS c LEFT JOIN {_GLOBAL}._fs_columns_ext ON table_schema = 'main' "
        "AND ext_table_schema = 'MAIN' AND ext_table_catalog = table_catalog AND ext_table_name = table_name "
        f"AND ext_column_name = column_name WHERE table_catalog = '{database}'"
    )


def _tables(database: str) -> str:
    fakesnows = info_schema.SQL_CREATE_INFORMATION_SCHEMA_TABLES_VIEW.substitute(catalog=database).partition(_AS)[2]
    return (
        f"SELECT * REPLACE ({_UPPER_MAIN.format(column='TABLE_SCHEMA')} AS TABLE_SCHEMA) FROM ({fakesnows}) "
        f"UNION ALL BY NAME SELECT database_name AS TABLE_CATALOG, {_UPPER_MAIN.format(column='schema_name')} AS "
        "TABLE_SCHEMA, view_name AS TABLE_NAME, 'SYSADMIN' AS TABLE_OWNER, 'VIEW' AS TABLE_TYPE FROM duckdb_views "
        f"WHERE database_name = '{database}' AND NOT internal AND schema_name <> '_fs_information_schema'"
    )


def _schemata(database: str) -> str:
    fakesnows = info_schema.SQL_CREATE_INFORMATION_SCHEMA_SCHEMATA_VIEW.substitute(catalog=database).partition(_AS)[2]
    return f"{fakesnows} UNION ALL BY NAME SELECT '{database}' AS CATALOG_NAME, 'MAIN' AS SCHEMA_NAME"


def _views(database: str) -> str:
    fakesnows = info_schema.SQL_CREATE_INFORMATION_SCHEMA_VIEWS_VIEW.substitute(catalog=database).partition(_AS)[2]
    secure = fakesnows.replace("'NO' as IS_SECURE", f"{_IS_SECURE} as IS_SECURE")
    return f"SELECT * REPLACE ({_UPPER_MAIN.format(column='table_schema')} AS table_schema) FROM ({secure})"
