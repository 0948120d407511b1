"""What a crawler made of the CSVs, compared with the contract; each difference says why it matters. Pure.

A crawler guesses names, types and formats from samples. How tables are compared belongs in `reading_differences`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from tiktok_insights.catalog.reading_differences import reading_differences, structure_differences, type_difference
from tiktok_insights.catalog.table_definition import PARTITION_KEYS, Partition, table_input
from tiktok_insights.catalog.trailing_columns import name_and_type
from tiktok_insights.schema import COLUMNS, ColumnKind

_LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_FLOATS = re.compile("double|float|real")
_INTEGERS = re.compile("tinyint|smallint|int|integer|bigint")
_FLOAT_ID = "a float has 15 to 16 exact digits, so long IDs are rounded and different users become one"
_WHOLE_ID = "an ID may have 20 digits, and one that does not fit is read as NULL or fails the query"
_NUMBER_ID = "an ID is text; as a number it loses leading zeros"
_EMPTY_FIELD = "an empty field is no value of that type, and may fail the query"
_NO_QUOTES = "this SerDe ignores quotes, so a comma in a nickname moves the rest of the row by a column"
_HEADER = "the header is read as a row of data"


@dataclass(frozen=True, slots=True)
class CrawledTable:
    """A table that a crawler has written. `disagreeing` counts its partitions whose columns differ from its own."""

    name: str
    table: Mapping[str, Any]
    partitions: Set[Partition]
    disagreeing: int

    @classmethod
    def of(cls, table: Mapping[str, Any], entries: Iterable[tuple[Partition, Any]]) -> "CrawledTable":
        """Take in the partitions one by one: there may be many."""
        columns, partitions, disagreeing = _columns(table), set(), 0
        for partition, entry in entries:
            partitions.add(partition)
            disagreeing += _columns(entry) != columns
        return cls(table["Name"], table, partitions, disagreeing)

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Names and types of its columns."""
        return _columns(self.table)

    def differences(self, location: str, in_bucket: Set[Partition]) -> list[str]:
        """All differences from the contract's table at the location, whose partitions are those in the bucket."""
        expected = table_input(location)
        found = [*structure_differences(self.table, expected), *reading_differences(self.table, expected)]
        whys = dict(_whys(self.table))
        return [
            *(f"{difference} ({whys[difference]})" if difference in whys else difference for difference in found),
            *self._partition_differences(in_bucket),
        ]

    def _partition_differences(self, in_bucket: Set[Partition]) -> Iterator[str]:
        if missing := len(in_bucket - self.partitions):
            yield f"folders with CSVs that have no partition: {missing} of {len(in_bucket)}"
        if empty := len(self.partitions - in_bucket):
            yield f"partitions without CSVs: {empty} of {len(self.partitions)}"
        if self.disagreeing:
            yield (
                f"partitions with other columns than their table: {self.disagreeing} of {len(self.partitions)} "
                "(Athena fails with HIVE_PARTITION_SCHEMA_MISMATCH where the types differ)"
            )


def _whys(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is said of a difference, as `reading_differences` words it, and why it matters."""
    types = dict(_columns(table))
    for column in COLUMNS:
        if (actual := types.get(column.glue, column.glue_type)) != column.glue_type:
            why = _why_id(actual) if column.kind is ColumnKind.ID else _EMPTY_FIELD
            yield type_difference(column.glue, actual, column.glue_type), why
    keys = [name_and_type(key) for key in table.get("PartitionKeys") or []]
    if keys and dict(keys).get(PARTITION_KEYS[0], "string") != "string":
        actual, wanted = (", ".join(f"{name} {kind}" for name, kind in k) for k in (keys, _wanted_keys()))
        yield f"the partition keys are {actual}, not {wanted}", _why_id(dict(keys)[PARTITION_KEYS[0]])
    yield f"the SerDe is {_LAZY}, not {_serde(table_input(''))}", _NO_QUOTES
    yield "skip.header.line.count is not set, not '1'", _HEADER


def _why_id(actual: str) -> str:
    if _FLOATS.fullmatch(actual):
        return _FLOAT_ID
    return _WHOLE_ID if _INTEGERS.fullmatch(actual) else _NUMBER_ID


def _wanted_keys() -> list[tuple[str, str]]:
    return [(name, "string") for name in PARTITION_KEYS]


def _serde(table: Mapping[str, Any]) -> str:
    return str(table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"])


def _columns(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [name_and_type(column) for column in (entry.get("StorageDescriptor") or {}).get("Columns") or []]
