"""A Glue over HTTP that has one crawler, whose crawls end when the test says so, and that fails when it is told to.

The local stack's crawler reads CSVs, and ends when it has read them. This one is for what that cannot show: a crawl
that lasts, fails or is throttled.
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from tiktok_insights.catalog.crawler_definition import crawler_input
from tiktok_insights_tests.support.scripted import Asked, Reply, scripted

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

NAME, DATABASE, LOCATION = "tiktok_user_data", "lake", "s3://bucket/csv/followers/"


@dataclass
class CrawlerService:
    """One crawler. `looks` are the states that GetCrawler tells while a crawl runs; then the crawl has ended.

    `end` is how it ends; None: it never does. `faults` are the replies to the next requests of an action, by its name;
    None lets one request through.
    """

    looks: list[str] = field(default_factory=lambda: ["RUNNING", "STOPPING"])
    end: dict[str, Any] | None = field(default_factory=lambda: {"Status": "SUCCEEDED"})
    last: dict[str, Any] | None = None
    running: bool = False
    settings: dict[str, Any] = field(default_factory=lambda: crawler_input(NAME, "role", DATABASE, LOCATION))
    tables: list[dict[str, Any]] = field(default_factory=list)
    partitions: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, list[Reply | None]] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    crawls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, asked: Asked) -> Reply:
        """Answer one request as Glue does."""
        action = asked.headers["x-amz-target"].rpartition(".")[2]
        with self._lock:
            self.actions.append(action)
            waiting = self.faults.get(action, [])
            if waiting and (fault := waiting.pop(0)) is not None:
                if fault.hangs_up and action == "StartCrawler":
                    # The service has done it; only its answer is lost.
                    self._start()
                return fault
            match action:
                case "GetCrawler":
                    return self._get()
                case "StartCrawler":
                    return self._start()
                case "GetTables":
                    return _json({"TableList": self.tables})
                case _:
                    return _json({"Partitions": self.partitions})

    def _get(self) -> Reply:
        state = "READY"
        if self.running and (self.looks or self.end is None):
            state = self.looks.pop(0) if self.looks else "RUNNING"
        elif self.running:
            self.running = False
            self.last = {**(self.end or {}), "StartTime": 1_769_850_000 + self.crawls}
        last = {"LastCrawl": self.last} if self.last else {}
        return _json({"Crawler": {**self.settings, "State": state, **last}})

    def _start(self) -> Reply:
        if self.running:
            return refusal("CrawlerRunningException")
        self.running = True
        self.crawls += 1
        return _json({})


def refusal(code: str, status: int = 400) -> Reply:
    """An error as Glue answers it."""
    body = json.dumps({"__type": code, "Message": "said by the service"}).encode()
    return Reply(status, body, {"Content-Type": "application/x-amz-json-1.1"})


def _json(answer: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(answer).encode(), {"Content-Type": "application/x-amz-json-1.1"})


@contextlib.contextmanager
def served(service: CrawlerService) -> Iterator["GlueClient"]:
    """Serve it, and give a client that itself tries no request again."""
    with scripted(choose=service.reply) as server:
        yield boto3.client(
            "glue",
            region_name="us-east-1",
            endpoint_url=server.address,
            aws_access_key_id="an-id",
            aws_secret_access_key="a-secret",  # nobody's
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )
