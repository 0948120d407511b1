"""`tiktok-insights plan`: what the next run costs, before it is spent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tiktok_insights.cli.commands import format_option, read_settings_of_a_used_home
from tiktok_insights.cli.rows import layout, render
from tiktok_insights.settings.environment import Settings, require_accounts

if TYPE_CHECKING:
    from tiktok_insights.raw.plan import AccountPlan

_COLUMNS = ("account", "snapshot", "claimed", "requests", "granted", "minutes", "share of month", "note")
_GRANTED = _COLUMNS.index("granted")


@click.command()
@click.option("--account", "accounts", multiple=True, help="Handle or secUid. Can be repeated.")
@click.option("--cached", is_flag=True, help="Make no API requests: use the totals from the newest snapshots.")
@click.option("--force-new-snapshot", is_flag=True, help="Plan a run that uses this option.")
@click.option("--incremental", is_flag=True, help="Plan a run that uses this option.")
@click.option("--accounts-only", is_flag=True, help="Plan a run that uses this option.")
@format_option("csv", "json")
def plan(accounts: tuple[str, ...], output: str, *, cached: bool, **options: Any) -> None:
    """Estimate what the next run costs.

    Shows requests, minutes and share of the monthly quota for each account. A fresh snapshot (younger than 20 hours)
    costs nothing, an open one costs its missing pages, and a new one costs ceil(min(followers, largest cap) / 30) + 1
    requests. Planning itself makes at most one request for each account that needs a new snapshot, and none with
    --cached.

    With TIKTOK_REQUEST_BUDGET, accounts are listed in the order of their turns: open snapshots first, then the accounts
    that have missed most looks, then the order of TIKTOK_ACCOUNTS. "granted" is how much of the budget is left for the
    account. An account that gets less than it needs continues in the next run; one that gets nothing waits.

    \b
    Examples:
        tiktok-insights plan
        tiktok-insights plan --cached --format json
    """  # noqa: D301  # click's mark of lines to leave as they are
    from datetime import timedelta

    from tiktok_insights.raw.decision import SnapshotPolicy
    from tiktok_insights.raw.plan import Planner
    from tiktok_insights.raw.snapshots import RawStore
    from tiktok_insights.resources.opening import open_api_client, open_bucket

    settings = read_settings_of_a_used_home()
    client = None if cached else open_api_client(settings.tiktok)
    raw = RawStore(open_bucket(settings.s3))
    policy = SnapshotPolicy(full_walk_after=timedelta(days=settings.tiktok.full_walk_days), **options)
    planner = Planner(raw, client, policy, max(settings.tiktok.list_caps), settings.tiktok.request_budget)
    plans = planner.plan(require_accounts(accounts or settings.tiktok.accounts))
    click.echo(_table(plans, settings) if output == "table" else _records(plans, settings, output), nl=False)


def _minutes(requests: int | None, settings: Settings) -> float | None:
    return None if requests is None else requests / settings.tiktok.requests_per_minute


def _records(plans: Sequence["AccountPlan"], settings: Settings, output: str) -> str:
    names = [name.replace(" ", "_") for name in _COLUMNS]
    rows = [
        (
            item.reference,
            item.origin and item.origin.value,
            item.claimed,
            item.requests,
            item.granted,
            _minutes(item.requests, settings),
            item.share_of_month(),
            item.note,
        )
        for item in plans
    ]
    return render(names, rows, output)


def _table(plans: Sequence["AccountPlan"], settings: Settings) -> str:
    budget = settings.tiktok.request_budget
    columns, rows = _COLUMNS, [_row(item, settings) for item in plans]
    requests = sum((item.requests if budget is None else item.granted) or 0 for item in plans)
    unknown = sum(item.requests is None for item in plans)
    left = [item.quota.remaining for item in plans if item.quota and item.quota.remaining is not None]
    if budget is None:
        columns, rows = _without_granted(columns), [_without_granted(row) for row in rows]
    lines = [layout(columns, rows, "?", right=("minutes", "share of month")), ""]
    lines.append(
        f"The next run will make {requests:,} requests and take at least {_minutes(requests, settings):,.1f} minutes."
    )
    if budget is not None:
        lines.append(_in_turns(plans, budget))
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
        item.granted,
        None if minutes is None else f"{minutes:,.1f}",
        None if share is None else f"{share:.1%}",
        item.note,
    )


def _without_granted(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*cells[:_GRANTED], *cells[_GRANTED + 1 :])


def _in_turns(plans: Sequence["AccountPlan"], budget: int) -> str:
    """What the budget does not suffice for, and who waits."""
    waiting = [item.reference for item in plans if item.waits]
    short = [item.reference for item in plans if item.granted and item.granted < (item.requests or 0)]
    text = f"The budget is {budget:,} requests (TIKTOK_REQUEST_BUDGET)."
    if short:
        text += f" In the next run, {', '.join(short)} will not be finished."
    return f"{text} Waiting for their turn: {', '.join(waiting)}." if waiting else text
