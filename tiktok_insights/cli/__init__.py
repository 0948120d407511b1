"""The command line `tiktok-insights`: wording and exit codes. What the commands do is in the library."""

import click

from tiktok_insights.cli.alert import alert
from tiktok_insights.cli.commands import Commands
from tiktok_insights.cli.dashboard import dashboard
from tiktok_insights.cli.demo import demo
from tiktok_insights.cli.doctor import doctor
from tiktok_insights.cli.expire import expire
from tiktok_insights.cli.export import export
from tiktok_insights.cli.forget import forget
from tiktok_insights.cli.glue import glue
from tiktok_insights.cli.init import init
from tiktok_insights.cli.local import local
from tiktok_insights.cli.orchestrator import orchestrator
from tiktok_insights.cli.plan import plan
from tiktok_insights.cli.powerbi import powerbi
from tiktok_insights.cli.probe import probe
from tiktok_insights.cli.rebuild import rebuild
from tiktok_insights.cli.refusals import require_usable
from tiktok_insights.cli.replay import replay
from tiktok_insights.cli.retry_refused import retry_refused
from tiktok_insights.cli.run import run
from tiktok_insights.cli.snowflake import snowflake
from tiktok_insights.cli.sql import sql
from tiktok_insights.cli.ui import stop, ui
from tiktok_insights.cli.verify import verify
from tiktok_insights.runtime.retry_hooks import remove_retry_hooks
from tiktok_insights.settings.env_file import load_env_file
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.settings.terminal import wants_no_colour


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tiktok-insights")
@click.pass_context
def main(context: click.Context) -> None:
    """Load TikTok followers into Snowflake.

    Reads follower lists from an HTTP API, audits the rows and publishes them as a table. Without any settings,
    everything runs on this machine: a fake TikTok API, S3, Glue and a warehouse start automatically.
    TIKTOK_INSIGHTS_DEPLOYMENT=aws runs the same code on AWS and Snowflake. Settings come from a .env file in the
    working directory or from the environment. If both set a variable, .env wins.

    \b
    Getting started:
        tiktok-insights run
        tiktok-insights sql "SELECT * FROM TIKTOK_DATA LIMIT 10"
        tiktok-insights dashboard --open
        tiktok-insights ui
        tiktok-insights stop

    \b
    Exit codes:
        0  succeeded
        1  failed; the message says what happened, where, and what to do (see docs/troubleshooting.md)
        2  usage error
        3  only from `local status`: the stack is stopped

    \b
    Shell completion, for example in bash (zsh and fish work the same way):
        eval "$(_TIKTOK_INSIGHTS_COMPLETE=bash_source tiktok-insights)"
    """  # noqa: D301  # click's mark of lines to leave as they are
    remove_retry_hooks()
    for name in load_env_file():
        click.echo(
            f"Note: {name} has different values in .env and in the environment. The one in .env is used.", err=True
        )
    if wants_no_colour():
        context.color = False
    if context.invoked_subcommand == "doctor":
        return  # It says of every setting what is wrong with it.
    context.obj = read_settings().home
    require_usable(context.obj)


for command in (
    init, plan, run, sql, export, forget, expire, dashboard, powerbi, glue, snowflake, ui, stop, local, retry_refused,
    replay, rebuild, verify, probe, doctor, alert, demo, orchestrator,
):  # fmt: skip
    main.add_command(command)
