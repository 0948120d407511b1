"""Extracts the demo's days: the clock moves on, and the real extraction takes a snapshot of each account.

Killed anywhere, it continues where it was: the fake API keeps the clock, and the bucket the snapshots. The CSVs are
written at the end; loading them is left to the job that the command runs.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from tiktok_insights.demo.api_control import ApiControl
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.local.fake_api.stories.story import Story
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.inventory import RawInventory
from tiktok_insights.raw.removed_rows import cleaning
from tiktok_insights.resources.local_stack import local_api
from tiktok_insights.resources.opening import open_bucket
from tiktok_insights.resources.suppression_opening import open_suppression
from tiktok_insights.schema import MAX_REJECTED_SHARE
from tiktok_insights.settings.environment import Settings
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter

_LOG = logging.getLogger(__name__)
#: The fake API is on this machine and its quota is large.
_REQUESTS_PER_MINUTE = 100_000


def play(settings: Settings, story: Story, looks: Sequence[int], progress: ProgressReporter) -> ApiControl:
    """Play a story in a home's local stack up to the last look, and write the CSVs. Gives what steers its API.

    `looks` are virtual times (unix seconds) in order. Those that have passed are not taken again.
    """
    address, key = local_api(settings.tiktok.local_stack)
    control = ApiControl(address)
    control.play(story)
    # The client's clock is the API's: a page is fetched when its followers followed, months ago by the machine's clock.
    moment = control.clock
    client = Client(
        address,
        key,
        RateLimiter(_REQUESTS_PER_MINUTE),
        list_caps=settings.tiktok.list_caps,
        now=lambda: datetime.fromtimestamp(moment, UTC),
    )
    store = open_bucket(settings.s3)
    raw = RawInventory(store, cleaning(open_suppression(settings.s3, store).read))
    left = [look for look in looks if look >= moment]
    with progress.track("days", len(left), "days") as advance:
        for look in left:
            advance()
            control.move_to(look)
            moment = look
            Extractor(raw, client, SnapshotPolicy(), _LOG).extract(settings.tiktok.accounts)
        advance()
    for _ in write_missing_csvs(raw, CsvInventory(raw.store), MAX_REJECTED_SHARE):
        pass
    return control
