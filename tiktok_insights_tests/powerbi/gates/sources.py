"""The gate of what is read: column in M = column in the model = column of the contract, in name, order and type."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.schema import WAREHOUSE_COLUMNS
from tiktok_insights_tests.powerbi.gates.model_reader import ModelFiles, read_model
from tiktok_insights_tests.powerbi.gates.tmdl_reader import Node

_QUERY = re.compile(
    r"let\n"
    r"    Source = Snowflake\.Databases\((?P<server>\w+), (?P<warehouse>\w+), "
    r'\[Role=(?P<role>\w+), Implementation="2\.0"\]\),\n'
    r'    Database = Source\{\[Name=(?P<database>\w+),Kind="Database"\]\}\[Data\],\n'
    r'    Schema = Database\{\[Name=(?P<schema>\w+),Kind="Schema"\]\}\[Data\],\n'
    r'    Rows = Schema\{\[Name="(?P<table>\w+)",Kind="(?P<kind>\w+)"\]\}\[Data\],\n'
    r"    Columns = Table\.SelectColumns\(Rows, \{(?P<columns>[^{}]*)\}\),\n"
    r"    Typed = Table\.TransformColumnTypes\(Columns, \{(?P<types>.*)\}\)\n"
    r"in\n    Typed"
)
_PARAMETER = re.compile(r'"[^"]+" meta \[IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true\]')
_PARAMETERS = {
    "server": "SnowflakeServer",
    "warehouse": "SnowflakeWarehouse",
    "role": "SnowflakeRole",
    "database": "SnowflakeDatabase",
}
#: By Snowflake's type: the model's and M's.
_TYPES = {
    "VARCHAR": ("string", "type text"),
    "VARCHAR(20)": ("string", "type text"),
    "BOOLEAN": ("boolean", "type logical"),
    "NUMBER(38,0)": ("int64", "Int64.Type"),
    "NUMBER": ("double", "type number"),
    "TIMESTAMP_NTZ": ("dateTime", "type datetime"),
}


@cache
def contract() -> Mapping[str, dict[str, str]]:
    """Snowflake's types of the columns of TIKTOK_DATA and of every mart, in order."""
    users = {str(column.warehouse): column.warehouse_type.removesuffix(" NOT NULL") for column in WAREHOUSE_COLUMNS}
    marts = {mart.view: {column.name: column.warehouse_type for column in mart.columns} for mart in all_marts()}
    return {"TIKTOK_DATA": users, **marts}


@cache
def keys() -> Mapping[str, tuple[str, ...]]:
    """The columns that tell the rows of each table of the warehouse apart."""
    return {"TIKTOK_DATA": ("TIKTOK_ID",), **{mart.view: mart.key for mart in all_marts()}}


def problems(folder: Path) -> list[str]:
    """Say where the queries, the columns and the contract of the project in a folder differ."""
    try:
        return list(_problems(read_model(folder)))
    except (ValueError, OSError) as error:
        return [str(error)]


def _problems(files: ModelFiles) -> Iterator[str]:
    read = {name: table for name, table in files.tables.items() if _partition(table).value == "m"}
    if read.keys() != contract().keys():
        yield f"the model reads other tables than the contract has: {read.keys() ^ contract().keys()}"
    for name in read.keys() & contract().keys():
        yield from (f"{name}: {problem}" for problem in _of_table(read[name], contract()[name], files))
    yield from _unique(files)
    for name, parameter in files.parameters.items():
        types = [(child.name, child.value) for child in parameter.children]
        if not _PARAMETER.fullmatch(parameter.value) or types != [("PBI_ResultType", "Text")]:
            yield f"{name} is no parameter"


def _unique(files: ModelFiles) -> Iterator[str]:
    """A refresh fails when two rows have the same key, or the same value on the one side of a relationship."""
    single = {(table, *key) for table, key in keys().items() if len(key) == 1}
    ones = {tuple(node.properties.get("toColumn", "").split(".")) for node in files.relationships}
    marked = {
        (name, column.name)
        for name, table in files.tables.items()
        for column in table.of_kind("column")
        if "isKey" in column.properties
    }
    for table, column in sorted(one for one in ones | marked if one[0] in keys() and one not in single):
        yield f"{table}.{column} must be unique, but does not tell the rows of {table} apart"


def _partition(table: Node) -> Node:
    (partition,) = table.of_kind("partition")
    return partition


def _of_table(table: Node, expected: Mapping[str, str], files: ModelFiles) -> Iterator[str]:
    columns = [column for column in table.of_kind("column") if not column.value]
    if [column.name for column in columns] != list(expected):
        yield f"the model has the columns {[column.name for column in columns]}, the contract {list(expected)}"
    for column in columns:
        if column.properties.get("sourceColumn") != column.name:
            yield f"{column.name} is read from {column.properties.get('sourceColumn')}"
        due = _TYPES[expected[column.name]][0] if column.name in expected else None
        if column.properties.get("dataType") != due:
            yield f"{column.name} is {column.properties.get('dataType')} in the model, not {due}"
    if _partition(table).properties.get("mode") != "import":
        yield "the table is not imported"
    if not (query := _QUERY.fullmatch(_partition(table).properties.get("source", ""))):
        yield "the query reads otherwise than all others"
        return
    due_place = _PARAMETERS | {"schema": "SnowflakeSchema", "table": table.name, "kind": "View"}
    for part, value in due_place.items():
        if query[part] != value:
            yield f"the {part} is {query[part]}, not {value}"
        elif part in (*_PARAMETERS, "schema") and value not in files.parameters:
            yield f"there is no parameter {value}"
    if query["columns"] != ", ".join(f'"{name}"' for name in expected):
        yield f"the query reads the columns {query['columns']}, the contract has {list(expected)}"
    types = [f'{{"{name}", {_TYPES[type_][1]}}}' for name, type_ in expected.items()]
    if query["types"] != ", ".join(types):
        yield f"the query gives the types {query['types']}, the contract {types}"
