"""`tiktok-insights run`: a job in this process, and a summary that a person understands."""

import sys
import time
import warnings
from typing import Any

import click

from tiktok_insights.resources import dagster_home
from tiktok_insights.resources.deployments import read_settings, set_dagster_home

JOBS = ("tiktok_pipeline", "load_pending_objects")


@click.command()
@click.option("--job", type=click.Choice(JOBS), default=JOBS[0], help="Everything, or from the catalog on.")
@click.option(
    "--account", "accounts", multiple=True, help="Handle or secUid; may be repeated. Default: TIKTOK_ACCOUNTS."
)
@click.option("--force-new-snapshot", is_flag=True, help="Ask for whole lists again, though a snapshot is fresh.")
def run(job: str, accounts: tuple[str, ...], *, force_new_snapshot: bool) -> None:
    """Run the pipeline and sum up what came of it.

    The run is Dagster's: the UI shows it with its log, and its settings are those of the Launchpad. A snapshot younger
    than 20 hours is used again, and an open one is carried on, so a repeated run spends no request for what is there.

    The exit code is 0 when the run succeeded, and 1 when it failed or a blocking check is red; `TIKTOK_DATA` is then as
    it was before.
    """
    settings = read_settings()
    dagster_home.prepare(settings.dagster_home)
    set_dagster_home(settings)
    click.echo(f"Running {job} ({settings.deployment.value}). The first start takes some seconds.")
    started = time.monotonic()
    summary = _execute(job, list(accounts), force_new_snapshot=force_new_snapshot)
    click.echo(summary.text(time.monotonic() - started))
    if not summary.succeeded:
        sys.exit(1)


def _execute(job: str, accounts: list[str], *, force_new_snapshot: bool) -> Any:
    """Run the job in this process on Dagster's instance, so that the UI has it too."""
    import dagster as dg

    from tiktok_insights.cli.summary import Summary
    from tiktok_insights.definitions import defs

    config = {"accounts": accounts, "force_new_snapshot": force_new_snapshot}
    run_config: dict[str, Any] = {"loggers": {"brief": {}}}
    if job == JOBS[0]:
        run_config["ops"] = {"raw_followers": {"config": config}}
    with warnings.catch_warnings(), dg.DagsterInstance.get() as instance:
        warnings.simplefilter("ignore", dg.BetaWarning)
        result = defs().resolve_job_def(job).execute_in_process(run_config, instance=instance, raise_on_error=False)
    return Summary(result, read_settings())
