"""`tiktok-insights expire`: delete snapshots that are older than the days for which data is kept."""

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tiktok_insights.cli.commands import format_option, read_settings_of_a_used_home
from tiktok_insights.cli.progress_bars import progress_bars
from tiktok_insights.cli.rows import render

if TYPE_CHECKING:
    from tiktok_insights.retention.expiry import Expired


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted: change nothing.")
@format_option("json")
def expire(output: str, *, dry_run: bool) -> None:
    """Delete old snapshots everywhere.

    TIKTOK_RETENTION_DAYS says for how many days snapshots are kept. Whole snapshots expire, at midnight UTC: their
    responses, CSVs and quarantine, and their rows in the history. TIKTOK_DATA and the marts then show what the retained
    snapshots show. Numbers of followers and totals of days stay. What has expired is never loaded again, and the
    command does not ask.

    It waits until a running extraction has ended. If it is interrupted, run it again. The job expire_snapshots does the
    same, and has a schedule.

    \b
    Examples:
        tiktok-insights expire --dry-run
        tiktok-insights expire --format json
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.resources.expiring import open_retention, required_days
    from tiktok_insights.retention.expiry import expire as expire_snapshots
    from tiktok_insights.retention.expiry import look

    settings, now = read_settings_of_a_used_home(), datetime.now(UTC)
    days = required_days(settings)
    with progress_bars("retention") as progress:
        reach = open_retention(settings, progress, logging.getLogger(__name__))
        found = look(reach.store, reach.connect, days, now) if dry_run else expire_snapshots(reach, days, now)
    _print(found, output, dry_run=dry_run)


def _print(found: "Expired", output: str, *, dry_run: bool) -> None:
    if output == "json":
        places = {place: number for place, number in found.places if number}
        document = {"retained_from": f"{found.retained_from:%Y-%m-%dT%H:%M:%SZ}", "dry_run": dry_run, "places": places}
        click.echo(json.dumps(document))
        return
    moment = f"{found.retained_from:%Y-%m-%d %H:%M} UTC"
    if not found.total:
        click.echo(f"Nothing is older than {moment}.")
        return
    click.echo(render(("place", "objects or rows"), [place for place in found.places if place[1]], "table"))
    click.echo(
        f"Older than {moment}. Nothing was changed (--dry-run)."
        if dry_run
        else f"Everything older than {moment} has expired. The next run makes the marts again."
    )
