"""A job in this process, on Dagster's own instance, so that the UI has the run too; and its summary."""

import json
import sys
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tiktok_insights.cli.event_engines import keep_event_engines
from tiktok_insights.cli.progress_bars import progress_bars
from tiktok_insights.cli.refusals import full_disk
from tiktok_insights.local import stack
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.resources.dagster_records import postgres_url
from tiktok_insights.runtime import dagster_home
from tiktok_insights.settings.environment import Deployment, Settings, read_settings, set_dagster_home

if TYPE_CHECKING:
    import dagster as dg


def run_job(
    job: str,
    ops: Mapping[str, Mapping[str, object]],
    output: str = "table",
    *,
    to_stderr: bool = False,
    show_next_steps: bool = True,
) -> None:
    """Run a job with the assets' settings (by asset) and print the summary; exit with 1 when the run failed.

    With the output `json` the summary is one object on standard output, and whatever else is said is on standard error.
    Otherwise it ends with what to type next, unless the caller says that.
    """
    to_stderr = to_stderr or output == "json"
    settings = read_settings()
    dagster_home.prepare(settings.dagster_home)
    set_dagster_home(settings)
    click.echo(f"Running {job} ({settings.deployment.value}). The first start takes a few seconds.", err=to_stderr)
    # What keeps it from starting is an error of this command, not of the run's first step.
    postgres_url(settings.dagster_home)
    if settings.deployment is Deployment.LOCAL:
        stack.ensure_running(settings.home)
    started = time.monotonic()
    with progress_bars(job) as progress:
        summary = _execute(settings, job, {name: {"config": dict(config)} for name, config in ops.items()}, progress)
    seconds = time.monotonic() - started
    if output == "json":
        click.echo(json.dumps(summary.document(seconds), ensure_ascii=False))
    else:
        click.echo(summary.text(seconds, show_next_steps=show_next_steps), err=to_stderr)
    if not summary.succeeded:
        if words := full_disk(settings):
            raise click.ClickException(words)
        sys.exit(1)


def _instance(home: Path) -> "dg.DagsterInstance":
    """Open Dagster's instance without its capture of a step's output, which the UI shows for runs that it launches.

    The capture passes the output on up to a second late, or never its end; and the processes that it needs print
    tracebacks at Ctrl-C.
    """
    import dagster as dg

    # The module's name is the one that Dagster documents for dagster.yaml.
    no_capture = {"module": "dagster.core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
    # With a folder of its own the instance is not temporary: its dagster.yaml is read, but for what is overridden.
    return dg.DagsterInstance.local_temp(str(home), overrides={"compute_logs": no_capture})


def _execute(settings: Settings, job: str, ops: dict[str, Any], progress: ProgressReporter) -> Any:
    import dagster as dg

    from tiktok_insights import definitions
    from tiktok_insights.cli.summary import Summary
    from tiktok_insights.defs.json_logger import JSON
    from tiktok_insights.runtime.orphaned_runs import CODE_SERVER_TAG

    made = definitions.defs()
    # By it the UI's page of the job knows its runs; Dagster gives it to those only that its own servers start.
    label = {".dagster/repository": f"{made.get_repository_def().name}@{definitions.__name__}"}
    if settings.code_server:
        label[CODE_SERVER_TAG] = settings.code_server
    logger = JSON if settings.logs_json else "brief"
    run_config: dict[str, Any] = {"loggers": {logger: {}}, **({"ops": ops} if ops else {})}
    with warnings.catch_warnings(), _instance(settings.dagster_home) as instance:
        warnings.simplefilter("ignore", dg.BetaWarning)
        keep_event_engines(instance)
        result = made.resolve_job_def(job).execute_in_process(
            run_config, instance=instance, raise_on_error=False, tags=label, resources={"progress": progress}
        )
    return Summary(result, settings)
