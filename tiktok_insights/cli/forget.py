"""`tiktok-insights forget`: remove a person or an account from everything, and write the receipt."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiktok_insights.cli.commands import read_settings_of_a_used_home
from tiktok_insights.cli.progress_bars import progress_bars
from tiktok_insights.cli.rows import counted, render

if TYPE_CHECKING:
    from tiktok_insights.people.receipt import Search

_IRREVERSIBLE = "Everything about {whom} will be removed. This cannot be undone. Go on?"


@click.command()
@click.argument("reference", required=False)
@click.option("--account", is_flag=True, help="REFERENCE is an account that was followed by mistake: remove all of it.")
@click.option("--dry-run", is_flag=True, help="Only say where the person is: change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before removing.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder for the receipt. Default: the working directory.",
)
@click.option(
    "--verify",
    "receipt",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Instead of removing: search again for everyone who was ever removed, as this receipt (.json) says.",
)
def forget(reference: str | None, out: Path, receipt: Path | None, *, account: bool, dry_run: bool, yes: bool) -> None:
    """Remove a person everywhere.

    REFERENCE is the ID, handle or secUid of a user. The command puts the user on the suppression list, waits until a
    running extraction has ended, and removes the user from stored responses, CSVs, both quarantines, all tables, the
    dashboard, and this machine's files and logs. Rows and counts of others stay as they are. It reads the whole bucket.
    If it is interrupted, run it again. Without REFERENCE, it finishes removals of users that were cut off, and removes
    whoever has come back into the bucket.

    Then it searches everything again, and writes a receipt in two files: .txt for people and .json for --verify. The
    receipt says what still holds the person until when, and not who it was.

    The exit code is 1 if someone is still found, or if something could not be read.

    \b
    Examples:
        tiktok-insights forget 7420366745511658149 --dry-run
        tiktok-insights forget some.handle --out receipts
        tiktok-insights forget --verify receipts/receipt_20260131T120000Z-3f9a2c.json
    """  # noqa: D301  # click's mark of lines to leave as they are
    if reference is not None and not reference.strip(" @"):
        raise click.UsageError("The name is empty, perhaps from an unset variable. Use an ID, handle or secUid.")
    if receipt is not None:
        _verify(receipt)
    elif dry_run:
        _look_for(_required(reference), account=account)
    else:
        if account:
            _required(reference)
        whom = "whoever has come back" if reference is None else f"the {'account' if account else 'user'} {reference}"
        if not yes:
            click.confirm(_IRREVERSIBLE.format(whom=whom), abort=True, err=True)
        _remove(reference, out, account=account)


def _required(reference: str | None) -> str:
    if reference is None:
        raise click.UsageError("Name a user or an account: an ID, handle or secUid.")
    return reference


def _remove(reference: str | None, out: Path, *, account: bool) -> None:
    from tiktok_insights.people.forget import forget as forget_person
    from tiktok_insights.people.forget_account import forget_account
    from tiktok_insights.people.receipt import write_receipt
    from tiktok_insights.people.receipt_text import receipt_text, removed_whom
    from tiktok_insights.resources.forgetting import account_of, open_reach

    settings = read_settings_of_a_used_home()
    with progress_bars("removal") as progress:
        reach = open_reach(settings, progress, logging.getLogger(__name__))
        if account:
            receipt = forget_account(reach, account_of(settings, reach, reference or ""))
        else:
            receipt = forget_person(reach, reference)
        paths = write_receipt(receipt, receipt_text(receipt), out, reach.suppression.seal)
    places = sum(1 for place in receipt.found if place.copies)
    whom = removed_whom(receipt)
    click.echo(f"{whom[0].upper()}{whom[1:]} removed from {counted(places, 'place')}. The receipt:")
    for path in paths:
        click.echo(f"  {path}")
    _say(receipt.search, sum(one.unread for one in receipt.cleaned))


def _look_for(reference: str, *, account: bool) -> None:
    from tiktok_insights.people.forget import look_for
    from tiktok_insights.people.forget_account import look_for_account
    from tiktok_insights.resources.forgetting import account_of, open_reach

    settings = read_settings_of_a_used_home()
    with progress_bars("search") as progress:
        reach = open_reach(settings, progress, logging.getLogger(__name__))
        search = (
            look_for_account(reach, account_of(settings, reach, reference)) if account else look_for(reach, reference)
        )
    rows = [(one.place, one.copies, one.unread) for one in search.places]
    click.echo(render(("place", "rows and texts", "not readable"), rows, "table"))
    click.echo("Nothing was changed (--dry-run).")


def _verify(path: Path) -> None:
    from tiktok_insights.people.forget import verify
    from tiktok_insights.people.receipt import read_receipt
    from tiktok_insights.resources.forgetting import open_reach

    with progress_bars("search") as progress:
        reach = open_reach(read_settings_of_a_used_home(), progress, logging.getLogger(__name__))
        number = read_receipt(path, reach.suppression.seal)
        search = verify(reach)
    click.echo(
        f"Receipt {number} is as it was written: all {counted(len(search.places), 'place')} were searched again."
    )
    _say(search)


def _say(search: "Search", not_cleaned: int = 0) -> None:
    """Say what a search found; it fails the command."""
    if search.found or search.unread or not_cleaned:
        places = [f"{one.place} ({one.copies or one.unread:,})" for one in search.places if one.copies or one.unread]
        if not_cleaned:
            places.append(f"this machine ({not_cleaned:,})")
        raise click.ClickException(
            f"Found again: {search.found:,}. Could not be read or cleaned: {search.unread + not_cleaned:,}. In: "
            f"{', '.join(places)}. Run tiktok-insights forget without a name to remove them. Repair what cannot be "
            "read, and run it again."
        )
    click.echo("Nobody who was removed was found.")
