"""The crawled table against the contract: every difference is named, and the dangerous ones say why."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tiktok_insights.catalog.checks import CatalogCheckInput
from tiktok_insights.catalog.crawled_table import CrawledTable
from tiktok_insights.catalog.crawler import Crawler
from tiktok_insights.catalog.crawler_checks import crawled_table_matches_the_contract
from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.catalog.table_definition import Partition, partition_input, table_input
from tiktok_insights.checks import CheckOutcome, Severity
from tiktok_insights_tests.support.crawling import DATABASE, LOCATION, NAME, CrawlerService, refusal, served
from tiktok_insights_tests.support.troubleshooting import told

DAY, NEXT_DAY = ("42", "2026-01-31"), ("42", "2026-02-01")
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
ROUNDED = "a float has 15 to 16 exact digits, so long IDs are rounded and different users become one"
TOO_LONG = "an ID may have 20 digits, and one that does not fit is read as NULL or fails the query"
UNQUOTED = "this SerDe ignores quotes, so a comma in a nickname moves the rest of the row by a column"


def crawled(**storage: Any) -> dict[str, Any]:
    """The contract's table as a crawler writes it down, with parts of its storage changed."""
    table: dict[str, Any] = copy.deepcopy(table_input(LOCATION))
    table["Parameters"] |= {"UPDATED_BY_CRAWLER": NAME, "columnsOrdered": "true", "typeOfData": "file"}
    table["StorageDescriptor"] |= storage
    return table | {"Name": "crawled_followers"}


def retyped(**types: str) -> list[dict[str, str]]:
    """The contract's columns, some with another type."""
    columns = copy.deepcopy(table_input("")["StorageDescriptor"]["Columns"])
    return [column | {"Type": types.get(column["Name"], column["Type"])} for column in columns]


def differences(table: dict[str, Any], *partitions: tuple[Partition, Any]) -> list[str]:
    """What is said of a table, over a bucket with two days."""
    found = partitions or tuple((day, {"StorageDescriptor": table["StorageDescriptor"]}) for day in (DAY, NEXT_DAY))
    return CrawledTable.of(table, found).differences(LOCATION, {DAY, NEXT_DAY})


def test_a_crawler_that_read_the_csvs_as_the_contract_says_has_no_differences() -> None:
    """As with a classifier that has the header, and text for each column."""
    assert differences(crawled()) == []


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("double", ROUNDED),
        ("float", ROUNDED),
        ("bigint", TOO_LONG),
        ("int", TOO_LONG),
        ("decimal(20,0)", "an ID is text; as a number it loses leading zeros"),
    ],
)
def test_an_id_that_is_a_number_says_why_that_is_dangerous(kind: str, why: str) -> None:
    """A rounded ID is another user's."""
    assert differences(crawled(Columns=retyped(tiktok_id=kind))) == [f"tiktok_id is {kind}, not string ({why})"]


def test_other_columns_of_other_types_are_named() -> None:
    """Empty counts and times are common."""
    empty = "an empty field is no value of that type, and may fail the query"
    assert differences(crawled(Columns=retyped(heartcount="bigint", account_verified="boolean"))) == [
        f"account_verified is boolean, not string ({empty})",
        f"heartcount is bigint, not string ({empty})",
    ]


def test_missing_extra_and_reordered_columns_are_named() -> None:
    """What a crawler makes of a file without a header, or with another one."""
    columns = retyped()
    assert differences(crawled(Columns=[*columns[1:], {"Name": "col0", "Type": "string"}])) == [
        "column tiktok_id is missing",
        "column col0 is not in the contract",
    ]
    (order,) = differences(crawled(Columns=[columns[1], columns[0], *columns[2:]]))
    assert order.startswith("the columns are in a different order: uniqueid, tiktok_id, nickname")


def test_partition_keys_are_compared_with_their_types() -> None:
    """An account is an ID like any other; folders of other names have keys of other names."""
    keys = [{"Name": "account", "Type": "bigint"}, {"Name": "dt", "Type": "date"}]
    assert differences(crawled() | {"PartitionKeys": keys}) == [
        f"the partition keys are account bigint, dt date, not account string, dt string ({TOO_LONG})"
    ]
    unnamed = [{"Name": "partition_0", "Type": "string"}, {"Name": "partition_1", "Type": "string"}]
    assert differences(crawled() | {"PartitionKeys": unnamed}) == [
        "the partition keys are partition_0 string, partition_1 string, not account string, dt string"
    ]


def test_the_usual_serde_and_a_header_that_is_data_say_why_they_matter() -> None:
    """Crawlers choose LazySimpleSerDe for CSVs, and see a header only where the columns are no texts."""
    table = crawled(SerdeInfo={"SerializationLibrary": LAZY, "Parameters": {"field.delim": ","}})
    del table["Parameters"]["skip.header.line.count"]
    assert differences(table) == [
        "skip.header.line.count is not set, not '1' (the header is read as a row of data)",
        f"the SerDe is {LAZY}, not {OPEN_CSV} ({UNQUOTED})",
        r"""the SerDe's escapeChar is '\\', not '"'""",
    ]


def test_partitions_are_compared_with_the_bucket_and_with_their_table() -> None:
    """A crawler guesses types for each folder, and LOG leaves an old table as it is."""
    other = {"StorageDescriptor": {"Columns": retyped(tiktok_id="bigint")}}
    found = differences(crawled(), (DAY, other), (("43", "2026-01-31"), crawled()))
    assert found[:2] == ["folders with CSVs that have no partition: 1 of 2", "partitions without CSVs: 1 of 2"]
    (mismatch,) = found[2:]
    assert mismatch.startswith("partitions with other columns than their table: 1 of 2 (Athena fails with HIVE_PART")


@pytest.fixture
def catalog(request: pytest.FixtureRequest) -> Iterator[Catalog]:
    """The contract's catalog, of which only the location is asked."""
    with served(CrawlerService()) as glue:
        yield Catalog(glue, DATABASE, "bucket")


def outcome(catalog: Catalog, service: CrawlerService, *, minutes: float = 1.0) -> CheckOutcome:
    """What the check says after a run's crawl."""
    with served(service) as glue:
        crawler = Crawler(glue, NAME, minutes, first_wait=0.01)
        crawler.crawl()
        return crawled_table_matches_the_contract(CatalogCheckInput(catalog, {DAY, NEXT_DAY}, crawler))


def service(*tables: dict[str, Any], **given: Any) -> CrawlerService:
    """A crawler that has written these tables, over the bucket's two days."""
    partitions = [partition_input(LOCATION, day) for day in (DAY, NEXT_DAY)]
    return CrawlerService(tables=list(tables), partitions=partitions, **given)


def test_the_check_is_green_with_what_it_saw(catalog: Catalog) -> None:
    """Crawler, state, status, table and partitions."""
    found = outcome(catalog, service(crawled()))
    assert (found.passed, found.severity) == (True, Severity.WARNING)
    assert found.facts == {
        "crawler": NAME,
        "state": "READY",
        "last crawl": "SUCCEEDED",
        "tables": "crawled_followers",
        "partitions": 2,
    }


def test_the_check_names_the_table_with_each_difference(catalog: Catalog) -> None:
    """The remedy stands once, at the end."""
    found = outcome(catalog, service(crawled(Columns=retyped(tiktok_id="double", heartcount="bigint"))))
    assert not found.passed
    assert found.offenders[0] == f"crawled_followers: tiktok_id is double, not string ({ROUNDED})"
    assert all(offender.startswith("crawled_followers: ") for offender in found.offenders)
    told("crawled_table_matches_the_contract: <table>: <differences>").says_check(found)


def test_the_check_warns_of_many_tables_and_of_none(catalog: Catalog) -> None:
    """Both are what a crawler does that was pointed elsewhere, or whose folders look different to it."""
    many = outcome(catalog, service(crawled(), crawled() | {"Name": "crawled_more"}))
    told("crawled_table_matches_the_contract: The crawler <name> has written <number> tables", NAME).says_check(many)
    none = outcome(catalog, service())
    told("crawled_table_matches_the_contract: The crawler <name> has written no table", NAME).says_check(none)


def test_the_check_warns_of_each_problem_of_the_crawl(catalog: Catalog) -> None:
    """Failed, too long, missing, denied, not started, never run: none is an error, and none hides the table."""
    failed = {"Status": "FAILED", "ErrorMessage": "No access.", "LogGroup": "/aws-glue/crawlers", "LogStream": NAME}
    unsafe = CrawlerService().settings | {"TablePrefix": ""}
    for entry, given, minutes in (
        (
            told("crawled_table_matches_the_contract: The crawler <name> ended with", NAME),
            service(crawled(), end=failed),
            1,
        ),
        (
            told("crawled_table_matches_the_contract: The crawler <name> had not finished", NAME),
            service(crawled(), end=None),
            0.002,
        ),
        (
            told("crawled_table_matches_the_contract: The crawler <name> does not exist", NAME),
            CrawlerService(faults={"GetCrawler": [refusal("EntityNotFoundException")]}),
            1,
        ),
        (
            told("crawled_table_matches_the_contract: The crawler <name> could not be followed", NAME),
            CrawlerService(faults={"StartCrawler": [refusal("AccessDeniedException")]}),
            1,
        ),
        (
            told("crawled_table_matches_the_contract: The crawler <name> was not started", NAME),
            service(crawled(), settings=unsafe),
            1,
        ),
    ):
        found = outcome(catalog, given, minutes=minutes)
        assert (len(found.offenders), found.severity) == (1, Severity.WARNING), found
        entry.says_check(found)


def test_the_check_asks_glue_where_the_run_has_not_crawled(catalog: Catalog) -> None:
    """Started alone in the UI; a crawl that someone else has started is no problem."""
    with served(service(crawled(), last=None)) as glue:
        given = CatalogCheckInput(catalog, {DAY, NEXT_DAY}, Crawler(glue, NAME, 1))
        never = crawled_table_matches_the_contract(given)
    told("crawled_table_matches_the_contract: The crawler <name> has never run", NAME).says_check(never)
    with served(service(running=True, end=None)) as glue:
        given = CatalogCheckInput(catalog, {DAY, NEXT_DAY}, Crawler(glue, NAME, 1))
        assert crawled_table_matches_the_contract(given).offenders == ()


def test_without_a_crawler_there_is_nothing_to_compare(catalog: Catalog) -> None:
    """A run's config may take the crawler away."""
    found = crawled_table_matches_the_contract(CatalogCheckInput(catalog, set()))
    assert (found.passed, found.facts) == (True, {"crawler": "none is configured"})
