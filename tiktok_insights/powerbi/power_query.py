"""Power Query (M): how the model reads a table from Snowflake, and the parameters that say where. Pure; only texts.

The connector's second implementation is named: which one is the default depends on the version of Power BI. Each
column gets its type here, so that no setting of the connector decides it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tiktok_insights.powerbi.model.objects import Column, DataType, Table
from tiktok_insights.settings.variables import DEFAULTS

_TYPES: Mapping[DataType, str] = {
    DataType.TEXT: "type text",
    DataType.WHOLE_NUMBER: "Int64.Type",
    DataType.NUMBER: "type number",
    DataType.BOOLEAN: "type logical",
    DataType.TIME: "type datetime",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that Power BI asks for. Snowflake keeps unquoted names in upper case, and M looks for them so."""

    name: str
    default: str
    meaning: str


SERVER = Parameter(
    "SnowflakeServer", "YOUR_ORG-YOUR_ACCOUNT.snowflakecomputing.com", "The account's host, without https://."
)
WAREHOUSE = Parameter("SnowflakeWarehouse", DEFAULTS["SNOWFLAKE_WAREHOUSE"].upper(), "The virtual warehouse.")
ROLE = Parameter("SnowflakeRole", "YOUR_ROLE", "A role that you have and that may read the tables and views.")
DATABASE = Parameter("SnowflakeDatabase", DEFAULTS["SNOWFLAKE_DATABASE"].upper(), "The database, in upper case.")
SCHEMA = Parameter(
    "SnowflakeSchema",
    DEFAULTS["SNOWFLAKE_VIEW_SCHEMA"].upper(),
    "The schema of the views, in upper case: SNOWFLAKE_VIEW_SCHEMA of the platform, or SNOWFLAKE_READER_SCHEMA.",
)
PARAMETERS = (SERVER, WAREHOUSE, ROLE, DATABASE, SCHEMA)


def parameter(given: Parameter) -> str:
    """Write a parameter's value with what marks it as one."""
    return f'{text(given.default)} meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]'


def query(table: Table) -> str:
    """Write the query that reads a table's columns from Snowflake; what DAX computes is not read."""
    columns = [column for column in table.columns if not column.expression]
    steps = [
        f'Source = Snowflake.Databases({SERVER.name}, {WAREHOUSE.name}, [Role={ROLE.name}, Implementation="2.0"])',
        f'Database = Source{{[Name={DATABASE.name},Kind="Database"]}}[Data]',
        f'Schema = Database{{[Name={SCHEMA.name},Kind="Schema"]}}[Data]',
        f'Rows = Schema{{[Name={text(table.name)},Kind="View"]}}[Data]',
        f"Columns = Table.SelectColumns(Rows, {{{', '.join(text(column.name) for column in columns)}}})",
        f"Typed = Table.TransformColumnTypes(Columns, {{{', '.join(map(_typed, columns))}}})",
    ]
    return "\n".join(["let", *(f"    {step}," for step in steps[:-1]), f"    {steps[-1]}", "in", "    Typed"])


def text(value: str) -> str:
    """Write a text as M does."""
    return '"' + value.replace("#(", "#(#)(").replace('"', '""') + '"'


def _typed(column: Column) -> str:
    return f"{{{text(column.name)}, {_TYPES[column.type]}}}"
