"""How an actual table or view differs from the expected one. Pure; `inventory` reads what the warehouse has.

Types are texts as the definitions write them, such as `VARCHAR(20) NOT NULL`. Not compared are defaults, collations,
comments, and the precision of times, which information_schema does not always tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tiktok_insights.tables.columns import Table

_BASE_TABLE = "BASE TABLE"
_VIEW = "VIEW"


@dataclass(frozen=True, slots=True)
class ActualTable:
    """A table or view as the warehouse has it: its kind, and its columns' types by their names, in order."""

    kind: str
    columns: dict[str, str]


def table_differences(name: str, actual: ActualTable, expected: Table) -> list[str]:
    """List how a table with this name differs from the expected one, a sentence each; none is good."""
    return _kind_differences(name, actual, expected, _BASE_TABLE) or column_differences(actual.columns, expected)


def view_differences(name: str, actual: ActualTable, expected: Table) -> list[str]:
    """List how a view with this name differs from the expected one, whose columns have no types; none is good."""
    if differences := _kind_differences(name, actual, expected, _VIEW):
        return differences
    if tuple(actual.columns) == expected.names:
        return []
    return [f"its columns are {', '.join(actual.columns)}, not {', '.join(expected.names)}"]


def column_differences(actual: Mapping[str, str], table: Table) -> list[str]:
    """List how columns differ from a table's, a sentence each; none is good."""
    expected = {column.name: column.type for column in table.columns}
    differences = [f"column {name} ({kind}) is missing" for name, kind in expected.items() if name not in actual]
    differences += [
        f"column {quoted(name)} ({kind}) is unexpected" for name, kind in actual.items() if name not in expected
    ]
    differences += [
        f"column {name} is {actual[name]}, not {kind}"
        for name, kind in expected.items()
        if name in actual and actual[name] != kind
    ]
    if not differences and list(actual) != list(expected):
        other, due = next(pair for pair in zip(actual, expected, strict=True) if pair[0] != pair[1])
        differences.append(f"the columns are in a different order: {other} where {due} belongs")
    return differences


def quoted(name: str) -> str:
    """Write a name as SQL needs it: in quotes when it is not upper case, which makes it another name."""
    return name if name == name.upper() else f'"{name}"'


def _kind_differences(name: str, actual: ActualTable, expected: Table, kind: str) -> list[str]:
    if name != expected.name:
        return [f"its name differs in case from {expected.name}"]
    return [] if actual.kind == kind else [f"it is a {actual.kind}, not a {kind}"]
