"""`tiktok-insights plan`: what the next run costs, before it is spent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tiktok_insights.cli.commands import format_option, read_settings_of_a_used_home
from tiktok_insights.cli.rows import layout, render
from tiktok_insights.settings.environment import Settings, require_accounts

if TYPE_CHECKING:
    from tiktok_insights.raw.plan import AccountPlan

_COLUMNS = ("account", "snapshot", "claimed", "requests", "minutes", "share of month", "note")


@click.command()
@click.option("--account", "accounts", multiple=True, help="Handle or secUid. Can be repeated.")
@click.option("--cached", is_flag=True, help="Make no API requests: use the totals from the newest snapshots.")
@click.option("--force-new-snapshot", is_flag=True, help="Plan a run that uses this option.")
@format_option("csv", "json")
def plan(accounts: tuple[str, ...], output: str, *, cached: bool, force_new_snapshot: bool) -> None:
    """Estimate what the next run costs.

    Shows requests, minutes and share of the monthly quota for each account. A fresh snapshot (younger than 20 hours)
    costs nothing, an open one costs its missing pages, and a new one costs ceil(min(followers, largest cap) / 30) + 1
    requests. Planning itself makes at most one request for each account that needs a new snapshot, and none with
    --cached.

    \b
    Examples:
        tiktok-insights plan
        tiktok-insights plan --cached --format json
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.raw.decision import SnapshotPolicy
    from tiktok_insights.raw.plan import Planner
    from tiktok_insights.raw.snapshots import RawStore
    from tiktok_insights.resources.opening import open_api_client, open_bucket

    settings = read_settings_of_a_used_home()
    client = None if cached else open_api_client(settings.tiktok)
    raw = RawStore(open_bucket(settings.s3))
    planner = Planner(
        raw, client, SnapshotPolicy(force_new_snapshot=force_new_snapshot), max(settings.tiktok.list_caps)
    )
    plans = planner.plan(require_accounts(accounts or settings.tiktok.accounts))
    click.echo(_table(plans, settings) if output == "table" else _records(plans, settings, output), nl=False)


def _minutes(requests: int | None, settings: Settings) -> float | None:
    return None if requests is None else requests / settings.tiktok.requests_per_minute


def _records(plans: Sequence["AccountPlan"], settings: Settings, output: str) -> str:
    names = ("account", "snapshot", "claimed", "requests", "minutes", "share_of_month", "note")
    rows = [
        (
            item.reference,
            item.origin and item.origin.value,
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
    rows = [_row(item, settings) for item in plans]
    requests = sum(item.requests or 0 for item in plans)
    unknown = sum(item.requests is None for item in plans)
    left = [item.quota.remaining for item in plans if item.quota and item.quota.remaining is not None]
    lines = [layout(_COLUMNS, rows, "?", right=("minutes", "share of month")), ""]
    lines.append(
        f"The next run will make {requests:,} requests and take at least {_minutes(requests, settings):,.1f} minutes."
    )
    if unknown:
        lines.append(f"The cost of {unknown} of {len(plans)} accounts is unknown.")
    if left:
        lines.append(f"The plan had {min(left):,} requests left as of the last response.")
    return "\n".join([*lines, ""])


def _row(item: "AccountPlan", settings: Settings) -> tuple[object, ...]:
    minutes, share = _minutes(item.requests, settings), item.share_of_month()
    return (
        item.reference,
        item.origin and item.origin.value,
        item.claimed,
        item.requests,
        None if minutes is None else f"{minutes:,.1f}",
        None if share is None else f"{share:.1%}",
        item.trouble,
    )
