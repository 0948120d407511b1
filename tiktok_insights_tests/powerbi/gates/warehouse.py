"""The gate of a warehouse: what the queries of the project's files ask for, asked in SQL, has values of their types."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights_tests.powerbi.gates.model_reader import read_model
from tiktok_insights_tests.powerbi.gates.tmdl_reader import Node

_CLASSES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "int64": (int,),
    "double": (float, Decimal),
    "boolean": (bool,),
    "dateTime": (datetime,),
}


def problems(session: Session, folder: Path) -> list[str]:
    """Run the SELECT of each table's query, and compare its values with the columns of the model."""
    found: list[str] = []
    for table in read_model(folder).tables.values():
        (partition,) = table.of_kind("partition")
        if partition.value == "m":
            found += _of_table(session, table, partition.properties["source"])
    return found


def _of_table(session: Session, table: Node, query: str) -> Iterator[str]:
    names = re.findall(r'"(\w+)"', query.partition("Table.SelectColumns(")[2].partition("})")[0])
    (name,) = re.findall(r'Schema\{\[Name="(\w+)"', query)
    columns = ", ".join(f'"{column}"' for column in names)
    try:
        rows = session.query(f'SELECT {columns} FROM "{session.namespace.view_schema}"."{name}"')
    except ProgrammingError as error:
        yield f"{name}: {error}"
        return
    types = {column.name: _CLASSES[column.properties["dataType"]] for column in table.of_kind("column")}
    for column, values in zip(names, zip(*rows, strict=True), strict=False):
        wrong = next((value for value in values if value is not None and type(value) not in types[column]), None)
        if wrong is not None or any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
            yield f"{name}.{column} has {wrong!r}, not a {types[column][0].__name__} that the model can hold"
