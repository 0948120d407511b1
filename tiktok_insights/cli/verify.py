"""`tiktok-insights verify`: compare everything that was loaded with what is in the warehouse."""

import click

from tiktok_insights.cli.commands import format_option, read_settings_of_a_used_home
from tiktok_insights.cli.execution import run_job


@click.command()
@click.option("--from-start", is_flag=True, help="Do not continue a verification that was cut off.")
@format_option("json")
def verify(output: str, *, from_start: bool) -> None:
    """Compare everything that was ever loaded.

    A run checks what it published. This command reads all loaded objects in the bucket again, and compares every ID
    with the history, TIKTOK_DATA and the quarantine. It compares the ledger's counts and sums of IDs with the history,
    and TIKTOK_DATA with the newest row of each user in the history, and runs Step 7 in full. It changes nothing.

    The time grows with everything that was ever loaded. If the command is interrupted, the next one continues with the
    next object. Objects that were replaced or deleted since, or that S3 does not return, are counted and named, but
    are no failure.

    The exit code is 0 if everything is equal, and 1 otherwise. The message names the object or the user.
    """
    read_settings_of_a_used_home()
    run_job("verify", {"verification": {"from_start": from_start}}, output)
