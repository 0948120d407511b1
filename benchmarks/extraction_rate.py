"""How much of the permitted request rate an extraction of many accounts uses, with slow answers.

The fake API answers after 1.5 s and refuses what goes beyond 600 requests a minute. The share is of the requests that
the limit permits between the first request and the last, so it does not depend on the machine's speed as long as that
keeps up.
"""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
import uvicorn

from benchmarks.report import Report
from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights.local.fake_api.state import Settings
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.opening import open_bucket
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.tiktok.budget import Budget
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter

PER_MINUTE = 600
LATENCY_MS = 1_500
ACCOUNTS = 40
REQUESTS = 600
_RUN = f"{ACCOUNTS} accounts, {LATENCY_MS / 1000} s latency, {PER_MINUTE} requests per minute"


@contextmanager
def slow_api(folder: Path) -> Iterator[str]:
    """The fake API on a free port, with the limit and the latency; gives its address."""
    settings = Settings(requests_per_minute=PER_MINUTE, latency_ms=LATENCY_MS)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(folder, settings=settings), log_level="error"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def measure(home: Path) -> Report:
    """Extract many accounts under the limit, and compare with what it permits."""
    moments: list[float] = []

    class Watched(RateLimiter):
        """Notes when each request may go."""

        def acquire(self) -> None:
            super().acquire()
            moments.append(time.monotonic())

    settings = read_settings({"TIKTOK_INSIGHTS_HOME": str(home), "TIKTOK_INSIGHTS_BUCKET": "bench"})
    raw = RawStore(open_bucket(settings.s3))
    with slow_api(home / "slow") as address:
        client = Client(address, "local-key", Watched(PER_MINUTE), budget=Budget(REQUESTS), first_wait=0.1)
        log = logging.getLogger("bench")
        Extractor(raw, client, SnapshotPolicy(), log).extract([f"fake.{5_000 + n}" for n in range(ACCOUNTS)])
        status = requests.Session().get(f"{address}/_control/status", timeout=10).json()
    seconds = max(moments) - min(moments)
    permitted = seconds * PER_MINUTE / 60 + 1
    figures = {
        "requests_sent": len(moments),
        "seconds": round(seconds, 1),
        "share_of_permitted_rate": round(len(moments) / permitted, 3),
        "refused_as_too_fast": len(moments) - status["served"],
    }
    return Report(
        "extraction_rate",
        figures,
        ("run", "share of the permitted rate", "rejected as too fast"),
        [(_RUN, figures["share_of_permitted_rate"], figures["refused_as_too_fast"])],
    )
