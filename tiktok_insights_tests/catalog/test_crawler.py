"""A run starts the crawler or attaches to it, waits within its limit, and never fails because of it."""

import json
import logging
from typing import Any

import pytest

from tiktok_insights.catalog.crawled_table import CrawledTable
from tiktok_insights.catalog.crawler import Crawl, Crawler, CrawlReport
from tiktok_insights.catalog.crawler_definition import crawler_input, unsafe_settings
from tiktok_insights.catalog.table_definition import partition_input, table_input
from tiktok_insights_tests.support.crawling import DATABASE, LOCATION, NAME, CrawlerService, refusal, served
from tiktok_insights_tests.support.documents import blocks
from tiktok_insights_tests.support.scripted import Reply
from tiktok_insights_tests.support.troubleshooting import DOCUMENT

DAY = ("42", "2026-01-31")
LOST = Reply(hangs_up=True)
FAILED = {"Status": "FAILED", "ErrorMessage": "No access.", "LogGroup": "/aws-glue/crawlers", "LogStream": NAME}
#: One fault of each kind that passes, at each call of a crawl.
PASSING = [refusal("ThrottlingException"), refusal("InternalServiceException", 500), LOST, Reply(503, b"<html>busy")]


def crawled(service: CrawlerService, *, minutes: float = 1.0) -> CrawlReport:
    """What a run finds with the crawler."""
    with served(service) as glue:
        return Crawler(glue, NAME, minutes, first_wait=0.01).crawl()


def without_time(crawl: Crawl) -> dict[str, Any]:
    """The crawl as plain values."""
    return {name: getattr(crawl, name) for name in ("crawler", "state", "status", "message", "problem")}


SUCCESS = {"crawler": NAME, "state": "READY", "status": "SUCCEEDED", "message": "", "problem": ""}


def test_a_run_starts_the_crawler_and_waits_for_its_end() -> None:
    """One start; the state, the status and the time are reported."""
    service = CrawlerService()
    report = crawled(service)
    assert without_time(report.crawl) == SUCCESS
    assert report.crawl.seconds > 0
    assert service.actions == ["GetCrawler", "StartCrawler", *["GetCrawler"] * 4, "GetTables"]


def test_a_run_attaches_to_a_crawl_that_is_running() -> None:
    """A schedule or another run has started it; nothing is started a second time."""
    service = CrawlerService(running=True, last={"Status": "FAILED", "StartTime": 1})
    assert without_time(crawled(service).crawl) == SUCCESS
    assert (service.actions.count("StartCrawler"), service.crawls) == (1, 0)


def test_the_crawl_before_is_not_taken_for_this_one() -> None:
    """Right after the start Glue still says READY, with the failure of yesterday."""
    service = CrawlerService(looks=["READY", "READY"], last={**FAILED, "StartTime": 1})
    assert without_time(crawled(service).crawl) == SUCCESS


def test_a_crawl_like_the_one_before_has_ended_too() -> None:
    """Even if Glue tells the same of both, it was seen running."""
    service = CrawlerService(last={"Status": "SUCCEEDED", "StartTime": 1_769_850_001})
    assert without_time(crawled(service).crawl) == SUCCESS


@pytest.mark.parametrize("action", ["GetCrawler", "StartCrawler"])
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("fault", PASSING, ids=["throttled", "failed", "lost", "garbled"])
def test_a_fault_that_passes_is_waited_for(action: str, place: int, fault: Reply) -> None:
    """Throttled, failed in the service, lost or garbled: the crawl is followed to its end, and started once."""
    service = CrawlerService(faults={action: [*[None] * place, fault, fault]})
    assert without_time(crawled(service).crawl) == SUCCESS
    assert service.crawls == 1


def test_faults_that_do_not_pass_end_at_the_limit() -> None:
    """The problem is Glue's own answer."""
    service = CrawlerService(faults={"GetCrawler": [refusal("ThrottlingException")] * 1000})
    report = crawled(service, minutes=0.005)
    assert report.crawl.problem.startswith(f"The crawler {NAME} could not be followed: An error occurred (Throttling")
    assert report.crawl.seconds < 5


def test_a_crawl_that_lasts_too_long_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """The run goes on; the crawler is not stopped, and the log says so."""
    service = CrawlerService(end=None)
    with caplog.at_level(logging.WARNING):
        report = crawled(service, minutes=0.005)
    assert report.crawl.problem == (
        f"The crawler {NAME} had not finished after 0.005 min, and continues in Glue. To wait longer, raise "
        "GLUE_CRAWLER_MINUTES"
    )
    assert set(service.actions) == {"GetCrawler", "StartCrawler", "GetTables"}
    assert f"{report.crawl.problem}." in caplog.text


def test_a_later_look_sees_a_crawl_that_has_ended_meanwhile() -> None:
    """The check asks again where the run has given up."""
    service = CrawlerService(end=None)
    with served(service) as glue:
        crawler = Crawler(glue, NAME, 0.002, first_wait=0.01)
        assert crawler.crawl().crawl.problem
        assert crawler.report().crawl.problem
        service.end = {"Status": "SUCCEEDED"}
        assert without_time(crawler.report().crawl) == SUCCESS


def test_a_failed_crawl_is_told_with_its_message_and_log() -> None:
    """And not asked again: the run's own crawl is what counts."""
    service = CrawlerService(end=FAILED)
    with served(service) as glue:
        crawler = Crawler(glue, NAME, 1, first_wait=0.01)
        report = crawler.crawl()
        before = len(service.actions)
        assert crawler.report() is report
    assert len(service.actions) == before
    assert report.crawl.problem == (
        f"The crawler {NAME} ended with FAILED: No access. Its log is /aws-glue/crawlers, {NAME}"
    )


@pytest.mark.parametrize(
    ("action", "code", "words"),
    [
        ("GetCrawler", "EntityNotFoundException", "does not exist in this account and region. Create it, or correct"),
        ("GetCrawler", "AccessDeniedException", "Grant glue:StartCrawler, glue:GetCrawler, glue:GetTables and"),
        ("StartCrawler", "AccessDeniedException", "(AccessDeniedException) when calling the StartCrawler operation"),
        ("GetTables", "AccessDeniedException", "(AccessDeniedException) when calling the GetTables operation"),
    ],
)
def test_a_refusal_is_a_problem_and_no_error(action: str, code: str, words: str) -> None:
    """A crawler that is missing or denied does not stop a load, and is asked once."""
    service = CrawlerService(faults={action: [refusal(code)]})
    assert words in crawled(service).crawl.problem
    assert service.actions[-1] == action


def test_a_crawler_that_may_change_other_tables_is_not_started() -> None:
    """A tutorial's crawler has no prefix, updates tables and marks what is gone."""
    usual = {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DEPRECATE_IN_DATABASE"}
    settings = crawler_input(NAME, "role", DATABASE, LOCATION) | {"TablePrefix": "", "SchemaChangePolicy": usual}
    service = CrawlerService(settings=settings)
    assert crawled(service).crawl.problem == (
        f"The crawler {NAME} was not started: its TablePrefix is ''; set it to 'crawled_'; its UpdateBehavior is "
        "UPDATE_IN_DATABASE; set it to LOG; its DeleteBehavior is DEPRECATE_IN_DATABASE; set it to LOG"
    )
    assert service.crawls == 0


def test_our_own_definition_is_safe() -> None:
    """And one without any settings is not."""
    assert unsafe_settings(crawler_input(NAME, "role", DATABASE, LOCATION)) == []
    assert len(unsafe_settings({})) == 3


def test_the_guide_creates_the_crawler_that_we_define() -> None:
    """What people are told to give to AWS is what the local stack gets, but for the role."""
    guide = DOCUMENT.parent / "how_to" / "compare_with_a_crawler.md"
    (command,) = [block.text for block in blocks(guide) if "create-crawler" in block.text]
    role = "arn:aws:iam::111122223333:role/a-role-that-reads-the-bucket"
    expected = crawler_input(NAME, role, "tiktok", "s3://project-with-tiktok-data/csv/followers/")
    assert json.loads(command.partition("'")[2].rpartition("'")[0]) == expected


def test_the_tables_of_this_crawler_are_reported_with_their_partitions() -> None:
    """Not the contract's, and not another crawler's."""
    ours = {**table_input(LOCATION), "Name": "crawled_followers", "Parameters": {"UPDATED_BY_CRAWLER": NAME}}
    others = [
        {**ours, "Name": "tiktok_user_data"},
        {**ours, "Name": "theirs", "Parameters": {"UPDATED_BY_CRAWLER": "another"}},
        {**ours, "Name": "by_hand", "Parameters": {}},
    ]
    different = {**partition_input(LOCATION, ("43", "2026-02-01")), "StorageDescriptor": {"Columns": []}}
    partitions = [partition_input(LOCATION, DAY), different]
    (table,) = crawled(CrawlerService(tables=[*others, ours], partitions=partitions)).tables
    expected = CrawledTable("crawled_followers", table.table, {DAY, ("43", "2026-02-01")}, 1)
    assert table == expected
    assert len(table.columns) == 19
