"""No name that the pipeline creates is a reserved word of Snowflake. The local warehouse accepts some of them.

Names are never quoted, so each has to be free. Whether the statements run is tested where they are.
"""

import re
from collections.abc import Iterator
from importlib import resources

import pytest

import tiktok_insights
from docs.generate.snowflake_setup import PARAMETERS
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.tables.definitions import ALL

#: "Reserved & limited keywords" in Snowflake's documentation (docs.snowflake.com/en/sql-reference/reserved-keywords):
#: ASC, DESC and OUTER are in its text, the others in its table. Words that only SHOW commands refuse are left out.
RESERVED = {
    "ALL", "ALTER", "AND", "ANY", "AS", "ASC", "BETWEEN", "BY", "CASE", "CAST", "CHECK", "COLUMN", "CONNECT",
    "CONSTRAINT", "CREATE", "CROSS", "CURRENT", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER",
    "DELETE", "DESC", "DISTINCT", "DROP", "ELSE", "EXISTS", "FALSE", "FOLLOWING", "FOR", "FROM", "FULL", "GRANT",
    "GROUP", "HAVING", "ILIKE", "IN", "INCREMENT", "INNER", "INSERT", "INTERSECT", "INTO", "IS", "JOIN", "LATERAL",
    "LEFT", "LIKE", "LOCALTIME", "LOCALTIMESTAMP", "MINUS", "NATURAL", "NOT", "NULL", "OF", "ON", "OR", "ORDER",
    "OUTER", "QUALIFY", "REGEXP", "REVOKE", "RIGHT", "RLIKE", "ROW", "ROWS", "SAMPLE", "SELECT", "SET", "SOME", "START",
    "TABLE", "TABLESAMPLE", "THEN", "TO", "TRIGGER", "TRUE", "TRY_CAST", "UNION", "UNIQUE", "UPDATE", "USING", "VALUES",
    "WHEN", "WHENEVER", "WHERE", "WINDOW", "WITH",
}  # fmt: skip
#: `... AS name` and `name AS (...)`, but not `CREATE VIEW ... AS SELECT`, nor `AS FROM`, which DuckDB has.
_ALIAS = re.compile(r"\bAS\s+(?!SELECT\b|FROM\b)([A-Za-z_]\w*)|\b([A-Za-z_]\w*) AS \(")


def created() -> Iterator[tuple[str, str]]:
    """Where each name is, and the name."""
    for parameter, name in PARAMETERS.items():
        yield f"the parameter {parameter} of setup.sql", name
    for table in ALL:
        yield from ((f"the table {table.name}", name) for name in (table.name, *table.names))
    for mart in all_marts():
        yield from ((f"the mart {mart.name}", name) for name in (mart.view, *(column.name for column in mart.columns)))


def aliases(text: str) -> list[str]:
    """The names that statements in a text give to columns, tables and queries."""
    return [after or before for after, before in _ALIAS.findall(text)]


def sources(folder: resources.abc.Traversable) -> Iterator[tuple[str, str]]:
    """The package's files with statements: where each is, and its text."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from sources(entry)
        elif entry.name.endswith((".sql", ".py")):
            yield str(entry), entry.read_text(encoding="utf-8")


def test_no_table_view_or_column_has_a_reserved_name() -> None:
    """Snowflake would refuse the statement that creates it."""
    names = list(created())
    assert ("the table TIKTOK_DATA", "FOLLOWING_COUNT") in names
    assert [(place, name) for place, name in names if name.upper() in RESERVED] == []


def test_no_alias_is_a_reserved_word() -> None:
    """Snowflake would refuse the statement that has it."""
    names = [(place, alias) for place, text in sources(resources.files(tiktok_insights)) for alias in aliases(text)]
    assert {"FOLLOWING_COUNT_PLACE", "listed", "coverage"} <= {name for _, name in names}
    assert [(place, name) for place, name in names if name.upper() in RESERVED] == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("SELECT MAX(N) AS FOLLOWING FROM T", ["FOLLOWING"]),
        ("SELECT CAST(N AS FLOAT)\n  AS START FROM T AS left", ["FLOAT", "START", "left"]),
        ("WITH rows AS (SELECT 1), {part}, sample AS (SELECT 2) SELECT 3", ["rows", "sample"]),
        ("CREATE VIEW V AS SELECT 1 AS MINE", ["MINE"]),
    ],
)
def test_aliases_are_found(statement: str, found: list[str]) -> None:
    """Those of columns, of tables, and of queries after WITH."""
    assert aliases(statement) == found
