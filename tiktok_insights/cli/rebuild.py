"""`tiktok-insights rebuild`: rebuild TIKTOK_DATA from the history."""

import click

from tiktok_insights.cli.commands import format_option, read_settings_of_a_used_home
from tiktok_insights.cli.execution import run_job


@click.command()
@format_option("json")
def rebuild(output: str) -> None:
    """Rebuild TIKTOK_DATA from its history.

    Use this if someone has changed or dropped the table. It is a function of FOLLOWER_SNAPSHOTS, so the API is not
    needed. The command runs the job load_pending_objects with `rebuild` for tiktok_data. All rows are written in one
    transaction, readers see the table either before or after it, and the checks and marts follow.

    This does not repair the history itself. The exit code is 0 if the run succeeded, and 1 if it failed or a blocking
    check is red.
    """
    read_settings_of_a_used_home()
    run_job("load_pending_objects", {"tiktok_data": {"rebuild": True}}, output)
