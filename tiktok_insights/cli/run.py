"""`tiktok-insights run`: a job in this process, and a summary that a person understands."""

import click

from tiktok_insights.cli.commands import format_option
from tiktok_insights.cli.execution import run_job
from tiktok_insights.settings.environment import read_settings

JOBS = ("tiktok_pipeline", "load_pending_objects")
ENGINES = ("auto", "local", "glue")


@click.command()
@click.option(
    "--job", type=click.Choice(JOBS), default=JOBS[0], help="The whole pipeline, or everything from the catalog onward."
)
@click.option(
    "--account", "accounts", multiple=True, help="Handle or secUid. Can be repeated. Default: TIKTOK_ACCOUNTS."
)
@click.option("--force-new-snapshot", is_flag=True, help="Read whole lists again, even if a snapshot is fresh.")
@click.option("--incremental", is_flag=True, help="Read only what earlier snapshots do not cover.")
@click.option("--accounts-only", is_flag=True, help="Read no list, only each account's totals: one request each.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    help="What stages the pending objects: this machine, or the Glue job. The result is the same.",
)
@format_option("json")
def run(
    job: str,
    accounts: tuple[str, ...],
    engine: str,
    output: str,
    *,
    force_new_snapshot: bool,
    incremental: bool,
    accounts_only: bool,
) -> None:
    """Run the pipeline and print a summary.

    This is a Dagster run: the UI shows it with its log, and it has the same settings as in the Launchpad. Snapshots
    younger than 20 hours are reused, and open ones are resumed, so repeating a run makes no requests for data that is
    already stored.

    A terminal shows progress bars; NO_COLOR and CI are respected. --format json prints one object with accounts, table,
    checks and failures to standard output, and everything else to standard error.

    The exit code is 0 if the run succeeded, and 1 if it failed or a blocking check is red. A refused file makes it 1 in
    the run that refused it, after everything else is published.
    """
    if engine == "glue":
        # Before anything is requested of the API.
        read_settings().glue_job.require_job()
    extraction = {
        "accounts": list(accounts),
        "force_new_snapshot": force_new_snapshot,
        "incremental": incremental,
        "accounts_only": accounts_only,
    }
    staging = {"staged_tiktok_data": {"engine": engine}}
    run_job(job, {"raw_followers": extraction, **staging} if job == JOBS[0] else staging, output)
