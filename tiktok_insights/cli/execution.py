"""A job in this process, on Dagster's own instance, so that the UI has the run too; and its summary."""

import io
import json
import os
import sys
import time
import warnings
from collections.abc import Mapping
from contextlib import redirect_stderr
from typing import Any

import click

from tiktok_insights.cli.progress import progress_shown
from tiktok_insights.resources import dagster_home
from tiktok_insights.resources.deployments import read_settings, set_dagster_home

_STDERR = 2


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
    with _UncapturedStderr() as stderr, redirect_stderr(stderr), progress_shown(job):
        summary = _execute(job, {name: {"config": dict(config)} for name, config in ops.items()})
    seconds = time.monotonic() - started
    if output == "json":
        click.echo(json.dumps(summary.document(seconds), ensure_ascii=False))
    else:
        click.echo(summary.text(seconds), err=to_stderr)
    if not summary.succeeded:
        sys.exit(1)


class _UncapturedStderr(io.TextIOWrapper):
    """Standard error itself. Dagster's capture passes on what a step writes up to a second late, or never its end.

    The capture takes over the descriptor that `fileno` names, so that is not the one that is written to.
    """

    def __init__(self) -> None:
        super().__init__(os.fdopen(os.dup(_STDERR), "wb"), "utf-8", "backslashreplace", line_buffering=True)

    def fileno(self) -> int:
        """The descriptor that whoever captures may have."""
        return _STDERR


def _execute(job: str, ops: dict[str, Any]) -> Any:
    import dagster as dg

    from tiktok_insights import definitions
    from tiktok_insights.cli.summary import Summary

    made = definitions.defs()
    # By it the UI's page of the job knows its runs; Dagster gives it to those only that its own servers start.
    label = {".dagster/repository": f"{made.get_repository_def().name}@{definitions.__name__}"}
    run_config: dict[str, Any] = {"loggers": {"brief": {}}, **({"ops": ops} if ops else {})}
    with warnings.catch_warnings(), dg.DagsterInstance.get() as instance:
        warnings.simplefilter("ignore", dg.BetaWarning)
        result = made.resolve_job_def(job).execute_in_process(
            run_config, instance=instance, raise_on_error=False, tags=label
        )
    return Summary(result, read_settings())
