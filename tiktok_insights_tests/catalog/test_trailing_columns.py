"""An existing Glue table gets the columns that the contract has added at its end, and so do its partitions."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.catalog.table_definition import partition_input, table_input
from tiktok_insights.catalog.trailing_columns import missing_columns, with_columns
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.troubleshooting import told

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

DAY, NEXT_DAY = ("42", "2026-01-31"), ("42", "2026-02-01")
TABLE = "tiktok_user_data"
#: What a table of 14 columns lacks.
ADDED = ["counts_exact", "extracted_at", "followed_after", "followed_before", "list_position"]


@pytest.fixture
def glue(connections: Connections) -> "GlueClient":
    """The client that the catalog of a test uses."""
    return boto3.client("glue", **connections.aws)


@pytest.fixture
def catalog(glue: "GlueClient", settings: Settings) -> Catalog:
    """The test's own Glue database."""
    return Catalog(glue, settings.glue.database, settings.s3.bucket)


def shortened(entry: dict[str, Any], columns: int = 14) -> dict[str, Any]:
    """A table or partition as an earlier contract had it, with fewer columns."""
    storage = entry["StorageDescriptor"]
    return {**entry, "StorageDescriptor": {**storage, "Columns": storage["Columns"][:columns]}}


def table_of(glue: "GlueClient", catalog: Catalog) -> dict[str, Any]:
    """The table as Glue has it, but for what every change changes."""
    table: dict[str, Any] = {**glue.get_table(DatabaseName=catalog.database, Name=TABLE)["Table"]}
    return {name: value for name, value in table.items() if name not in ("UpdateTime", "VersionId")}


def partitions_of(glue: "GlueClient", catalog: Catalog) -> dict[tuple[str, ...], Any]:
    """The partitions as Glue has them, by their values."""
    pages = glue.get_paginator("get_partitions").paginate(DatabaseName=catalog.database, TableName=TABLE)
    return {tuple(entry["Values"]): entry for page in pages for entry in page["Partitions"]}


@pytest.fixture
def earlier(glue: "GlueClient", catalog: Catalog) -> dict[str, Any]:
    """A table of 14 columns with two partitions, to which people have added comments and parameters."""
    table: Any = shortened(table_input(catalog.location))
    table["StorageDescriptor"]["Columns"][0] = {"Name": "tiktok_id", "Type": "string", "Comment": "Ours."}
    table |= {"Owner": "somebody", "Parameters": {**table["Parameters"], "projection.enabled": "false"}}
    glue.create_database(DatabaseInput={"Name": catalog.database})
    glue.create_table(DatabaseName=catalog.database, TableInput=table)
    for day in (DAY, NEXT_DAY):
        partition = {**shortened(partition_input(catalog.location, day)), "Parameters": {"checked": "yes"}}
        glue.create_partition(DatabaseName=catalog.database, TableName=TABLE, PartitionInput=partition)  # type: ignore[arg-type]
    return table_of(glue, catalog)


def before_call(glue: "GlueClient", operation: str, do: Callable[[], object]) -> None:
    """Do something whenever the client is about to send a request."""

    def run(**_: Any) -> None:
        do()

    glue.meta.events.register(f"before-call.glue.{operation}", run)


def test_a_table_gets_the_columns_at_its_end_and_keeps_the_rest(
    catalog: Catalog, glue: "GlueClient", earlier: dict[str, Any]
) -> None:
    """Comments, parameters and owner stay; the run goes on to its own partitions, and the next one changes nothing."""
    assert catalog.drift() == [f"column {name} is missing" for name in ADDED]
    state = catalog.register([DAY, ("43", "2026-02-01")])
    assert (state.added, catalog.drift()) == (1, [])
    table = table_of(glue, catalog)
    added = table["StorageDescriptor"]["Columns"][14:]
    assert [column["Name"] for column in added] == ADDED
    assert all(column["Comment"] for column in added)
    assert shortened(table) == earlier
    catalog.register([DAY])
    assert table_of(glue, catalog) == table


def test_names_and_types_in_capitals_are_the_same(
    catalog: Catalog, glue: "GlueClient", earlier: dict[str, Any]
) -> None:
    """Athena and Hive read them so; such a table is not refused, and gets the columns that it lacks."""
    capitals: Any = shortened(table_input(catalog.location))
    for column in capitals["StorageDescriptor"]["Columns"]:
        column |= {"Name": column["Name"].upper(), "Type": column["Type"].upper()}
    glue.update_table(DatabaseName=catalog.database, TableInput=capitals)
    catalog.register([DAY])
    columns = table_of(glue, catalog)["StorageDescriptor"]["Columns"]
    assert [column["Name"] for column in columns][12:] == ["FRIENDS_COUNT", "DIGGCOUNT", *ADDED]
    assert catalog.drift() == []


def test_partitions_get_the_columns_too(catalog: Catalog, glue: "GlueClient", earlier: dict[str, Any]) -> None:
    """Those that lack them at their end; their parameters and locations stay, and any other partition is left alone."""
    foreign = {**shortened(partition_input(catalog.location, ("44", "2026-01-31")), 3)}
    foreign["StorageDescriptor"]["Columns"] = [{"Name": "other", "Type": "string"}]
    glue.create_partition(DatabaseName=catalog.database, TableName=TABLE, PartitionInput=foreign)  # type: ignore[arg-type]
    before = partitions_of(glue, catalog)
    catalog.register([])
    after = partitions_of(glue, catalog)
    assert after.keys() == before.keys()
    for day in (DAY, NEXT_DAY):
        storage = after[day]["StorageDescriptor"]
        assert [column["Name"] for column in storage["Columns"]][13:] == ["diggcount", *ADDED]
        assert storage["Location"] == before[day]["StorageDescriptor"]["Location"]
        assert after[day]["Parameters"] == {"checked": "yes"}
    assert after["44", "2026-01-31"] == before["44", "2026-01-31"]


def test_partitions_follow_a_table_that_was_extended_by_others(
    catalog: Catalog, glue: "GlueClient", earlier: dict[str, Any]
) -> None:
    """An update of a CloudFormation stack adds the columns to the table alone."""
    glue.update_table(DatabaseName=catalog.database, TableInput=table_input(catalog.location))
    catalog.register([])
    after = partitions_of(glue, catalog)
    assert {len(after[day]["StorageDescriptor"]["Columns"]) for day in (DAY, NEXT_DAY)} == {19}
    assert [found for found in catalog.partition_drift().values() if found] == []


def test_more_partitions_than_one_call_takes_get_the_columns(
    catalog: Catalog, glue: "GlueClient", earlier: dict[str, Any]
) -> None:
    """Glue takes 100 in a call."""
    days = [("45", f"2026-{month:02}-{day:02}") for month in range(1, 10) for day in range(1, 26)]
    catalog._partitions.create([shortened(partition_input(catalog.location, day)) for day in days])
    calls: list[str] = []
    before_call(glue, "BatchUpdatePartition", lambda: calls.append("call"))
    catalog.register([])
    assert len(calls) == 3
    assert {len(entry["StorageDescriptor"]["Columns"]) for entry in partitions_of(glue, catalog).values()} == {19}


def test_a_partition_that_is_deleted_meanwhile_is_no_error(
    catalog: Catalog, glue: "GlueClient", earlier: dict[str, Any], connections: Connections
) -> None:
    """The others get the columns."""
    other: GlueClient = boto3.client("glue", **connections.aws)
    before_call(
        glue,
        "BatchUpdatePartition",
        lambda: other.delete_partition(
            DatabaseName=catalog.database, TableName=TABLE, PartitionValues=["42", "2026-01-31"]
        ),
    )
    catalog.register([])
    assert catalog.drift() == []
    assert [len(entry["StorageDescriptor"]["Columns"]) for entry in partitions_of(glue, catalog).values()] == [19]


def test_whoever_is_killed_before_the_table_is_completed_by_the_next_run(
    catalog: Catalog, glue: "GlueClient", earlier: dict[str, Any], connections: Connections
) -> None:
    """The partitions are first, so the table still says that there is something to do."""

    def die() -> None:
        raise KeyboardInterrupt

    before_call(glue, "UpdateTable", die)
    with pytest.raises(KeyboardInterrupt):
        catalog.register([])
    assert table_of(glue, catalog) == earlier
    again = Catalog(boto3.client("glue", **connections.aws), catalog.database, catalog.location.split("/")[2])
    again.register([])
    assert again.drift() == []


def test_several_may_add_the_columns_at_once(
    catalog: Catalog, glue: "GlueClient", earlier: dict[str, Any], connections: Connections
) -> None:
    """All of them succeed, and the columns are there once."""
    bucket = catalog.location.split("/")[2]
    together = threading.Barrier(4)
    failed: list[BaseException] = []

    def register() -> None:
        client: GlueClient = boto3.client("glue", **connections.aws)
        before_call(client, "UpdateTable", lambda: together.wait(timeout=30))
        try:
            Catalog(client, catalog.database, bucket).register([DAY, ("43", "2026-02-01")])
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    assert catalog.drift() == []
    assert catalog.partitions() == {DAY, NEXT_DAY, ("43", "2026-02-01")}


def answers(glue: "GlueClient", catalog: Catalog, columns: int, version: str) -> tuple[Any, ...]:
    """The answers to a look at a table with so many columns: the table, and no partition."""
    table = {**shortened(table_input(catalog.location), columns), "VersionId": version}
    return ("get_table", {"Table": table}), ("get_partitions", {"Partitions": []})


def test_a_table_that_changes_meanwhile_is_looked_at_again(catalog: Catalog, glue: "GlueClient") -> None:
    """The update names the version that was read, and Glue refuses another; moto does not, so the answers are AWS's."""
    with Stubber(glue) as stubbed:
        stubbed.add_response("create_database", {})
        stubbed.add_response("create_table", {})
        for version in ("7", "8"):
            for method, answer in answers(glue, catalog, 14, version):
                stubbed.add_response(method, answer)
            expected = {
                "DatabaseName": catalog.database,
                "TableInput": table_input(catalog.location),
                "VersionId": version,
            }
            if version == "7":
                stubbed.add_client_error("update_table", "ConcurrentModificationException", expected_params=expected)
            else:
                stubbed.add_response("update_table", {}, expected)
        stubbed.add_response("get_partitions", {"Partitions": []})
        catalog.register([])
        stubbed.assert_no_pending_responses()


def test_a_table_that_changes_all_the_time_is_an_error(catalog: Catalog, glue: "GlueClient") -> None:
    """It is Glue's own, after some looks."""
    with Stubber(glue) as stubbed:
        stubbed.add_response("create_database", {})
        stubbed.add_response("create_table", {})
        for version in range(5):
            for method, answer in answers(glue, catalog, 14, str(version)):
                stubbed.add_response(method, answer)
            stubbed.add_client_error("update_table", "ConcurrentModificationException")
        with pytest.raises(ClientError, match="ConcurrentModificationException"):
            catalog.register([])
        stubbed.assert_no_pending_responses()


def test_a_partition_whose_update_glue_refuses_is_named(catalog: Catalog, glue: "GlueClient") -> None:
    """As one that it does not create; the table is not touched."""
    (method, answer), _ = answers(glue, catalog, 14, "1")
    refusal = {"ErrorCode": "InternalServiceException", "ErrorMessage": "No"}
    with Stubber(glue) as stubbed:
        stubbed.add_response("create_database", {})
        stubbed.add_response("create_table", {})
        stubbed.add_response(method, answer)
        stubbed.add_response("get_partitions", {"Partitions": [shortened(partition_input(catalog.location, DAY))]})
        stubbed.add_response(
            "batch_update_partition", {"Errors": [{"PartitionValueList": list(DAY), "ErrorDetail": refusal}]}
        )
        with told("Glue refused the partition <partition>", "account=42/dt=2026-01-31", "No"):
            catalog.register([])
        stubbed.assert_no_pending_responses()


EXPECTED = [{"Name": name, "Type": "string"} for name in ("a", "b", "c")]


@pytest.mark.parametrize(
    ("names", "missing"),
    [("a", "bc"), ("ab", "c"), ("abc", ""), ("", ""), ("b", ""), ("ac", ""), ("abcd", ""), ("abd", "")],
)
def test_only_a_beginning_of_the_columns_lacks_some(names: str, missing: str) -> None:
    """Nothing is missing from a table without columns, with other ones, or with more."""
    entry = {"StorageDescriptor": {"Columns": [{"Name": name, "Type": "string"} for name in names]}}
    assert "".join(column["Name"] for column in missing_columns(entry, EXPECTED)) == missing
    assert missing_columns({}, EXPECTED) == []


def test_a_column_of_another_type_is_not_a_beginning() -> None:
    """Whatever follows it."""
    assert missing_columns({"StorageDescriptor": {"Columns": [{"Name": "a", "Type": "bigint"}]}}, EXPECTED) == []
    assert missing_columns({"StorageDescriptor": {"Columns": [{"Name": "a"}]}}, EXPECTED) == []


def test_what_an_entry_has_otherwise_stays() -> None:
    """And the entry itself is not changed."""
    entry = {"Owner": "me", "StorageDescriptor": {"Columns": EXPECTED[:1], "Location": "s3://b/"}}
    assert with_columns(entry, EXPECTED[1:]) == {
        "Owner": "me",
        "StorageDescriptor": {"Columns": EXPECTED, "Location": "s3://b/"},
    }
    assert entry["StorageDescriptor"]["Columns"] == EXPECTED[:1]  # type: ignore[index]
