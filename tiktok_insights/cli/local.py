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
_IN_THE_WAY = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "SNOWFLAKE_PRIVATE_KEY")


@click.group(cls=Commands)
def local() -> None:
    """The local stack: the TikTok API, AWS and Snowflake on this machine.

    One background process on 127.0.0.1 plays all three, so the whole pipeline runs with no account anywhere. You need
    not start it: whatever needs it does. It keeps its data, below the project's .local folder, when it is stopped or
    killed, and starts on the same ports again.
    """


@local.command()
@format_option("json")
@click.pass_obj
def start(home: Path, output: str) -> None:
    """Start the stack, unless it runs, and say where it listens."""
    endpoints = stack.ensure_running(home)
    if output == "json":
        _print_json(stack.status(home))
        return
    click.echo(f"The local stack runs (process {endpoints.pid}).")
    _show(endpoints)


@local.command()
@click.pass_obj
def stop(home: Path) -> None:
    """End the stack's process. Its data stay, and the next start finds them."""
    click.echo(stack.stop(home))


@local.command()
@format_option("json")
@click.pass_obj
def status(home: Path, output: str) -> None:
    """Say whether the stack runs and each of its servers answers.

    The exit code is 0 when it runs and all answer, 1 when it runs and one does not, and 3 when it is stopped.
    """
    found = stack.status(home)
    if output == "json":
        _print_json(found)
    else:
        _print_status(found)
    if found.endpoints is None:
        sys.exit(_STOPPED)
    silent = [name for name, answers in found.answers.items() if not answers]
    if silent:
        raise click.ClickException(
            f"No answer from: {', '.join(silent)}. The log is {found.log}. Then: tiktok-insights local stop"
        )


@local.command()
@click.pass_obj
def env(home: Path) -> None:
    """Print the lines that point any AWS or Snowflake client at the stack, which is started if it must be.

    \b
    Use it in a shell of its own:
        eval "$(tiktok-insights local env)"
        aws s3 ls s3://project-with-tiktok-data/
    """  # noqa: D301  # click's mark of lines to leave as they are
    endpoints = stack.ensure_running(home)
    click.echo(f"unset {' '.join(_IN_THE_WAY)}")
    for name, value in stack.client_environment(endpoints).items():
        click.echo(f"export {name}={shlex.quote(value)}")


@local.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def reset(home: Path, *, yes: bool) -> None:
    """Stop the stack and delete all its data: objects, tables, secrets, followers.

    Nothing outside the stack's own folder is touched: Dagster's runs and your settings stay.
    """
    if not yes:
        size = stack.status(home).bytes_on_disk
        click.confirm(f"Delete the local stack's data in {home / 'stack'} ({size / 1e6:,.1f} MB)?", abort=True)
    click.echo(stack.reset(home))


def _print_status(found: stack.Status) -> None:
    size = f"{found.bytes_on_disk / 1e6:,.1f} MB on disk"
    if found.endpoints is None:
        click.echo(f"The local stack is stopped; {size}. It starts by itself, or with: tiktok-insights local start")
        return
    click.echo(f"The local stack runs (process {found.endpoints.pid}), up {found.uptime_seconds:,.0f} s; {size}.")
    _show(found.endpoints)


def _print_json(found: stack.Status) -> None:
    facts = {
        "running": found.running,
        "endpoints": None if found.endpoints is None else asdict(found.endpoints),
        "uptime_seconds": round(found.uptime_seconds, 1),
        "bytes_on_disk": found.bytes_on_disk,
        "answers": found.answers,
        "log": str(found.log),
    }
    click.echo(json.dumps(facts))


def _show(endpoints: stack.Endpoints) -> None:
    click.echo(f"  TikTok API  {endpoints.tiktok_api}")
    click.echo(f"  AWS         {endpoints.aws}")
    click.echo(f"  Snowflake   http://{endpoints.snowflake_host}:{endpoints.snowflake_port}")
