"""TMDL: the semantic model as text, a file for each table. Pure; what the model has belongs in `model`.

A property is one tab deeper than its object, and an expression of several lines two tabs deeper than its property.
https://learn.microsoft.com/en-us/analysis-services/tmdl/tmdl-overview
"""

import re
from collections.abc import Iterator, Mapping

from tiktok_insights.powerbi.model.objects import Column, DataType, Measure, Model, Relationship, Table
from tiktok_insights.powerbi.names import tag
from tiktok_insights.powerbi.power_query import PARAMETERS, Parameter, parameter, query

#: The oldest level that Power BI Desktop of 2025 writes for a model with enhanced metadata.
_COMPATIBILITY_LEVEL = 1601


def definition(model: Model) -> Mapping[str, str]:
    """Write the files of the folder `definition`, by their paths in it."""
    files = {
        "database.tmdl": _text(iter(["database", f"\tcompatibilityLevel: {_COMPATIBILITY_LEVEL}"])),
        "model.tmdl": _text(_model(model)),
        "expressions.tmdl": "".join(_text(_parameter(given)) for given in PARAMETERS),
        "relationships.tmdl": "".join(_text(_relationship(given)) for given in model.relationships),
    }
    return files | {f"tables/{table.name}.tmdl": _text(_table(table)) for table in model.tables}


def _model(model: Model) -> Iterator[str]:
    yield "model Model"
    yield "\tculture: en-US"
    yield "\tdefaultPowerBIDataSourceVersion: powerBI_V3"
    yield "\tdiscourageImplicitMeasures"
    yield "\tsourceQueryCulture: en-US"
    yield ""
    # Without it, Power BI adds a hidden date table for each column with a time.
    yield "annotation __PBI_TimeIntelligenceEnabled = 0"
    yield ""
    for table in model.tables:
        yield f"ref table {_name(table.name)}"


def _parameter(given: Parameter) -> Iterator[str]:
    yield from _meaning(given.meaning)
    yield f"expression {_name(given.name)} = {parameter(given)}"
    yield f"\tlineageTag: {tag('expression', given.name)}"
    yield ""
    yield "\tannotation PBI_ResultType = Text"


def _relationship(given: Relationship) -> Iterator[str]:
    yield f"relationship {tag('relationship', *given.many, *given.one)}"
    yield f"\tfromColumn: {'.'.join(map(_name, given.many))}"
    yield f"\ttoColumn: {'.'.join(map(_name, given.one))}"


def _table(table: Table) -> Iterator[str]:
    yield from _meaning(table.meaning)
    yield f"table {_name(table.name)}"
    yield f"\tlineageTag: {tag('table', table.name)}"
    if any(column.is_key and column.type is DataType.TIME for column in table.columns):
        yield "\tdataCategory: Time"
    for measure in table.measures:
        yield ""
        yield from _indented(_measure(table, measure))
    for column in table.columns:
        yield ""
        yield from _indented(_column(table, column))
    yield ""
    yield from _indented(_partition(table))


def _measure(table: Table, measure: Measure) -> Iterator[str]:
    yield from _meaning(measure.meaning)
    yield from _with_expression(f"measure {_name(measure.name)}", measure.expression)
    if measure.format:
        yield f"\tformatString: {measure.format}"
    if measure.folder:
        yield f"\tdisplayFolder: {measure.folder}"
    yield f"\tlineageTag: {tag('measure', table.name, measure.name)}"


def _column(table: Table, column: Column) -> Iterator[str]:
    yield from _meaning(column.meaning)
    yield from _with_expression(f"column {_name(column.name)}", column.expression)
    yield f"\tdataType: {column.type.value}"
    if column.is_hidden:
        yield "\tisHidden"
    if column.is_key:
        yield "\tisKey"
    if column.format:
        yield f"\tformatString: {column.format}"
    yield f"\tlineageTag: {tag('column', table.name, column.name)}"
    yield "\tsummarizeBy: none"
    if not column.expression:
        yield f"\tsourceColumn: {f'[{column.name}]' if table.expression else column.name}"
    if column.sort_by:
        yield f"\tsortByColumn: {_name(column.sort_by)}"


def _partition(table: Table) -> Iterator[str]:
    yield f"partition {_name(table.name)} = {'calculated' if table.expression else 'm'}"
    yield "\tmode: import"
    yield "\tsource ="
    yield from (f"\t\t\t{line}" for line in (table.expression or query(table)).split("\n"))


def _with_expression(head: str, expression: str) -> Iterator[str]:
    if "\n" in expression:
        yield f"{head} ="
        yield from (f"\t\t{line}" for line in expression.split("\n"))
    else:
        yield f"{head} = {expression}" if expression else head


def _meaning(meaning: str) -> Iterator[str]:
    yield from (f"/// {line}" for line in meaning.split("\n") if line)


def _name(name: str) -> str:
    return name if re.fullmatch(r"\w+", name, re.ASCII) else "'" + name.replace("'", "''") + "'"


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"\t{line}" if line else line for line in lines)


def _text(lines: Iterator[str]) -> str:
    """End a block with an empty line, as Power BI does, also at the end of a file."""
    return "\n".join(lines) + "\n\n"
