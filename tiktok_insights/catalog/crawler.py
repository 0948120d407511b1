"""The Glue crawler, where one is configured: start it or attach to its running crawl, wait, and say how that ended.

The pipeline reads nothing that a crawler writes, so nothing here fails a run: `Crawl.problem` says what went wrong.
What the crawled table should be like belongs in `crawled_table`, and how a crawler is defined in `crawler_definition`.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from tiktok_insights.catalog.crawled_table import CrawledTable
from tiktok_insights.catalog.crawler_definition import unsafe_settings
from tiktok_insights.catalog.partitions import Partitions
from tiktok_insights.catalog.table_definition import TABLE
from tiktok_insights.clients.aws_errors import error_code, may_pass

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

_LONGEST_WAIT = 15.0
_READY, _SUCCEEDED = "READY", "SUCCEEDED"
#: Crawlers note in a table which of them wrote it (docs.aws.amazon.com/glue/latest/dg/table-properties-crawler.html).
_WRITTEN_BY = "UPDATED_BY_CRAWLER"
_logger = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Crawl:
    """What became of a crawl.

    `state` is the crawler's, and `status` and `message` are those of its last crawl. `seconds` is how long it was
    waited for. `problem` is a sentence with its remedy; it is empty if the crawl succeeded.
    """

    crawler: str
    state: str = ""
    status: str = ""
    message: str = ""
    seconds: float = 0.0
    problem: str = ""

    @property
    def is_running(self) -> bool:
        """Whether the crawler had not finished at the last look."""
        return self.state not in ("", _READY)


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """A crawl, and the tables that the crawler has written so far."""

    crawl: Crawl
    tables: tuple[CrawledTable, ...] = ()


class Crawler:
    """One crawler. `minutes` is how long it is waited for; `first_wait` (seconds) the first pause between two looks."""

    def __init__(self, glue: "GlueClient", name: str, minutes: float, *, first_wait: float = 1.0) -> None:
        self._glue = glue
        self.name = name
        self._minutes = minutes
        self._first_wait = first_wait
        self._deadline = 0.0
        #: What this run's crawl has found, once there was one.
        self._report: CrawlReport | None = None

    def crawl(self) -> CrawlReport:
        """Start the crawler, or attach to its running crawl, and wait for the end. Raises nothing of AWS's."""
        began = time.monotonic()
        self._deadline = began + self._minutes * 60
        found = self._reported(self._crawl)
        self._report = replace(found, crawl=replace(found.crawl, seconds=time.monotonic() - began))
        if found.crawl.problem:
            _logger.warning("%s.", found.crawl.problem)
        return self._report

    def report(self) -> CrawlReport:
        """What this run's crawl has found; where there was none, or it did not end in time, what Glue says now."""
        if self._report and not self._report.crawl.is_running:
            return self._report
        now = self._reported(lambda: self._seen(self._get()))
        # Whoever has started it will see its end; only a run that waited for it in vain has reason to complain.
        return self._report if self._report and now.crawl.is_running else now

    def _reported(self, crawl: Callable[[], Crawl]) -> CrawlReport:
        try:
            return CrawlReport(crawl(), tuple(self._tables()))
        except (ClientError, BotoCoreError) as error:
            return CrawlReport(Crawl(self.name, problem=self._says(_why(error))))

    def _tables(self) -> Iterator[CrawledTable]:
        database = self._get().get("DatabaseName", "")
        for page in self._glue.get_paginator("get_tables").paginate(DatabaseName=database):
            for table in page["TableList"]:
                if table["Name"] != TABLE and table.get("Parameters", {}).get(_WRITTEN_BY) == self.name:
                    yield CrawledTable.of(table, Partitions(self._glue, database, table["Name"]).entries())

    def _crawl(self) -> Crawl:
        before = self._patiently(self._get)
        if unsafe := unsafe_settings(before):
            return Crawl(self.name, before["State"], problem=self._says(f"was not started: {'; '.join(unsafe)}"))
        self._patiently(self._start)
        has_run, wait = False, self._first_wait
        while True:
            crawler = self._patiently(self._get)
            crawl = self._seen(crawler)
            has_run = has_run or crawl.is_running
            # Right after the start, Glue may still tell of the crawl before.
            if not crawl.is_running and (has_run or crawler.get("LastCrawl") != before.get("LastCrawl")):
                return crawl
            if time.monotonic() + wait > self._deadline:
                problem = self._says(
                    f"had not finished after {self._minutes:g} min, and continues in Glue. To wait longer, raise "
                    "GLUE_CRAWLER_MINUTES"
                )
                return Crawl(self.name, "RUNNING", problem=problem)
            time.sleep(wait)
            wait = min(wait * 1.5, _LONGEST_WAIT)

    def _start(self) -> None:
        try:
            self._glue.start_crawler(Name=self.name)
            _logger.info("Started the crawler %s.", self.name)
        except ClientError as error:
            if error_code(error) != "CrawlerRunningException":
                raise
            _logger.info("The crawler %s is running already. Waiting for its end.", self.name)

    def _get(self) -> Any:
        return self._glue.get_crawler(Name=self.name)["Crawler"]

    def _patiently(self, call: Callable[[], _Answer]) -> _Answer:
        """Call until Glue answers or the time is over."""
        wait = self._first_wait
        while True:
            try:
                return call()
            except (ClientError, BotoCoreError) as error:
                if not may_pass(error) or time.monotonic() + wait > self._deadline:
                    raise
                _logger.info("Glue did not answer for the crawler %s: %s Trying again.", self.name, error)
            time.sleep(wait)
            wait = min(wait * 1.5, _LONGEST_WAIT)

    def _seen(self, crawler: Any) -> Crawl:
        last = crawler.get("LastCrawl") or {}
        seen = Crawl(self.name, crawler["State"], last.get("Status", ""), last.get("ErrorMessage", ""))
        if seen.is_running or seen.status == _SUCCEEDED:
            return seen
        if not seen.status:
            return replace(seen, problem=self._says("has never run. Materialize tiktok_user_data"))
        log = ", ".join(filter(None, (last.get("LogGroup"), last.get("LogStream"))))
        what = f"ended with {seen.status}: {seen.message.removesuffix('.') or 'no message'}"
        return replace(seen, problem=self._says(f"{what}. Its log is {log or 'in CloudWatch'}"))

    def _says(self, what: str) -> str:
        return f"The crawler {self.name} {what}"


def _why(error: ClientError | BotoCoreError) -> str:
    code = error_code(error) if isinstance(error, ClientError) else ""
    if code == "EntityNotFoundException":
        return "does not exist in this account and region. Create it, or correct GLUE_CRAWLER"
    why = f"could not be followed: {str(error).removesuffix('.')}"
    if code == "AccessDeniedException":
        why += ". Grant glue:StartCrawler, glue:GetCrawler, glue:GetTables and glue:GetPartitions"
    return why
