"""The catalog checks name everything that changes how Athena, Hive and Spark read the CSVs, and nothing else."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tiktok_insights.catalog.checks import (
    CatalogCheckInput,
    catalog_partitions_match_the_bucket,
    glue_table_matches_the_contract,
)
from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.catalog.table_definition import Partition, partition_input, table_input
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.troubleshooting import told

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

DAY, NEXT_DAY = ("42", "2026-01-31"), ("42", "2026-02-01")
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
TEXT = "org.apache.hadoop.mapred.TextInputFormat"
PARQUET_OUTPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
#: Where Glue keeps what a table or partition is; a path of keys below it.
STORAGE, SERDE = ("StorageDescriptor",), ("StorageDescriptor", "SerdeInfo")
SERDE_PARAMETERS = (*SERDE, "Parameters")

Path = tuple[str, ...]

#: A storage changed in one place, and what is said of it; tables and partitions have one alike.
STORAGES = [
    (STORAGE, {"InputFormat": PARQUET}, f"the input format is {PARQUET}, not {TEXT}"),
    (STORAGE, {"InputFormat": ""}, f"the input format is not set, not {TEXT}"),
    (STORAGE, {"OutputFormat": PARQUET_OUTPUT}, f"the output format is {PARQUET_OUTPUT}, not {TEXT_OUTPUT}"),
    (SERDE, {"SerializationLibrary": LAZY}, f"the SerDe is {LAZY}, not {OPEN_CSV}"),
    (STORAGE, {"SerdeInfo": {}}, f"the SerDe is not set, not {OPEN_CSV}"),
    (SERDE_PARAMETERS, {"separatorChar": ";"}, "the SerDe's separatorChar is ';', not ','"),
    (SERDE_PARAMETERS, {"quoteChar": "'"}, "the SerDe's quoteChar is \"'\", not '\"'"),
    (SERDE_PARAMETERS, {"escapeChar": "\\"}, r"""the SerDe's escapeChar is '\\', not '"'"""),
    (SERDE, {"Parameters": {}}, r"""the SerDe's escapeChar is '\\', not '"'"""),
    (SERDE_PARAMETERS, {"field.delim": "|"}, "the SerDe's field.delim is '|', not ','"),
    (SERDE_PARAMETERS, {"line.delim": "\r"}, r"the SerDe's line.delim is '\r', not '\n'"),
    (
        SERDE_PARAMETERS,
        {"textinputformat.record.delimiter": "|"},
        r"the SerDe's textinputformat.record.delimiter is '|', not '\n'",
    ),
    (SERDE_PARAMETERS, {"skip.header.line.count": "2"}, "the SerDe's skip.header.line.count is '2', not '1'"),
    (STORAGE, {"Parameters": {"quoteChar": "'"}}, "the storage's quoteChar is \"'\", not '\"'"),
    (
        SERDE_PARAMETERS,
        {"serialization.encoding": "latin1"},
        "the SerDe's serialization.encoding is 'latin1', not 'utf-8'",
    ),
    (STORAGE, {"Parameters": {"skip.header.line.count": "2"}}, "the storage's skip.header.line.count is '2', not '1'"),
    (STORAGE, {"Compressed": True}, "the storage is compressed, not plain text"),
    (STORAGE, {"BucketColumns": ["dt"]}, "BucketColumns is ['dt'], not empty"),
    (STORAGE, {"SortColumns": [{"Column": "dt", "SortOrder": 1}]}, "SortColumns is [{'Column': 'dt', 'SortOrder': 1}]"),
    (STORAGE, {"AdditionalLocations": ["s3://elsewhere/a/"]}, "AdditionalLocations is ['s3://elsewhere/a/'], not"),
    (STORAGE, {"SkewedInfo": {"SkewedColumnNames": ["uniqueid"]}}, "the skewed columns are uniqueid, not none"),
    (STORAGE, {"Columns": []}, "column tiktok_id is missing"),
    (STORAGE, {"Location": "s3://elsewhere/a/"}, "the location is s3://elsewhere/a/, not s3://"),
]
#: The parameters of a table or partition, likewise; None takes one away.
PARAMETERS = [
    (("Parameters",), {name: value}, f"{name} is {value!r}, not {expected}")
    for name, value, expected in (
        ("skip.header.line.count", "0", "'1'"),
        ("skip.footer.line.count", "1", "'0'"),
        ("classification", "parquet", "'csv'"),
        ("compressionType", "gzip", "'none'"),
        ("columnsOrdered", "false", "'true'"),
        ("delimiter", "\t", "','"),
        # Hive and Athena prefer these to the SerDe's own.
        ("separatorChar", ";", "','"),
        ("quoteChar", "'", "'\"'"),
        ("escapeChar", "\\", "'\"'"),
        ("has_encrypted_data", "true", "'false'"),
        ("projection.enabled", "true", "'false'"),
        ("storage_handler", "org.apache.hadoop.hive.dynamodb.DynamoDBStorageHandler", "not set"),
        ("spark.sql.sources.provider", "csv", "'hive'"),
        ("table_type", "ICEBERG", "not set"),
        ("transactional", "true", "'false'"),
        ("EXTERNAL", "FALSE", "'TRUE'"),
    )
]
#: What only a table has.
TABLES = [
    (("Parameters",), {"skip.header.line.count": None}, "skip.header.line.count is not set, not '1'"),
    (("Parameters",), {"classification": None}, "classification is not set, not 'csv'"),
    ((), {"TableType": "VIRTUAL_VIEW"}, "the table type is VIRTUAL_VIEW, not EXTERNAL_TABLE"),
    ((), {"TableType": None}, "the table type is not set, not EXTERNAL_TABLE"),
    (
        (),
        {"PartitionKeys": [{"Name": "account", "Type": "int"}, {"Name": "dt", "Type": "date"}]},
        "the partition keys are account int, dt date, not account string, dt string",
    ),
    (
        (),
        {"PartitionKeys": [{"Name": "dt", "Type": "string"}, {"Name": "account", "Type": "string"}]},
        "the partition keys are dt string, account string, not account string, dt string",
    ),
]
#: What crawlers, Athena and people add without changing what is read.
HARMLESS: list[tuple[Path, dict[str, Any]]] = [
    (("Parameters",), {"UPDATED_BY_CRAWLER": "c", "recordCount": "7", "averageRecordSize": "90", "sizeKey": "8"}),
    (("Parameters",), {"CrawlerSchemaSerializerVersion": "1.0", "typeOfData": "file", "areColumnsQuoted": "false"}),
    (("Parameters",), {"columnsOrdered": "true", "compressionType": "none", "delimiter": ",", "objectCount": "1"}),
    (("Parameters",), {"projection.enabled": "false", "transient_lastDdlTime": "1769850000", "checked": "yes"}),
    (("Parameters",), {"EXTERNAL": None}),
    (("Parameters",), {"EXTERNAL": "true"}),
    (SERDE_PARAMETERS, {"serialization.format": "1", "separatorChar": None, "quoteChar": None}),
    (SERDE, {"Name": "csv"}),
    (STORAGE, {"Parameters": {"classification": "csv", "skip.header.line.count": "1", "typeOfData": "file"}}),
    (STORAGE, {"NumberOfBuckets": -1, "BucketColumns": [], "SortColumns": [], "StoredAsSubDirectories": False}),
    (STORAGE, {"Compressed": False}),
    (SERDE_PARAMETERS, {"line.delim": "\\n", "mapkey.delim": "|", "serialization.null.format": ""}),
    (("Parameters",), {"separatorChar": ",", "quoteChar": '"', "escapeChar": '"', "has_encrypted_data": "false"}),
    (("Parameters",), {"spark.sql.create.version": "3.5", "spark.sql.sources.schema": "{}", "exclusions": "[]"}),
    (("Parameters",), {"partition_filtering.enabled": "true", "projection.dt.type": "date", "numFiles": "7"}),
    ((), {"Owner": "somebody", "Retention": 0, "Description": "Ours."}),
]


def renamed(number: int, **column: str) -> dict[str, Any]:
    """The contract's columns, of which one is said in another way."""
    columns = table_input("")["StorageDescriptor"]["Columns"]
    return {"Columns": [*columns[:number], columns[number] | column, *columns[number + 1 :]]}


#: The columns changed in one place, and what is said of it; nothing where Athena does not care.
COLUMNS = [
    (renamed(0, Type="bigint"), "tiktok_id is bigint, not string"),
    (renamed(0, Type="varchar(20)"), "tiktok_id is varchar(20), not string"),
    (renamed(0, Type=""), "tiktok_id is not set, not string"),
    (renamed(1, Name="tiktok_id"), "column tiktok_id appears 2 times"),
    (renamed(1, Name="account"), "column account is not in the contract"),
    (renamed(1, Name="UniqueID", Type="STRING", Comment="Theirs."), ""),
]


@pytest.fixture
def glue(connections: Connections) -> "GlueClient":
    """A client beside the catalog's own."""
    return boto3.client("glue", **connections.aws)


def changed(entry: Any, path: Path, changes: dict[str, Any]) -> Any:
    """A table's or partition's input, changed in one place; None takes a key away."""
    entry = copy.deepcopy(entry)
    part = entry
    for key in path:
        part = part.setdefault(key, {})
    part.update(changes)
    for key in [key for key, value in changes.items() if value is None]:
        part.pop(key, None)
    return entry


@pytest.fixture
def change_table(catalog: Catalog, glue: "GlueClient") -> Callable[[Path, dict[str, Any]], None]:
    """Changes the registered table behind our back."""
    catalog.register([DAY])

    def change(path: Path, changes: dict[str, Any]) -> None:
        glue.update_table(
            DatabaseName=catalog.database, TableInput=changed(table_input(catalog.location), path, changes)
        )

    return change


@pytest.fixture
def change_partition(catalog: Catalog, glue: "GlueClient") -> Callable[[Partition, Path, dict[str, Any]], None]:
    """Changes a registered partition behind our back."""

    def change(partition: Partition, path: Path, changes: dict[str, Any]) -> None:
        glue.update_partition(
            DatabaseName=catalog.database,
            TableName="tiktok_user_data",
            PartitionValueList=list(partition),
            PartitionInput=changed(partition_input(catalog.location, partition), path, changes),
        )

    return change


def test_a_table_that_is_read_in_another_way_is_red(catalog: Catalog, change_table: Callable[..., None]) -> None:
    """For each change, the check names what is there, what should be, and the remedy."""
    for path, changes, difference in [*STORAGES, *PARAMETERS, *TABLES]:
        change_table(path, changes)
        outcome = glue_table_matches_the_contract(CatalogCheckInput(catalog, {DAY}))
        assert any(offender.startswith(difference) for offender in outcome.offenders), (difference, outcome.offenders)
        told("glue_table_matches_the_contract: <differences>. Delete the table").says_check(outcome)


def test_a_partition_that_is_read_in_another_way_is_red(
    catalog: Catalog, change_partition: Callable[..., None]
) -> None:
    """For each, the check names what is there, what should be, and the remedy; a good partition is not named."""
    kinds = [*STORAGES, *PARAMETERS]
    days = [("42", f"2026-{month:02}-{day:02}") for month in (1, 2) for day in range(1, 29)][: len(kinds) + 1]
    catalog.register(days)
    for day, (path, changes, _) in zip(days, kinds, strict=False):
        change_partition(day, path, changes)
    outcome = catalog_partitions_match_the_bucket(CatalogCheckInput(catalog, set(days)))
    assert outcome.facts == {"partitions": len(days), "partitions read differently": len(kinds)}
    for day, (_, _, difference), offender in zip(days[:-1], kinds, outcome.offenders, strict=True):
        expected = told(
            "catalog_partitions_match_the_bucket: <partition> is read differently",
            f"account=42/dt={day[1]} ",
            difference,
        )
        expected.says(f"{outcome.name}: {offender}")


def test_every_difference_is_named(
    catalog: Catalog, change_table: Callable[..., None], change_partition: Callable[..., None]
) -> None:
    """A crawler's usual table differs in several places at once, and so do its partitions."""
    lazy = {"SerializationLibrary": LAZY, "Parameters": {"field.delim": ";"}}
    change_table(STORAGE, {"SerdeInfo": lazy, "InputFormat": PARQUET})
    outcome = glue_table_matches_the_contract(CatalogCheckInput(catalog, {DAY}))
    assert [offender.partition(" is ")[0] for offender in outcome.offenders] == [
        "the input format",
        "the SerDe",
        "the SerDe's escapeChar",
        "the SerDe's field.delim",
    ]
    catalog.register([NEXT_DAY])
    change_partition(DAY, STORAGE, {"SerdeInfo": lazy, "Location": f"{catalog.location}account=43/dt=2026-01-31/"})
    (offender,) = catalog_partitions_match_the_bucket(CatalogCheckInput(catalog, {DAY, NEXT_DAY})).offenders
    assert offender.startswith(
        "account=42/dt=2026-01-31 is read differently: "
        f"the location is {catalog.location}account=43/dt=2026-01-31/, "
        f"not {catalog.location}account=42/dt=2026-01-31/, "
        f"the SerDe is {LAZY}, not {OPEN_CSV}, the SerDe's escapeChar is "
    )


def test_what_changes_nothing_is_green(
    catalog: Catalog, change_table: Callable[..., None], change_partition: Callable[..., None]
) -> None:
    """Statistics, comments, and what crawlers, Athena and people write down."""
    given = CatalogCheckInput(catalog, {DAY})
    for path, changes in HARMLESS:
        change_table(path, changes)
        if path:
            change_partition(DAY, path, changes)
        assert glue_table_matches_the_contract(given).offenders == (), changes
        assert catalog_partitions_match_the_bucket(given).offenders == (), changes


def test_columns_are_compared_by_name_and_type(
    catalog: Catalog, change_table: Callable[..., None], change_partition: Callable[..., None]
) -> None:
    """Without regard to case, of which neither Athena nor Hive takes notice; a name that is there twice is an error."""
    given = CatalogCheckInput(catalog, {DAY})
    for changes, difference in COLUMNS:
        change_table(STORAGE, changes)
        change_partition(DAY, STORAGE, changes)
        for check in (glue_table_matches_the_contract, catalog_partitions_match_the_bucket):
            offenders = check(given).offenders
            assert any(difference in offender for offender in offenders) if difference else not offenders, offenders


@pytest.mark.parametrize(("end", "is_same"), [("", True), ("/", True), ("//", False), ("/*", False), (" ", False)])
def test_two_slashes_are_another_folder(
    catalog: Catalog, change_table: Callable[..., None], change_partition: Callable[..., None], end: str, is_same: bool
) -> None:
    """One slash at the end or none is the same to Athena; tools write both."""
    given = CatalogCheckInput(catalog, {DAY})
    change_table(STORAGE, {"Location": catalog.location.removesuffix("/") + end})
    change_partition(DAY, STORAGE, {"Location": f"{catalog.location}account=42/dt=2026-01-31{end}"})
    assert glue_table_matches_the_contract(given).passed is is_same
    assert catalog_partitions_match_the_bucket(given).passed is is_same


@pytest.mark.parametrize("scheme", ["s3a", "s3n", "S3"])
def test_athena_reads_only_s3(catalog: Catalog, change_table: Callable[..., None], scheme: str) -> None:
    """Another scheme is for Hadoop alone."""
    change_table(STORAGE, {"Location": catalog.location.replace("s3:", f"{scheme}:")})
    (offender,) = glue_table_matches_the_contract(CatalogCheckInput(catalog, {DAY})).offenders
    assert offender.startswith(f"the location is {scheme}://")


def test_the_remedies_work(catalog: Catalog, glue: "GlueClient", change_partition: Callable[..., None]) -> None:
    """What is deleted as the check says is there again after the next run, as the contract says."""
    given = CatalogCheckInput(catalog, {DAY, NEXT_DAY})
    catalog.register([DAY, NEXT_DAY])
    change_partition(DAY, SERDE_PARAMETERS, {"separatorChar": ";"})
    glue.delete_partition(DatabaseName=catalog.database, TableName="tiktok_user_data", PartitionValues=list(DAY))
    catalog.register([DAY, NEXT_DAY])
    assert catalog_partitions_match_the_bucket(given).passed
    glue.delete_table(DatabaseName=catalog.database, Name="tiktok_user_data")
    catalog.register([DAY, NEXT_DAY])
    assert catalog_partitions_match_the_bucket(given).passed
    assert glue_table_matches_the_contract(given).passed


def test_a_table_that_is_read_in_another_way_still_gets_its_partitions(
    catalog: Catalog, change_table: Callable[..., None]
) -> None:
    """The warehouse is loaded from the bucket, so this is no reason to stop a run; the check says what to do."""
    change_table(SERDE, {"SerializationLibrary": LAZY})
    assert catalog.register([DAY, NEXT_DAY]).added == 1


def test_partitions_of_other_keys_are_named_and_no_error(catalog: Catalog, glue: "GlueClient") -> None:
    """Another producer's table, with one key: its partitions are named by what they have."""
    keys = changed(table_input(catalog.location), (), {"PartitionKeys": [{"Name": "dt", "Type": "string"}]})
    glue.create_database(DatabaseInput={"Name": catalog.database})
    glue.create_table(DatabaseName=catalog.database, TableInput=keys)
    entry = changed(partition_input(catalog.location, DAY), (), {"Values": ["2026-01-31"]})
    glue.create_partition(DatabaseName=catalog.database, TableName="tiktok_user_data", PartitionInput=entry)
    assert catalog_partitions_match_the_bucket(CatalogCheckInput(catalog, {DAY})).offenders == (
        "account=42/dt=2026-01-31 is not in the catalog",
        "2026-01-31 is in the catalog but not in the bucket",
    )


def test_a_run_with_nothing_new_lists_the_partitions_once(catalog: Catalog, connections: Connections) -> None:
    """The checks take what the registration has listed; alone, or after one that changed something, they list."""
    catalog.register([DAY, NEXT_DAY])
    glue: GlueClient = boto3.client("glue", **connections.aws)
    calls: list[str] = []
    glue.meta.events.register("before-call.glue.*", lambda model, **_: calls.append(model.name))
    watched = Catalog(glue, catalog.database, catalog.location.split("/")[2])
    given = CatalogCheckInput(watched, {DAY, NEXT_DAY})
    assert glue_table_matches_the_contract(given).passed
    assert catalog_partitions_match_the_bucket(given).passed
    assert calls == ["GetTable", "GetPartitions"]
    calls.clear()
    watched.register([DAY, NEXT_DAY])
    assert calls == ["CreateDatabase", "CreateTable", "GetTable", "GetPartitions"]
    calls.clear()
    assert catalog_partitions_match_the_bucket(given).passed
    assert calls == []
    added = ("43", "2026-02-01")
    watched.register([DAY, NEXT_DAY, added])
    calls.clear()
    assert catalog_partitions_match_the_bucket(replace(given, in_bucket={DAY, NEXT_DAY, added})).passed
    assert calls == ["GetPartitions"]
    watched.register([DAY, NEXT_DAY])
    watched.remove_empty({added}, lambda _: False)
    assert catalog_partitions_match_the_bucket(given).passed
