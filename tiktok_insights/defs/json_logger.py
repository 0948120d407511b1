"""A run's log for machines: each event as a JSON line, and after each step and run a line with its metrics.

Here Dagster's events are read: names, classes and numbers, but no text of an exception or a check. How a line is made
belongs in `observability`. How a log reads in a terminal belongs in loggers.py.
"""

import logging
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from tiktok_insights.alerts.causes import name_of, our_line
from tiktok_insights.defs.checks import offenders_of
from tiktok_insights.observability.log_lines import line_of, secrets_of
from tiktok_insights.observability.metric_lines import RunMetrics
from tiktok_insights.settings.environment import read_settings

#: The logger's name in a run's config.
JSON = "json"
_RUN_ENDS = {dg.DagsterEventType.RUN_SUCCESS, dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_CANCELED}


class _JsonLines(logging.Handler):
    """Writes the lines of one run to standard error."""

    def __init__(self, secrets: tuple[str, ...], run: Mapping[str, str], metrics: RunMetrics) -> None:
        super().__init__()
        self._secrets = secrets
        self._run = run
        self._metrics = metrics
        self._began: float | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record's line, and those of the metrics that are known with it."""
        facts: Mapping[str, Any] = getattr(record, "dagster_meta", {})
        event: dg.DagsterEvent | None = facts.get("dagster_event")
        self._began = record.created if self._began is None else self._began
        at = datetime.fromtimestamp(record.created, UTC)
        head = {"time": at.isoformat(timespec="milliseconds"), "level": record.levelname, **self._run}
        head |= {"step": facts.get("step_key") or ""}
        if event is None and record.levelno < logging.INFO:
            return
        if event is None:
            said = facts.get("orig_message") or record.getMessage()
            self._write(line_of({**head, "event": "LOG", "message": said}, self._secrets))
            return
        self._write(line_of({**head, "event": event.event_type_value, **_told_by(event)}, self._secrets))
        for line in self._metric_lines(event, record.created - self._began, at):
            self._write(line)

    def _metric_lines(self, event: dg.DagsterEvent, seconds: float, at: datetime) -> Iterator[str]:
        step = event.step_key or ""
        if told := _asset_event(event):
            self._metrics.note(step, told.asset_key.to_user_string(), _numbers(told.metadata))
        elif event.is_step_success:
            took = event.step_success_data.duration_ms / 1000
            yield self._metrics.step_line(step, took, at, failed=False)
        elif event.is_step_failure:
            yield self._metrics.step_line(step, None, at, failed=True)
        elif event.event_type in _RUN_ENDS:
            yield self._metrics.run_line(seconds, at, failed=event.event_type is dg.DagsterEventType.RUN_FAILURE)

    @staticmethod
    def _write(line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def make_json_logger() -> dg.LoggerDefinition:
    """Make the logger for machines.

    Dagster opens a logger for a run and another one for its steps; what both know of a run is kept here meanwhile.
    """
    metrics_of: dict[str, RunMetrics] = {}

    @dg.logger(None, "One JSON object per event on standard error, and metrics in CloudWatch's embedded metric format.")
    def json_logger(context: dg.InitLoggerContext) -> logging.Logger:
        """Log for machines."""
        settings = read_settings()
        run = {"run_id": context.run_id or "", "job": context.job_def.name if context.job_def else ""}
        metrics = metrics_of.setdefault(run["run_id"], RunMetrics(settings.s3.bucket, run["job"], run["run_id"]))
        # Not getLogger's, as in loggers.py. Dagster logs most of its events as DEBUG.
        logger = logging.Logger("tiktok_insights.json", logging.DEBUG)  # noqa: LOG001
        logger.addHandler(_JsonLines(secrets_of(settings), run, metrics))
        return logger

    return json_logger


def _told_by(event: dg.DagsterEvent) -> dict[str, object]:
    """What is in the line of an event beside its type."""
    if told := _asset_event(event):
        return {"asset": told.asset_key.to_user_string(), "numbers": _numbers(told.metadata)}
    if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
        check = event.asset_check_evaluation_data
        said = {"asset": check.asset_key.to_user_string(), "check": check.check_name, "passed": check.passed}
        return {**said, "severity": check.severity.value, "offenders": len(offenders_of(check))}
    if event.is_step_failure and (error := event.step_failure_data.error):
        cause = error.cause or error
        return {"error": name_of(cause.cls_name), "place": our_line("".join(cause.stack))}
    return {}


def _asset_event(event: dg.DagsterEvent) -> dg.AssetMaterialization | dg.AssetObservation | None:
    """What a step tells of an asset: that it made it or, where it failed, what that has used."""
    if event.is_step_materialization:
        return event.step_materialization_data.materialization
    is_observed = event.event_type is dg.DagsterEventType.ASSET_OBSERVATION
    return event.asset_observation_data.asset_observation if is_observed else None


def _numbers(metadata: Mapping[str, dg.MetadataValue]) -> dict[str, float]:
    values = {name: entry.value for name, entry in metadata.items()}
    return {
        name: value for name, value in values.items() if isinstance(value, int | float) and not isinstance(value, bool)
    }
