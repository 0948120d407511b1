"""Compares the model's tables with a warehouse, so that a refresh does not fail on a name, a type or a privilege.

Only what the model reads is compared: more columns do no harm. The audit of the data itself belongs in `warehouse`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.powerbi.model import MODEL
from tiktok_insights.powerbi.model.objects import Column, DataType, Model, Table
from tiktok_insights.tables.comparison import ActualTable, quoted
from tiktok_insights.tables.inventory import read_tables

#: What a column's type in the warehouse may be, and what the model takes it for. A view's numbers have the precision
#: and scale that their expression happens to have, and on the local stack other names. A FLOAT is no whole number.
_TYPES: Mapping[DataType, tuple[str, str]] = {
    DataType.TEXT: (r"VARCHAR(\(\d+\))?", "text"),
    DataType.WHOLE_NUMBER: (r"NUMBER\(\d+,\d+\)|HUGEINT|INTEGER", "a whole number"),
    DataType.NUMBER: (r"NUMBER\(\d+,\d+\)|FLOAT", "a number"),
    DataType.BOOLEAN: (r"BOOLEAN", "a Boolean"),
    DataType.TIME: (r"TIMESTAMP_NTZ(\(\d\))?", "a time without zone"),
}
_VIEW = "VIEW"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much was compared, and what would make a refresh fail, a sentence each with its remedy."""

    tables: int
    columns: int
    problems: tuple[str, ...]


def compare(session: Session, model: Model = MODEL) -> Comparison:
    """Compare every table of the model that is a view in the session's warehouse with it, and try to read it."""
    tables, schema = [table for table in model.tables if not table.expression], session.namespace.view_schema
    actual = read_tables(session, (schema,), [table.name for table in tables])[schema]
    problems = []
    for table in tables:
        name = f"{schema}.{table.name}"
        problems += list(_differences(name, table, actual)) or _unreadable(session, name, table)
    return Comparison(len(tables), sum(len(list(_read(table))) for table in tables), tuple(problems))


def _read(table: Table) -> Iterator[Column]:
    """What the model reads of a table."""
    return (column for column in table.columns if not column.expression)


def _differences(name: str, table: Table, actual: Mapping[str, ActualTable]) -> Iterator[str]:
    if (found := actual.get(table.name)) is None:
        others = [other for other in actual if other.upper() == table.name]
        if others:
            yield f"{name} is missing: {quoted(others[0])} differs in case. Rename it, then run tiktok-insights run."
        else:
            yield f"{name} is missing, or the role may not see it. Run tiktok-insights run, or grant SELECT on it."
        return
    if found.kind != _VIEW:
        yield (
            f"{name} is a {found.kind}, but the model asks for a view. Set SNOWFLAKE_VIEW_SCHEMA to a schema that has "
            "no tables, or move it away, then run tiktok-insights run."
        )
        return
    for column in _read(table):
        if difference := _difference(column, found.columns):
            yield f"{name}: {difference}. Make the view again with tiktok-insights run."


def _difference(column: Column, actual: Mapping[str, str]) -> str | None:
    pattern, expected = _TYPES[column.type]
    if (found := actual.get(column.name)) is None:
        others = [quoted(other) for other in actual if other.upper() == column.name]
        return f"column {column.name} is missing" + f"; {', '.join(others)} differs in case" * bool(others)
    if not re.fullmatch(pattern, found.removesuffix(" NOT NULL")):
        return f"column {column.name} is {found}, not {expected}"
    return None


def _unreadable(session: Session, name: str, table: Table) -> list[str]:
    """Read no row, but with everything that reading needs: the role's privileges, and what a view is made from."""
    try:
        session.query(f"SELECT {', '.join(column.name for column in _read(table))} FROM {name} LIMIT 0")
    except ProgrammingError as error:
        reason = (error.raw_msg or str(error)).strip().splitlines()[0].removesuffix(".")
        return [f"{name} cannot be read: {reason}. Grant the role SELECT on it, or run tiktok-insights run."]
    return []
