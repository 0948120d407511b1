"""The Glue table: made from the contract when missing, with all partitions, and never overwritten."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.catalog.table_definition import Partition, partition_input, table_input
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.listing import has_csvs
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.troubleshooting import told

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

#: Glue knows lower case only.
COLUMNS = [
    "tiktok_id",
    "uniqueid",
    "nickname",
    "avatarlarger",
    "avatarmedium",
    "avatarthumb",
    "account_verified",
    "privateaccount",
    "followers_count",
    "following_count",
    "videocount",
    "heartcount",
    "friends_count",
    "diggcount",
    "counts_exact",
    "extracted_at",
    "followed_after",
    "followed_before",
    "list_position",
]
#: What a table of 14 columns lacks.
SHORT = "; ".join(f"column {name} is missing" for name in COLUMNS[14:])
DAY = ("42", "2026-01-31")


def columns(*names: str) -> list[dict[str, str]]:
    """Columns with these names, all of them text."""
    return [{"Name": name, "Type": "string"} for name in names]


@pytest.fixture
def glue(connections: Connections) -> "GlueClient":
    """A client beside the catalog's own."""
    return boto3.client("glue", **connections.aws)


def table_of(glue: "GlueClient", catalog: Catalog) -> Any:
    """The table as Glue has it."""
    return glue.get_table(DatabaseName=catalog.database, Name="tiktok_user_data")["Table"]


def make_table(glue: "GlueClient", catalog: Catalog, **changes: Any) -> None:
    """A table of our name that somebody else made."""
    made = table_input(catalog.location)
    glue.create_database(DatabaseInput={"Name": catalog.database})
    made["StorageDescriptor"].update(changes.pop("storage", {}))
    made.update(changes)
    glue.create_table(DatabaseName=catalog.database, TableInput=made)


def test_database_table_and_partitions_are_made_when_missing(
    catalog: Catalog, glue: "GlueClient", settings: Settings
) -> None:
    """The contract's columns as text, partitioned by account and day, over the bucket's CSVs with quotes."""
    state = catalog.register([DAY, ("43", "2026-02-01"), DAY])
    assert state.partitions == (DAY, ("43", "2026-02-01"))
    assert (state.database, state.added) == (settings.glue.database, 2)
    table = table_of(glue, catalog)
    storage = table["StorageDescriptor"]
    assert [column["Name"] for column in storage["Columns"]] == COLUMNS
    assert {column["Type"] for column in storage["Columns"]} == {"string"}
    assert [(key["Name"], key["Type"]) for key in table["PartitionKeys"]] == [("account", "string"), ("dt", "string")]
    assert storage["Location"] == f"s3://{settings.s3.bucket}/csv/followers/"
    assert storage["SerdeInfo"]["SerializationLibrary"].endswith("OpenCSVSerde")
    assert table["Parameters"]["skip.header.line.count"] == "1"
    partition = glue.get_partition(
        DatabaseName=catalog.database, TableName="tiktok_user_data", PartitionValues=list(DAY)
    )["Partition"]
    assert partition["StorageDescriptor"]["Location"] == (
        f"s3://{settings.s3.bucket}/csv/followers/account=42/dt=2026-01-31/"
    )
    assert catalog.drift() == []


def test_registering_again_adds_what_is_new_and_nothing_else(catalog: Catalog) -> None:
    """Idempotent; partitions of before stay."""
    assert catalog.register([DAY]).added == 1
    assert catalog.register([DAY]).added == 0
    state = catalog.register([("43", "2026-02-01")])
    assert (state.added, set(state.partitions)) == (1, {DAY, ("43", "2026-02-01")})
    assert catalog.partitions() == {DAY, ("43", "2026-02-01")}
    assert catalog.register([]).partitions == (DAY, ("43", "2026-02-01"))


def test_a_partition_that_another_run_has_just_made_is_no_error(catalog: Catalog, connections: Connections) -> None:
    """Two runs that both found the partition missing both go on."""
    catalog.register([DAY])
    rival = Catalog(boto3.client("glue", **connections.aws), catalog.database, "bucket")
    rival._partitions.create([partition_input(rival.location, day) for day in (DAY, ("43", "2026-02-01"))])
    assert catalog.partitions() == {DAY, ("43", "2026-02-01")}


def test_more_partitions_than_one_call_takes(settings: Settings, connections: Connections) -> None:
    """Glue takes 100 in a call, and gives them page by page."""
    glue = boto3.client("glue", **connections.aws)
    sizes: list[int] = []
    glue.meta.events.register(
        "provide-client-params.glue.BatchCreatePartition",
        lambda params, **_: sizes.append(len(params["PartitionInputList"])),
    )
    catalog = Catalog(glue, settings.glue.database, settings.s3.bucket)
    wanted = {("42", f"2026-{month:02}-{day:02}") for month in range(1, 10) for day in range(1, 26)}
    assert catalog.register(wanted).added == 225
    assert sizes == [100, 100, 25]
    assert catalog.partitions() == wanted


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        pytest.param({"storage": {"Columns": [{"Name": "col0", "Type": "string"}]}}, "column col0 is not", id="other"),
        pytest.param(
            {
                "storage": {
                    "Columns": [
                        {"Name": name, "Type": "bigint" if name == "tiktok_id" else "string"} for name in COLUMNS
                    ]
                }
            },
            "tiktok_id is bigint, not string",
            id="numeric ids",
        ),
        pytest.param({"storage": {"Columns": []}}, "column tiktok_id is missing; column", id="no columns"),
        pytest.param(
            {"storage": {"Columns": columns(*COLUMNS[1:])}},
            "column tiktok_id is missing",
            id="a column in front is missing",
        ),
        pytest.param(
            {"storage": {"Columns": columns(*COLUMNS[:13], "extracted_at")}},
            "column diggcount is missing; column counts_exact is missing",
            id="columns in the middle are missing",
        ),
        pytest.param(
            {"storage": {"Columns": columns(*COLUMNS[:14], "mine")}},
            f"{SHORT}; column mine is not in the contract",
            id="a column of someone's in the place of ours",
        ),
        pytest.param(
            {"storage": {"Columns": columns(*COLUMNS, "mine")}}, "column mine is not in the contract", id="one too many"
        ),
        pytest.param(
            {"storage": {"Columns": [*columns(*COLUMNS[:13]), {"Name": "diggcount", "Type": "bigint"}]}},
            f"{SHORT}; diggcount is bigint, not string",
            id="14 columns, one of another type",
        ),
        pytest.param(
            {"storage": {"Columns": columns(*COLUMNS[:14])}, "PartitionKeys": [{"Name": "dt", "Type": "string"}]},
            f"{SHORT}; the partition keys are dt string, not account string, dt string",
            id="14 columns and other keys",
        ),
        pytest.param(
            {"storage": {"Columns": columns(*reversed(COLUMNS))}},
            "the columns are in a different order: list_position, followed_before, ",
            id="another order",
        ),
        pytest.param(
            {"PartitionKeys": [{"Name": "dt", "Type": "string"}]},
            "the partition keys are dt string, not account string, dt string",
            id="other keys",
        ),
        pytest.param(
            {"PartitionKeys": [{"Name": "account", "Type": "int"}, {"Name": "dt", "Type": "date"}]},
            "the partition keys are account int, dt date, not account string, dt string",
            id="keys of other types",
        ),
        pytest.param(
            {"storage": {"Location": "s3://elsewhere/csv/followers/"}},
            "the location is s3://elsewhere/csv/followers/, not s3://",
            id="over another bucket",
        ),
    ],
)
def test_another_table_of_our_name_is_reported_and_left_as_it_is(
    catalog: Catalog, glue: "GlueClient", changes: dict[str, Any], difference: str
) -> None:
    """What a crawler or a person made is named with its difference, and neither changed nor filled."""
    make_table(glue, catalog, **changes)
    before = table_of(glue, catalog)
    with told("The Glue table <table> differs from the contract", difference) as raised:
        catalog.register([DAY])
    assert f"{catalog.database}.tiktok_user_data" in str(raised.value)
    assert table_of(glue, catalog) == before
    assert catalog.partitions() == set()


def test_a_partition_that_glue_refuses_is_named_with_its_reason(
    catalog: Catalog, glue: "GlueClient", settings: Settings
) -> None:
    """Glue answers the call itself with success; moto refuses nothing, so the answer is what AWS documents."""
    catalog.register([])
    refusal = {"ErrorCode": "ResourceNumberLimitExceededException", "ErrorMessage": "Too many partitions"}
    with Stubber(glue) as stubbed:
        for method, answer in (
            ("create_database", {}),
            ("create_table", {}),
            ("get_table", {"Table": {**table_input(catalog.location)}}),
            ("get_partitions", {"Partitions": []}),
            ("batch_create_partition", {"Errors": [{"PartitionValues": list(DAY), "ErrorDetail": refusal}]}),
        ):
            stubbed.add_response(method, answer)
        with told("Glue refused the partition <partition>", "account=42/dt=2026-01-31", "Too many partitions"):
            Catalog(glue, settings.glue.database, settings.s3.bucket).register([DAY])


NEXT_DAY, OTHER = ("42", "2026-02-01"), ("43", "2026-02-01")


def test_partitions_without_files_are_removed_and_no_others(
    catalog: Catalog, glue: "GlueClient", store: ObjectStore
) -> None:
    """More than Glue takes in one call; one that points elsewhere is left alone, and a folder's marker is no file."""
    empty = [("42", f"2025-01-{day:02}") for day in range(1, 31)]
    state = catalog.register([*empty, DAY, NEXT_DAY])
    elsewhere = partition_input("s3://another/place/", OTHER)
    glue.create_partition(DatabaseName=catalog.database, TableName="tiktok_user_data", PartitionInput=elsewhere)
    store.put("csv/followers/account=42/dt=2026-01-31/a.csv", b"x", "text/csv")
    store.put("csv/followers/account=42/dt=2025-01-01/", b"", "text/csv")
    looks = []

    def look(partition: Partition) -> bool:
        looks.append(partition)
        return has_csvs(store, partition)

    assert catalog.remove_empty({*state.partitions} - {DAY}, look) == [*empty, NEXT_DAY]
    assert catalog.partitions() == {DAY, OTHER}
    assert OTHER not in looks
    looks.clear()
    assert catalog.remove_empty([], look) == []
    assert looks == []


def test_a_file_that_comes_while_its_partition_is_removed_gets_it_back(catalog: Catalog, store: ObjectStore) -> None:
    """The folder is listed just before, and once more after that."""
    state = catalog.register([DAY, NEXT_DAY])

    def look_late(partition: Partition) -> bool:
        found = has_csvs(store, partition)
        store.put(f"csv/followers/account={DAY[0]}/dt={DAY[1]}/late.csv", b"x", "text/csv")
        return found

    assert catalog.remove_empty(state.partitions, look_late) == [NEXT_DAY]
    assert catalog.partitions() == {DAY}


def test_a_role_that_may_not_remove_partitions_does_not_stop_the_load(settings: Settings) -> None:
    """The partition stays, and its check names it."""
    glue: GlueClient = boto3.client("glue", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    catalog = Catalog(glue, settings.glue.database, settings.s3.bucket)
    with Stubber(glue) as stubber:
        entry = {"Values": list(DAY), "StorageDescriptor": {"Location": f"{catalog.location}account=42/dt={DAY[1]}"}}
        stubber.add_response("get_partitions", {"Partitions": [entry]})
        stubber.add_client_error("batch_delete_partition", "AccessDeniedException")
        assert catalog.remove_empty([DAY], lambda _: False) == []
