"""The calls about crawlers, as Glue answers them: READY, RUNNING, STOPPING, and READY again with a LastCrawl.

moto keeps the definitions, and its crawlers would run forever. What a crawl reads and writes belongs in `crawl`.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tiktok_insights.local.aws.service_store import ServiceStore
from tiktok_insights.local.glue.crawl import crawl
from tiktok_insights.local.glue.definitions import find_crawler, moment
from tiktok_insights.local.glue.errors import GlueAnswerError, LaunchError
from tiktok_insights.local.glue.middleware import Action
from tiktok_insights.local.state_files import replace_file

if TYPE_CHECKING:
    from moto.glue.models import FakeCrawler

READY, RUNNING, STOPPING = "READY", "RUNNING", "STOPPING"
_SUCCEEDED, _CANCELLED, _FAILED = "SUCCEEDED", "CANCELLED", "FAILED"
#: A crawl on AWS takes a minute or more. Here it takes so long at least, so that callers meet every state.
RUNNING_SECONDS, STOPPING_SECONDS = 1.0, 0.3
_GONE = "The local stack stopped while the crawler was running. Start it again."
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Crawl:
    """A crawler's newest crawl. Times are seconds since the epoch."""

    crawler: str
    region: str
    state: str = RUNNING
    status: str = ""
    message: str = ""
    started_on: float = field(default_factory=time.time)
    ended_on: float | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def last_crawl(self) -> dict[str, Any]:
        """The crawl as GetCrawler gives it, once it has ended."""
        told: dict[str, Any] = {
            "Status": self.status,
            "LogGroup": "/aws-glue/crawlers",
            "LogStream": self.crawler,
            "MessagePrefix": self.id,
            "StartTime": self.started_on,
        }
        return {**told, "ErrorMessage": self.message} if self.message else told


class Crawlers:
    """Every crawler's newest crawl, restored from `folder` when it is made."""

    def __init__(self, folder: Path, services: ServiceStore) -> None:
        self._folder = folder
        self._services = services
        self._lock = threading.RLock()
        self._crawls: dict[tuple[str, str], Crawl] = {}
        self._last: dict[tuple[str, str], Crawl] = {}
        self._stops: dict[tuple[str, str], threading.Event] = {}
        for path in folder.glob("*.json"):
            found = Crawl(**json.loads(path.read_text(encoding="utf-8")))
            self._crawls[found.region, found.crawler] = found
            if found.state != READY:
                self._end(found, _FAILED, _GONE)

    def actions(self) -> dict[str, Action]:
        """The calls by their names."""
        return {"StartCrawler": self._start, "GetCrawler": self._get, "StopCrawler": self._stop}

    def close(self) -> None:
        """Let no crawl write any more."""
        with self._lock:
            for stop in self._stops.values():
                stop.set()

    def _start(self, region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        crawler = _definition(region, asked["Name"])
        with self._lock:
            before = self._crawl_of(region, crawler)
            if before is not None and before.state != READY:
                raise GlueAnswerError(
                    "CrawlerRunningException", f"Crawler with name {crawler.name} has already started"
                )
            self._last.pop((region, crawler.name), None)
            if before is not None:
                self._last[region, crawler.name] = before
            begun = self._crawls[region, crawler.name] = Crawl(crawler.name, region)
            stop = self._stops[region, crawler.name] = threading.Event()
            self._save(begun)
            threading.Thread(target=self._run, args=(begun, crawler, stop), name=crawler.name, daemon=True).start()
        return {}

    def _get(self, region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        crawler = _definition(region, asked["Name"])
        told = {name: value for name, value in crawler.as_dict().items() if value is not None and name != "LastCrawl"}
        with self._lock:
            found = self._crawl_of(region, crawler)
            told |= {"State": found.state if found else READY, "CrawlElapsedTime": 0}
            if found and found.state != READY:
                told["CrawlElapsedTime"] = int((time.time() - found.started_on) * 1000)
            last = found if found and found.state == READY else self._last.get((region, crawler.name))
            if found and last:
                told["LastCrawl"] = last.last_crawl()
        return {"Crawler": told}

    def _stop(self, region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        crawler = _definition(region, asked["Name"])
        with self._lock:
            found = self._crawl_of(region, crawler)
            if found is None or found.state == READY:
                raise GlueAnswerError("CrawlerNotRunningException", f"Crawler with name {crawler.name} isn't running")
            if found.state == STOPPING:
                raise GlueAnswerError("CrawlerStoppingException", f"Crawler with name {crawler.name} is stopping")
            found.state = STOPPING
            self._stops[region, crawler.name].set()
        return {}

    def _crawl_of(self, region: str, crawler: "FakeCrawler") -> Crawl | None:
        """The newest crawl of this crawler; one of a crawler of its name that was deleted is another's."""
        found = self._crawls.get((region, crawler.name))
        return found if found and found.started_on >= moment(crawler.creation_time) else None

    def _run(self, begun: Crawl, crawler: "FakeCrawler", stop: threading.Event) -> None:
        status, message = _SUCCEEDED, ""
        try:
            crawl(begun.region, crawler, self._services, stop)
        except LaunchError as error:
            status, message = _FAILED, str(error)
        except Exception as error:
            _logger.exception("The crawl of %s ended for a reason of the stack's.", crawler.name)
            status, message = _FAILED, f"Internal Service Exception: {error}"
        stop.wait(RUNNING_SECONDS)
        with self._lock:
            if begun.state == STOPPING and status == _SUCCEEDED:
                status = _CANCELLED
            begun.state = STOPPING
        time.sleep(STOPPING_SECONDS)
        self._end(begun, status, message)

    def _end(self, begun: Crawl, status: str, message: str) -> None:
        with self._lock:
            begun.state, begun.status, begun.message, begun.ended_on = READY, status, message, time.time()
            self._save(begun)

    def _save(self, begun: Crawl) -> None:
        name = f"{begun.region}.{quote(begun.crawler, safe='')}.json"
        replace_file(self._folder / name, json.dumps(asdict(begun)).encode())


def _definition(region: str, name: str) -> "FakeCrawler":
    crawler = find_crawler(region, name)
    if crawler is None:
        raise GlueAnswerError("EntityNotFoundException", f"Crawler with name {name} not found.")
    return crawler
