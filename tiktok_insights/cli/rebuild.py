"""`tiktok-insights rebuild`: TIKTOK_DATA anew from the history."""

import click

from tiktok_insights.cli.commands import format_option
from tiktok_insights.cli.execution import run_job


@click.command()
@format_option("json")
def rebuild(output: str) -> None:
    """Make TIKTOK_DATA anew from the history, for when somebody has written to the table, or dropped it.

    The table is a function of FOLLOWER_SNAPSHOTS, so nothing is asked of the API or the bucket. It runs the job
    load_pending_objects with `rebuild` for tiktok_data: all rows are made in one transaction, readers see the table
    before or after it, and the checks and the marts follow.

    Does not mend the history itself. The exit code is 0 when the run succeeded, and 1 when it failed or a blocking
    check is red.
    """
    run_job("load_pending_objects", {"tiktok_data": {"rebuild": True}}, output)
