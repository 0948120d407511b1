"""Crawlers of the local Glue: their states and errors, and the table that they make of our CSVs."""

import time
from typing import TYPE_CHECKING, Any

import pytest

from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.local import stack
from tiktok_insights_tests.local.conftest import aws_client, kill_9
from tiktok_insights_tests.support.csv_texts import HEADER_19, csv_file, row
from tiktok_insights_tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client

_DATABASE = "crawled"
_LOG = {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"}


def make_crawler(glue: "GlueClient", name: str, bucket: str, **settings: Any) -> None:
    """Create a crawler over a bucket's CSVs, which writes into a database of its own."""
    glue.create_database(DatabaseInput={"Name": name})
    glue.create_crawler(
        **{
            "Name": name,
            "Role": "local",
            "DatabaseName": name,
            "TablePrefix": "crawled_",
            "Targets": {"S3Targets": [{"Path": f"s3://{bucket}/{CSV_PREFIX}"}]},
            "SchemaChangePolicy": _LOG,
            **settings,
        }
    )


def crawl(glue: "GlueClient", name: str) -> tuple[list[str], dict[str, Any]]:
    """Start a crawler; its states one after the other, and its last crawl."""
    glue.start_crawler(Name=name)
    states: list[str] = []
    while not states or states[-1] != "READY":
        crawler = glue.get_crawler(Name=name)["Crawler"]
        if crawler["State"] not in states[-1:]:
            states.append(crawler["State"])
        assert len(states) < 9, states
        time.sleep(0.02)
    return states, dict(crawler["LastCrawl"])


def put(s3: "S3Client", bucket: str, folder: str, body: bytes) -> None:
    """Store a CSV in one folder of the lake."""
    s3.put_object(Bucket=bucket, Key=f"{CSV_PREFIX}{folder}/followers.csv", Body=body)


def test_a_crawler_runs_stops_and_is_ready_again(glue: "GlueClient", s3: "S3Client", bucket: str) -> None:
    """READY, RUNNING, STOPPING, READY; a second start meanwhile is refused, and so is a stop of one that is ready."""
    make_crawler(glue, "states", bucket)
    crawler = glue.get_crawler(Name="states")["Crawler"]
    assert crawler["State"] == "READY"
    assert "LastCrawl" not in crawler
    with pytest.raises(glue.exceptions.CrawlerNotRunningException):
        glue.stop_crawler(Name="states")
    glue.start_crawler(Name="states")
    with pytest.raises(glue.exceptions.CrawlerRunningException):
        glue.start_crawler(Name="states")
    assert glue.get_crawler(Name="states")["Crawler"]["State"] == "RUNNING"
    wait_until(lambda: glue.get_crawler(Name="states")["Crawler"]["State"] == "READY")
    states, last = crawl(glue, "states")
    assert states == ["RUNNING", "STOPPING", "READY"]
    assert last["Status"] == "SUCCEEDED"
    assert glue.get_tables(DatabaseName="states")["TableList"] == []
    for call in (glue.start_crawler, glue.get_crawler, glue.stop_crawler):
        with pytest.raises(glue.exceptions.EntityNotFoundException):
            call(Name="unknown")


def test_a_crawler_that_is_stopped_says_so(glue: "GlueClient", s3: "S3Client", bucket: str) -> None:
    """Its last crawl was cancelled; a second stop meanwhile is refused."""
    make_crawler(glue, "stopped", bucket)
    glue.start_crawler(Name="stopped")
    glue.stop_crawler(Name="stopped")
    with pytest.raises(glue.exceptions.CrawlerStoppingException):
        glue.stop_crawler(Name="stopped")
    wait_until(lambda: glue.get_crawler(Name="stopped")["Crawler"]["State"] == "READY")
    assert glue.get_crawler(Name="stopped")["Crawler"]["LastCrawl"]["Status"] == "CANCELLED"


def test_a_crawler_without_its_database_fails(glue: "GlueClient", s3: "S3Client", bucket: str) -> None:
    """The last crawl says why, and the crawler can be started again."""
    make_crawler(glue, "failing", bucket, DatabaseName="nowhere")
    _, last = crawl(glue, "failing")
    assert (last["Status"], last["ErrorMessage"]) == ("FAILED", "Database nowhere not found.")
    glue.create_database(DatabaseInput={"Name": "nowhere"})
    assert crawl(glue, "failing")[1]["Status"] == "SUCCEEDED"


def test_a_crawled_table_has_guessed_types(glue: "GlueClient", s3: "S3Client", bucket: str) -> None:
    """IDs become numbers, names lower case, folders partitions, and quotes are forgotten: what a crawler does."""
    put(s3, bucket, "account=7/dt=2026-01-31", csv_file(row("7000000000000000149"), row("2", nickname='"a, b"')))
    put(s3, bucket, "account=8/dt=2026-02-01", csv_file(row("3"), row("4")))
    s3.put_object(Bucket=bucket, Key=f"{CSV_PREFIX}notes.txt", Body=b"no csv")
    make_crawler(glue, "typed", bucket)
    assert crawl(glue, "typed")[1]["Status"] == "SUCCEEDED"
    table = glue.get_table(DatabaseName="typed", Name="crawled_followers")["Table"]
    columns = {column["Name"]: column["Type"] for column in table["StorageDescriptor"]["Columns"]}
    assert list(columns)[:2] == ["tiktok_id", "uniqueid"]
    expected = {"tiktok_id": "bigint", "nickname": "string", "account_verified": "boolean", "extracted_at": "string"}
    assert {name: columns[name] for name in expected} == expected
    assert len(columns) == len(HEADER_19.split(","))
    assert table["PartitionKeys"] == [{"Name": "account", "Type": "string"}, {"Name": "dt", "Type": "string"}]
    assert table["Parameters"]["skip.header.line.count"] == "1"
    assert table["Parameters"]["UPDATED_BY_CRAWLER"] == "typed"
    assert table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].endswith("LazySimpleSerDe")
    assert _partitions(glue, "typed") == [["7", "2026-01-31"], ["8", "2026-02-01"]]


def test_a_crawled_table_is_not_changed(glue: "GlueClient", s3: "S3Client", bucket: str) -> None:
    """Where the update behavior is LOG: other columns are ignored, and new folders become partitions."""
    put(s3, bucket, "account=7/dt=2026-01-31", b"id,name\n1,a\n")
    make_crawler(glue, "logged", bucket)
    crawl(glue, "logged")
    before = glue.get_table(DatabaseName="logged", Name="crawled_followers")["Table"]
    put(s3, bucket, "account=7/dt=2026-02-01", b"id,name,more\nx,a,1\n")
    crawl(glue, "logged")
    assert glue.get_table(DatabaseName="logged", Name="crawled_followers")["Table"] == before
    assert _partitions(glue, "logged") == [["7", "2026-01-31"], ["7", "2026-02-01"]]


def test_a_crawl_that_was_cut_off_has_failed(own_home: "Path") -> None:
    """After kill -9 of the stack, the crawler is ready, its last crawl failed, and its table is kept."""
    endpoints = stack.ensure_running(own_home)
    glue: Any = aws_client(endpoints, "glue")
    s3: Any = aws_client(endpoints, "s3")
    s3.create_bucket(Bucket="bucket")
    put(s3, "bucket", "account=7/dt=2026-01-31", b"id,name\n1,a\n")
    make_crawler(glue, "cut", "bucket")
    glue.start_crawler(Name="cut")
    wait_until(lambda: glue.get_tables(DatabaseName="cut")["TableList"])
    kill_9(own_home, endpoints)
    stack.ensure_running(own_home)
    crawler = glue.get_crawler(Name="cut")["Crawler"]
    assert (crawler["State"], crawler["LastCrawl"]["Status"]) == ("READY", "FAILED")
    assert "stopped while the crawler was running" in crawler["LastCrawl"]["ErrorMessage"]
    assert [table["Name"] for table in glue.get_tables(DatabaseName="cut")["TableList"]] == ["crawled_followers"]


def _partitions(glue: "GlueClient", database: str) -> list[list[str]]:
    found = glue.get_partitions(DatabaseName=database, TableName="crawled_followers")["Partitions"]
    return sorted(partition["Values"] for partition in found)
