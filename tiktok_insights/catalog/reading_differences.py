"""How a Glue table or partition is read, compared with the contract; a difference is a clause with both values. Pure.

Add here what decides what Athena, Hive, Spark or a Glue job reads. What decides nothing is no difference: comments,
statistics, and a crawler's own parameters (docs.aws.amazon.com/glue/latest/dg/table-properties-crawler.html).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tiktok_insights.catalog.trailing_columns import name_and_type

#: What OpenCSVSerde uses for a parameter that is not set (docs.aws.amazon.com/athena/latest/ug/csv-serde.html).
_SERDE_DEFAULTS = {"separatorChar": ",", "quoteChar": '"', "escapeChar": "\\"}

#: Parameters that change how the files are read, with the values that do not. No other value may be set, wherever it
#: is set: Glue has parameters of the table or partition, of its storage, and of its SerDe. Hive and Athena read them as
#: one list, in which those of the table win.
_HARMLESS_VALUES: Mapping[str, frozenset[str]] = {
    # A Glue job reads these; crawlers set them.
    "columnsOrdered": frozenset({"true"}),
    "compressionType": frozenset({"none"}),
    "delimiter": frozenset({","}),
    # Delimiters and texts of Hive's readers. Tools write a line feed as itself, or as DDL does.
    "escapeChar": frozenset({'"'}),
    "field.delim": frozenset({","}),
    "line.delim": frozenset({"\n", "\\n"}),
    "quoteChar": frozenset({'"'}),
    "separatorChar": frozenset({","}),
    "serialization.encoding": frozenset({"utf-8", "utf8"}),
    "skip.footer.line.count": frozenset({"0"}),
    "skip.header.line.count": frozenset({"1"}),
    "textinputformat.record.delimiter": frozenset({"\n"}),
    # Athena then computes partitions, and ignores those in Glue.
    "projection.enabled": frozenset({"false"}),
    "has_encrypted_data": frozenset({"false"}),
    # Another kind of table: Iceberg or Delta, Hive's ACID, one that Spark reads with its own reader and schema, or one
    # that has no files at all.
    "spark.sql.sources.provider": frozenset({"hive"}),
    "storage_handler": frozenset(),
    "table_type": frozenset(),
    "transactional": frozenset({"false"}),
}

#: Parts of the storage that must be empty: they spread the files over buckets or folders.
_UNWANTED_PARTS = ("AdditionalLocations", "BucketColumns", "SortColumns")


def structure_differences(table: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """What makes it another table: columns, partition keys or location."""
    storage, wanted = _storage_of(table), _storage_of(expected)
    return [
        *_column_differences(storage, wanted),
        *_differs("the partition keys are", _keys(table), _keys(expected)),
        *_location_differences(storage.get("Location") or "", wanted["Location"]),
    ]


def reading_differences(table: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """What makes our table's files be read in another way."""
    parameters, wanted = table.get("Parameters") or {}, expected["Parameters"]
    return [
        *_differs("the table type is", table.get("TableType", ""), expected["TableType"]),
        # Of a table that is external by its type, Hive does not need to hear it again.
        *_parameter_differences("", {"EXTERNAL": "TRUE", **parameters}, wanted),
        *_storage_differences(table, expected, wanted),
    ]


def partition_differences(partition: Mapping[str, Any], expected: Mapping[str, Any], table: Any) -> list[str]:
    """What makes a partition's files be read in another way; it may repeat the parameters of its table."""
    wanted = table["Parameters"]
    return [
        *structure_differences(partition, expected),
        *_parameter_differences("", {**wanted, **(partition.get("Parameters") or {})}, wanted),
        *_storage_differences(partition, expected, wanted),
    ]


def type_difference(name: str, actual: str, expected: str) -> str:
    """What is said of a column whose type is not the contract's."""
    return f"{name} is {actual or 'not set'}, not {expected}"


def _storage_differences(
    actual: Mapping[str, Any], expected: Mapping[str, Any], of_table: Mapping[str, str]
) -> Iterator[str]:
    storage, wanted = _storage_of(actual), _storage_of(expected)
    serde, wanted_serde = storage.get("SerdeInfo") or {}, wanted["SerdeInfo"]
    library = "SerializationLibrary"
    yield from _differs("the input format is", storage.get("InputFormat", ""), wanted["InputFormat"])
    yield from _differs("the output format is", storage.get("OutputFormat", ""), wanted["OutputFormat"])
    yield from _differs("the SerDe is", serde.get(library, ""), wanted_serde[library])
    parameters = {**_SERDE_DEFAULTS, **(serde.get("Parameters") or {})}
    yield from _parameter_differences("the SerDe's ", parameters, wanted_serde["Parameters"])
    yield from _parameter_differences("the storage's ", {**of_table, **(storage.get("Parameters") or {})}, of_table)
    if storage.get("Compressed"):
        yield "the storage is compressed, not plain text"
    for part in _UNWANTED_PARTS:
        if storage.get(part):
            yield f"{part} is {storage[part]}, not empty"
    if skewed := (storage.get("SkewedInfo") or {}).get("SkewedColumnNames"):
        yield f"the skewed columns are {', '.join(skewed)}, not none"


def _parameter_differences(owner: str, actual: Mapping[str, str], expected: Mapping[str, str]) -> Iterator[str]:
    for name, value in expected.items():
        if actual.get(name, "").lower() != value.lower():
            yield f"{owner}{name} is {_quoted(actual.get(name))}, not {_quoted(value)}"
    for name, harmless in _HARMLESS_VALUES.items():
        if name in actual and name not in expected and actual[name].lower() not in harmless:
            yield f"{owner}{name} is {_quoted(actual[name])}, not {_quoted(min(harmless, default=None))}"


def _column_differences(storage: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    # As we made them, like nearly all of thousands of partitions.
    if storage.get("Columns") == wanted.get("Columns"):
        return []
    actual, expected = _columns(storage), _columns(wanted)
    times, types, names = Counter(name for name, _ in actual), dict(actual), [name for name, _ in expected]
    differences = [f"column {name} is missing" for name in names if name not in types]
    differences += [f"column {name} is not in the contract" for name in times if name not in names]
    differences += [f"column {name} appears {number} times" for name, number in times.items() if number > 1]
    differences += [type_difference(n, types[n], t) for n, t in expected if types.get(n, t) != t]
    if not differences and actual != expected:
        differences.append(f"the columns are in a different order: {', '.join(types)}, not {', '.join(names)}")
    return differences


def _location_differences(actual: str, expected: str) -> list[str]:
    """A slash at the end, or none, is the same folder; two slashes are another one."""
    same = actual.removesuffix("/") == expected.removesuffix("/")
    return [] if same else _differs("the location is", actual, expected)


def _columns(storage: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [name_and_type(column) for column in storage.get("Columns") or []]


def _keys(table: Mapping[str, Any]) -> str:
    return ", ".join(" ".join(name_and_type(key)).strip() for key in table.get("PartitionKeys") or [])


def _storage_of(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return entry.get("StorageDescriptor") or {}


def _differs(what: str, actual: str, expected: str) -> list[str]:
    return [] if actual == expected else [f"{what} {actual or 'not set'}, not {expected}"]


def _quoted(value: str | None) -> str:
    return "not set" if value is None else repr(value)
