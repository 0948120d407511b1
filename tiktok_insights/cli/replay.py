"""`tiktok-insights replay`: what today's code makes of the raw pages, and loading what changed."""

import json
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tiktok_insights.cli.commands import format_option, read_settings_of_a_used_home
from tiktok_insights.cli.execution import run_job
from tiktok_insights.cli.rows import counted, render
from tiktok_insights.text.printable import printable

if TYPE_CHECKING:
    from tiktok_insights.lake.replay import Replayed

_CHANGE = ("change", "user_id", "column", "old", "new")
_OBJECT = ("verdict", "object", "account", "rows", "rows_changed", "rows_added", "rows_removed", "reason")
_TOTALS = ("rows_changed", "rows_added", "rows_removed")


@click.command()
@click.argument("account", required=False)
@click.option("--dry-run", is_flag=True, help="Only show what would change: write nothing, run nothing.")
@format_option("csv", "json")
@click.option(
    "--limit", type=click.IntRange(min=0), default=50, show_default=True, help="Maximum number of changes to print."
)
def replay(account: str | None, output: str, limit: int, *, dry_run: bool) -> None:
    """Recreate the CSVs from the raw pages.

    Every page the API has returned is kept exactly as received. After an update of this package, or if a CSV is
    damaged, this command recreates the CSVs of all committed snapshots, or only those of ACCOUNT (its ID, handle or
    secUid), and loads those that change. TIKTOK_DATA is then the same as if the current code had run from the start.
    Makes no API requests.

    First it shows which rows change and how (by object, user and column), and which rows are added or removed. Then it
    runs the job replay_snapshots in this process. If the bytes of a CSV differ, it overwrites the old one, and the load
    replaces its history. The other CSVs are not touched. A snapshot is blocked if the current code does not recognize
    too many of its rows. It then keeps its old CSV.

    --format csv prints one line per change; json adds the totals and a verdict for each object. Both go to standard
    output, everything else to standard error. --limit does not affect the totals. The exit code is 0 if the run
    succeeded or was a dry run.

    \b
    Examples:
        tiktok-insights replay --dry-run
        tiktok-insights replay corner.bakery
        tiktok-insights replay --dry-run --format csv --limit 1000000 > changes.csv
    """  # noqa: D301  # click's mark of lines to leave as they are
    replayed = _look(account, limit)
    _print(replayed, output, limit)
    click.echo(_total(replayed, dry_run=dry_run), err=output != "table")
    if not dry_run:
        config = {"replay": True, "replay_accounts": [account] if account else []}
        run_job("replay_snapshots", {"followers_csv": config}, to_stderr=output != "table")


def _look(account: str | None, limit: int) -> list["Replayed"]:
    """Replay without writing."""
    from tiktok_insights.lake.listing import CsvInventory
    from tiktok_insights.lake.replay import Replay
    from tiktok_insights.raw.snapshots import RawStore
    from tiktok_insights.resources.opening import open_bucket
    from tiktok_insights.retention.cut import cut
    from tiktok_insights.schema import MAX_REJECTED_SHARE

    settings = read_settings_of_a_used_home().s3
    raw = RawStore(open_bucket(settings))
    days = settings.retention_days
    retained_from = None if days is None else cut(days, datetime.now(UTC))
    replay = Replay(
        raw, CsvInventory(raw.store), MAX_REJECTED_SHARE, write=False, keep=limit, retained_from=retained_from
    )
    return list(replay.run([account] if account else []))


def _print(replayed: Sequence["Replayed"], output: str, limit: int) -> None:
    changes = [
        (item.csv.key, change.kind, change.user_id, change.column, change.old, change.new)
        for item in replayed
        for change in item.diff.changes
    ][:limit]
    if output == "csv":
        click.echo(render(("object", *_CHANGE), changes, output), nl=False)
    elif output == "json":
        totals = {name: _sum(replayed, name) for name in _TOTALS}
        objects = [dict(zip(_OBJECT, _object(item), strict=True)) for item in replayed]
        lines = [dict(zip(("object", *_CHANGE), change, strict=True)) for change in changes]
        document = {"totals": totals, "objects": objects, "changes": lines, "changes_total": _lines(replayed)}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _print_tables(replayed, changes)


def _print_tables(replayed: Sequence["Replayed"], changes: Sequence[tuple[str, ...]]) -> None:
    """What becomes of each object that does not stay as it is, and its changes."""
    for item in replayed:
        if item.verdict.differs or item.csv.blocked:
            click.echo(_heading(item))
            if ours := [change[1:] for change in changes if change[0] == item.csv.key]:
                click.echo("\n" + textwrap.indent(render(_CHANGE, ours, "table"), "  "))
    if left := _lines(replayed) - len(changes):
        click.echo(f"{left:,} more changes not shown (--limit).\n")


def _heading(item: "Replayed") -> str:
    what = item.csv.blocked or _counts([item])
    return printable(f"{item.verdict.value}: {item.csv.key} ({item.csv.handle}): {what}")


def _object(item: "Replayed") -> tuple[object, ...]:
    csv, diff = item.csv, item.diff
    counts = (diff.rows_changed, diff.rows_added, diff.rows_removed)
    return (item.verdict.value, csv.key, csv.handle, csv.rows, *counts, csv.blocked)


def _total(replayed: Sequence["Replayed"], *, dry_run: bool) -> str:
    differing = sum(item.verdict.differs for item in replayed)
    blocked = sum(bool(item.csv.blocked) for item in replayed)
    words = f"CSVs of {counted(len(replayed), 'snapshot')}: {len(replayed) - differing - blocked:,} unchanged, "
    words += f"{differing:,} to write" + (f", {blocked:,} blocked (they keep their old CSVs)" if blocked else "")
    words += f". Rows: {_counts(replayed)}."
    return f"{words} Nothing was written (--dry-run)." if dry_run else words


def _counts(replayed: Sequence["Replayed"]) -> str:
    changed, added, removed = (_sum(replayed, name) for name in _TOTALS)
    return f"{changed:,} changed, {added:,} added, {removed:,} removed"


def _sum(replayed: Sequence["Replayed"], name: str) -> int:
    return sum(getattr(item.diff, name) for item in replayed)


def _lines(replayed: Sequence["Replayed"]) -> int:
    return sum(item.diff.lines for item in replayed)
