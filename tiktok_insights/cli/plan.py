"""`tiktok-insights plan`: what the next run costs, before it is spent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tiktok_insights.cli.commands import format_option
from tiktok_insights.cli.rows import render
from tiktok_insights.resources.connections import connect
from tiktok_insights.settings.environment import Settings, read_settings, require_accounts

if TYPE_CHECKING:
    from tiktok_insights.raw.plan import AccountPlan

_COLUMNS = ("account", "snapshot", "claimed", "requests", "minutes", "share of month", "note")


@click.command()
@click.option("--account", "accounts", multiple=True, help="Handle or secUid; may be repeated.")
@click.option("--cached", is_flag=True, help="Ask the API nothing: use the totals of the newest snapshots.")
@click.option("--force-new-snapshot", is_flag=True, help="Plan a run with force_new_snapshot.")
@format_option("csv", "json")
def plan(accounts: tuple[str, ...], output: str, *, cached: bool, force_new_snapshot: bool) -> None:
    """Say what the next run costs in requests, minutes and share of the month, for each account.

    A fresh snapshot costs nothing, an open one its missing pages, a new one ceil(min(followers, 10,000) / 30) + 1
    requests. Planning itself costs at most one request for each account that needs a new snapshot, with --cached none.

    \b
    Examples:
        tiktok-insights plan
        tiktok-insights plan --cached --format json
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.raw.decision import SnapshotPolicy
    from tiktok_insights.raw.plan import Planner
    from tiktok_insights.resources.clients import api_client, raw_store

    settings = read_settings()
    connections = connect(settings)
    client = None if cached else api_client(settings, connections)
    planner = Planner(raw_store(settings, connections), client, SnapshotPolicy(force_new_snapshot=force_new_snapshot))
    plans = planner.plan(require_accounts(settings, accounts))
    click.echo(_table(plans, settings) if output == "table" else _records(plans, settings, output), nl=False)


def _minutes(requests: int | None, settings: Settings) -> float | None:
    return None if requests is None else requests / settings.requests_per_minute


def _records(plans: Sequence["AccountPlan"], settings: Settings, output: str) -> str:
    names = ("account", "snapshot", "claimed", "requests", "minutes", "share_of_month", "note")
    rows = [
        (
            item.reference,
            item.origin.value,
            item.claimed,
            item.requests,
            _minutes(item.requests, settings),
            item.share_of_month(),
            item.trouble,
        )
        for item in plans
    ]
    return render(names, rows, output)


def _table(plans: Sequence["AccountPlan"], settings: Settings) -> str:
    from tabulate import tabulate

    rows = [_row(item, settings) for item in plans]
    requests = sum(item.requests or 0 for item in plans)
    unknown = sum(item.requests is None for item in plans)
    left = [item.quota.remaining for item in plans if item.quota and item.quota.remaining is not None]
    lines = [tabulate(rows, headers=_COLUMNS, disable_numparse=True), ""]
    lines.append(f"The next run spends {requests:,} requests, {_minutes(requests, settings):,.1f} minutes at least.")
    if unknown:
        lines.append(f"For {unknown} of {len(plans)} accounts it cannot be said.")
    if left:
        lines.append(f"The plan had {min(left):,} requests left when it was last heard of.")
    return "\n".join([*lines, ""])


def _row(item: "AccountPlan", settings: Settings) -> tuple[str, ...]:
    minutes, share = _minutes(item.requests, settings), item.share_of_month()
    return (
        item.reference,
        item.origin.value,
        "?" if item.claimed is None else f"{item.claimed:,}",
        "?" if item.requests is None else f"{item.requests:,}",
        "?" if minutes is None else f"{minutes:,.1f}",
        "?" if share is None else f"{share:.1%}",
        item.trouble,
    )
