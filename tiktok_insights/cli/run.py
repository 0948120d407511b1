"""`tiktok-insights run`: a job in this process, and a summary that a person understands."""

import click

from tiktok_insights.cli.commands import format_option
from tiktok_insights.cli.execution import run_job

JOBS = ("tiktok_pipeline", "load_pending_objects")


@click.command()
@click.option("--job", type=click.Choice(JOBS), default=JOBS[0], help="Everything, or from the catalog on.")
@click.option(
    "--account", "accounts", multiple=True, help="Handle or secUid; may be repeated. Default: TIKTOK_ACCOUNTS."
)
@click.option("--force-new-snapshot", is_flag=True, help="Ask for whole lists again, though a snapshot is fresh.")
@format_option("json")
def run(job: str, accounts: tuple[str, ...], output: str, *, force_new_snapshot: bool) -> None:
    """Run the pipeline and sum up what came of it.

    The run is Dagster's: the UI shows it with its log, and its settings are those of the Launchpad. A snapshot younger
    than 20 hours is used again, and an open one is carried on, so a repeated run spends no request for what is there.

    At a terminal, bars show how far it is; NO_COLOR and CI are respected. --format json prints one object with
    accounts, table, checks and failures on standard output, and all else on standard error.

    The exit code is 0 when the run succeeded, and 1 when it failed or a blocking check is red. What the audit refuses
    is not in `TIKTOK_DATA`.
    """
    extraction = {"accounts": list(accounts), "force_new_snapshot": force_new_snapshot}
    run_job(job, {"raw_followers": extraction} if job == JOBS[0] else {}, output)
