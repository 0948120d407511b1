"""Columns that an existing Glue table or partition lacks at its end. Pure; `glue_table` and `partitions` change Glue.

Glue keeps each partition's columns apart from the table's, and does not update one with the other. Athena accepts that:
columns may be added at the end of a CSV table (docs.aws.amazon.com/athena/latest/ug/updates-and-partitions.html). But
Hive reads a partition by the partition's own columns, and finds NULL in a column that only the table has; its ADD
COLUMNS changes "only table metadata" without CASCADE (cwiki.apache.org/confluence/display/Hive/LanguageManual+DDL). A
partition is one account's day, and may get files with the new column later, so partitions get the column, too.
"""

from collections.abc import Mapping, Sequence
from typing import Any


def missing_columns(entry: Mapping[str, Any], expected: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """The columns at the end of the expected ones that a table or partition lacks.

    None when it has them all, or when its columns are not the beginning of the expected ones by name and type.
    """
    actual = entry.get("StorageDescriptor", {}).get("Columns", [])
    beginning = expected[: len(actual)]
    if not actual or [name_and_type(column) for column in actual] != [name_and_type(column) for column in beginning]:
        return []
    return list(expected[len(actual) :])


def with_columns(entry: Mapping[str, Any], columns: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """A table or partition with columns more at its end; what it has otherwise, such as comments, stays."""
    storage = entry["StorageDescriptor"]
    return {**entry, "StorageDescriptor": {**storage, "Columns": [*storage["Columns"], *columns]}}


def name_and_type(column: Mapping[str, str]) -> tuple[str, str]:
    """A column's name and type as Athena, Hive and Spark compare them: without regard to case."""
    return column["Name"].lower(), column.get("Type", "").lower()
