"""`tiktok-insights probe`: what the configured API really serves, for two requests."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tiktok_insights.cli.commands import format_option
from tiktok_insights.local import stack
from tiktok_insights.settings.environment import Deployment, read_settings, require_accounts
from tiktok_insights.text.printable import printable

if TYPE_CHECKING:
    from tiktok_insights.raw.probe import Probed, ProbedPage

_NAMED_FIELDS = 30


@click.command()
@click.argument("account")
@format_option("json")
def probe(account: str, output: str) -> None:
    """Show what the configured API returns.

    Makes two requests about ACCOUNT (handle or secUid): one for its profile, one for the newest page of its followers.
    Retries are extra, and are counted. The API is unofficial and changes without notice. The report shows the dialect
    and whether responses are wrapped in `data`; unknown fields and missing fields of the contract; the list's total
    compared with the profile's; how many rows were requested and returned; whether there are more rows, the cursor, and
    when the users on the page followed; whether counts are exact (statsV2) or rounded; the quota; and the time of each
    response.

    Both responses are stored in the bucket under probe/ exactly as received. They are not a snapshot, so nothing is
    loaded.

    The exit code is 0 if both responses could be read. Otherwise it is 1, and the message says what to do.

    \b
    Examples:
        tiktok-insights probe corner.bakery
        TIKTOK_API_URL=https://tiktok-api23.p.rapidapi.com tiktok-insights probe your.handle --format json
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.raw.probe import Probe, Stopwatch
    from tiktok_insights.resources.opening import open_api_client
    from tiktok_insights.resources.suppression_opening import open_raw_store

    settings = read_settings()
    if settings.deployment is Deployment.LOCAL and not stack.exists(settings.home):
        click.echo(f"Note: this creates a local stack in {settings.home}, which stores the responses.", err=True)
    (name,) = require_accounts([account])
    stopwatch = Stopwatch(settings.tiktok.requests_per_minute)
    client = open_api_client(settings.tiktok, stopwatch)
    found = Probe(open_raw_store(settings.s3), client, stopwatch).ask(name.removeprefix("@"))
    if output == "json":
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        from tabulate import tabulate

        click.echo(printable(tabulate(list(_lines(found)), tablefmt="plain", disable_numparse=True)))
    if found.error:
        click.echo(printable(f"Error: {found.error}"), err=True)
        sys.exit(1)


def _lines(found: "Probed") -> Iterator[tuple[str, str]]:
    """What was found, a line for each fact."""
    account, responses = found.account, found.responses
    if account is not None:
        yield "account", f"{account.handle}, ID {account.account_id}, secUid {account.sec_uid}"
        yield "profile", f"followers: {_number(account.followers_claimed)}, {_exactness(account.counts_exact)}"
    if found.page is not None:
        yield from _page_lines(found.page, account.followers_claimed if account else None)
    for name, response in responses.items():
        wrapped = "wrapped in data" if response.wrapped_in_data else "not wrapped"
        yield name, f"{response.latency_seconds:.3f} s, {response.bytes:,} bytes, {wrapped}"
        yield "", f"unknown fields: {_names(response.unknown_fields)}"
        yield "", f"missing fields: {_names(response.missing_fields)}"
        yield "", f"stored as {response.stored_at}"
    if found.stored_evidence:
        yield "no result", f"the response is stored as {found.stored_evidence}"
    quota = found.quota
    if quota.limit is not None:
        until = f", resets at {found.quota_resets_at}" if found.quota_resets_at else ""
        yield "quota", f"{_number(quota.remaining)} of {quota.limit:,} requests left{until}"
    elif responses:
        yield "quota", "not in the responses"
    yield "requests made", str(found.requests)


def _page_lines(page: "ProbedPage", profile: int | None) -> Iterator[tuple[str, str]]:
    yield "dialect", page.dialect
    users = page.rows_served - page.dummies - len(page.rejected)
    rows = f"{page.rows_served} rows of {page.rows_requested} requested"
    yield "page", f"{rows}: {users} users, {page.dummies} placeholders, {len(page.rejected)} with an unknown structure"
    for reason in page.rejected[:5]:
        yield "", reason
    against = "same in the profile" if page.total == profile else f"profile: {_number(profile)}"
    more = "more pages follow" if page.has_more else "last page"
    yield "list", f"total followers: {_number(page.total)} ({against}); {more}"
    yield "counts", f"exact (statsV2) in {page.rows_with_exact_counts} of {users} rows"
    yield "cursor", "none" if page.next_cursor is None else str(page.next_cursor)
    if page.window is not None:
        yield "", f"these users followed between {page.window[0]} and {page.window[1]}"


def _exactness(exact: object) -> str:
    return "exact (statsV2)" if exact else "rounded (no statsV2)"


def _number(number: int | None) -> str:
    return "unknown" if number is None else f"{number:,}"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED_FIELDS]) or "none"
    return shown if len(names) <= _NAMED_FIELDS else f"{shown} and {len(names) - _NAMED_FIELDS} more (--format json)"
