"""A job in this process, on Dagster's own instance, so that the UI has the run too; and its summary."""

import json
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from tiktok_insights.cli.progress_bars import progress_shown
from tiktok_insights.runtime import dagster_home
from tiktok_insights.settings.environment import read_settings, set_dagster_home

if TYPE_CHECKING:
    import dagster as dg


def run_job(
    job: str, ops: Mapping[str, Mapping[str, object]], output: str = "table", *, to_stderr: bool = False
) -> None:
    """Run a job with the assets' settings (by asset) and print the summary; exit with 1 when the run failed.

    With the output `json` the summary is one object on standard output, and whatever else is said is on standard error.
    """
    to_stderr = to_stderr or output == "json"
    settings = read_settings()
    dagster_home.prepare(settings.dagster_home)
    set_dagster_home(settings)
    click.echo(f"Running {job} ({settings.deployment.value}). The first start takes some seconds.", err=to_stderr)
    started = time.monotonic()
    with progress_shown(job):
        summary = _execute(job, {name: {"config": dict(config)} for name, config in ops.items()})
    seconds = time.monotonic() - started
    if output == "json":
        click.echo(json.dumps(summary.document(seconds), ensure_ascii=False))
    else:
        click.echo(summary.text(seconds), err=to_stderr)
    if not summary.succeeded:
        sys.exit(1)


@contextmanager
def _instance() -> "Iterator[dg.DagsterInstance]":
    """Dagster's instance, which leaves the terminal to us.

    Its capture of a step's output would pass it on up to a second late, or never its end; and at Ctrl-C the processes
    that it needs for that print tracebacks.
    """
    import dagster as dg

    with dg.DagsterInstance.get() as instance:
        ref = instance.get_ref()
    module, name = "dagster._core.storage.noop_compute_log_manager", "NoOpComputeLogManager"
    no_capture = ref.compute_logs_data._replace(module_name=module, class_name=name, config_yaml="{}")
    with dg.DagsterInstance.from_ref(ref._replace(compute_logs_data=no_capture)) as instance:
        yield instance


def _execute(job: str, ops: dict[str, Any]) -> Any:
    import dagster as dg

    from tiktok_insights import definitions
    from tiktok_insights.cli.summary import Summary

    made = definitions.defs()
    # By it the UI's page of the job knows its runs; Dagster gives it to those only that its own servers start.
    label = {".dagster/repository": f"{made.get_repository_def().name}@{definitions.__name__}"}
    run_config: dict[str, Any] = {"loggers": {"brief": {}}, **({"ops": ops} if ops else {})}
    with warnings.catch_warnings(), _instance() as instance:
        warnings.simplefilter("ignore", dg.BetaWarning)
        result = made.resolve_job_def(job).execute_in_process(
            run_config, instance=instance, raise_on_error=False, tags=label
        )
    return Summary(result, read_settings())
