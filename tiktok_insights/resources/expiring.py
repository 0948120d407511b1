"""Opens what a retention run reaches, for the command line and for Dagster's job alike. Dagster is not imported here.

The order of a retention run belongs in `retention.expiry`.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tiktok_insights.people.erasing.dashboard import renew_dashboard
from tiktok_insights.people.erasing.local_files import compact_stack
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.resources.opening import open_bucket, open_extraction_lock, open_session
from tiktok_insights.retention.cut import RetentionError
from tiktok_insights.retention.expiry import Reach, Renewing
from tiktok_insights.settings.environment import Settings

_STEP = "expire"


def required_days(settings: Settings) -> int:
    """For how many days snapshots are kept. Raises RetentionError where nothing is to expire."""
    if settings.s3.retention_days is None:
        msg = "TIKTOK_RETENTION_DAYS is empty, so nothing expires. Set it to the number of days that are kept."
        raise RetentionError(msg)
    return settings.s3.retention_days


def open_retention(settings: Settings, progress: ProgressReporter, log: logging.Logger) -> Reach:
    """Open everything that a retention run reaches. Raises StackError, and the clients' errors."""
    return Reach(
        store=open_bucket(settings.s3),
        connect=partial(open_session, settings.snowflake, _STEP),
        lock=partial(open_extraction_lock, str(settings.home), settings.s3, log),
        renewing=renewing(settings.home, partial(_renew, settings)),
        progress=progress,
    )


def renewing(home: Path, renew: "partial[None]") -> Renewing:
    """What has to follow, noted as a file in this machine's home."""
    note = home / "expire" / "unfinished"

    @contextmanager
    def noted() -> Iterator[None]:
        note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        note.touch()
        yield
        renew()
        note.unlink(missing_ok=True)

    return Renewing(note.exists, noted)


def _renew(settings: Settings) -> None:
    """Make the dashboard again, then write the local stack's databases again, for which it is stopped."""
    with open_session(settings.snowflake, _STEP) as session:
        renew_dashboard(session, open_bucket(settings.s3), settings.dashboard)
    compact_stack(settings.home)
