"""`tiktok-insights local ...`: the commands that start, stop, show and delete the local stack. No logic but wording."""

import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path

import click

from tiktok_insights.cli.commands import Commands, format_option
from tiktok_insights.local import stack

_STOPPED = 3
# Left over in a shell from work with a real account, they would win over what `env` prints.
_IN_THE_WAY = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_GLUE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "SNOWFLAKE_PRIVATE_KEY",
)


@click.group(cls=Commands)
def local() -> None:
    """Manage the local stack.

    The stack is one background process on 127.0.0.1 that simulates the TikTok API, AWS and Snowflake, so the whole
    pipeline runs without any account. You do not have to start it: commands that need it do. When it is stopped or
    killed, its data stays in the project's .local folder. It restarts on the same ports.
    """


@local.command()
@format_option("json")
@click.pass_obj
def start(home: Path, output: str) -> None:
    """Start the stack and show its addresses.

    Does nothing else if the stack is already running.
    """
    endpoints = stack.ensure_running(home)
    if output == "json":
        _print_json(stack.status(home))
        return
    click.echo(f"The local stack is running (process {endpoints.pid}).")
    _show(endpoints)


@local.command()
@click.pass_obj
def stop(home: Path) -> None:
    """Stop the stack.

    Its data is kept for the next start.
    """
    click.echo(stack.stop(home))


@local.command()
@format_option("json")
@click.pass_obj
def status(home: Path, output: str) -> None:
    """Show whether the stack is running.

    Checks that each of its servers responds. The exit code is 0 if all of them respond, 1 if the stack is running but a
    server does not respond, and 3 if the stack is stopped.
    """
    found = stack.status(home)
    if output == "json":
        _print_json(found)
    else:
        _print_status(found, home)
    if found.endpoints is None:
        sys.exit(_STOPPED)
    silent = [name for name, responds in found.responding.items() if not responds]
    if silent:
        raise click.ClickException(
            f"No response from: {', '.join(silent)}. See the log, {found.log}, then run: tiktok-insights local stop"
        )


@local.command()
@click.pass_obj
def env(home: Path) -> None:
    """Print the stack's environment variables.

    They point any AWS or Snowflake client at the stack. Starts the stack if necessary.

    \b
    Use it in a separate shell:
        eval "$(tiktok-insights local env)"
        aws s3 ls s3://project-with-tiktok-data/
    """  # noqa: D301  # click's mark of lines to leave as they are
    is_new = not stack.exists(home)
    endpoints = stack.ensure_running(home)
    if is_new:
        click.echo(
            f"Note: this is a new, empty local stack in {home}. For another one, change to its folder or set "
            "TIKTOK_INSIGHTS_HOME.",
            err=True,
        )
    click.echo(f"unset {' '.join(_IN_THE_WAY)}")
    for name, value in stack.client_environment(endpoints).items():
        click.echo(f"export {name}={shlex.quote(value)}")


@local.command()
@click.option("--keep-bucket", is_flag=True, help="Delete only the tables and the Glue catalog, which a run restores.")
@click.option("--yes", is_flag=True, help="Skip the confirmation.")
@click.pass_obj
def reset(home: Path, *, keep_bucket: bool, yes: bool) -> None:
    """Stop the stack and delete all its data.

    Deletes objects, tables, secrets and followers. Nothing outside the stack's folder is changed: Dagster's runs and
    your settings are kept.

    With --keep-bucket, only the tables and the Glue catalog are deleted. Afterwards,
    `tiktok-insights run --job load_pending_objects` loads everything in the bucket again. This restores the
    table, its history and the ledger, except for versions of objects that were replaced or deleted.
    """
    if not yes:
        what = "tables and Glue catalog" if keep_bucket else "data"
        size = "" if keep_bucket else f" ({stack.status(home).bytes_on_disk / 1e6:,.1f} MB)"
        click.confirm(f"Delete the local stack's {what} in {home / 'stack'}{size}?", abort=True)
    click.echo(stack.reset(home, keep_bucket=keep_bucket))
    if keep_bucket:
        click.echo("The bucket's objects are kept. To load them again: tiktok-insights run --job load_pending_objects")


def _print_status(found: stack.Status, home: Path) -> None:
    if not found.log.parent.exists():
        click.echo(
            f"There is no local stack in {home}. Change to your project's folder, or set TIKTOK_INSIGHTS_HOME. "
            "To start a stack here: tiktok-insights local start"
        )
        return
    size = f"{found.bytes_on_disk / 1e6:,.1f} MB on disk"
    if found.endpoints is None:
        click.echo(
            f"The local stack in {home} is stopped; {size}. It starts automatically, or with: "
            "tiktok-insights local start"
        )
        return
    uptime = f"up {found.uptime_seconds:,.0f} s"
    click.echo(f"The local stack in {home} is running (process {found.endpoints.pid}), {uptime}; {size}.")
    _show(found.endpoints)


def _print_json(found: stack.Status) -> None:
    facts = {
        "running": found.running,
        "endpoints": None if found.endpoints is None else asdict(found.endpoints),
        "uptime_seconds": round(found.uptime_seconds, 1),
        "bytes_on_disk": found.bytes_on_disk,
        "responding": found.responding,
        "log": str(found.log),
    }
    click.echo(json.dumps(facts))


def _show(endpoints: stack.Endpoints) -> None:
    click.echo(f"  TikTok API  {endpoints.tiktok_api}")
    click.echo(f"  AWS         {endpoints.aws}")
    click.echo(f"  Snowflake   http://{endpoints.snowflake_host}:{endpoints.snowflake_port}")
