"""How a run's log reads in a terminal."""

import logging
import sys
from collections.abc import Mapping
from typing import Any

import dagster as dg

from tiktok_insights.text.printable import printable


class _Brief(logging.Formatter):
    """Time, asset, message; Dagster's own prefix (job, run id, process) is in the UI."""

    def format(self, record: logging.LogRecord) -> str:
        facts = _facts(record)
        message = facts.get("orig_message") or record.getMessage()
        level = "" if record.levelno <= logging.INFO else f"{record.levelname}: "
        line = f"{self.formatTime(record, '%H:%M:%S')}  {facts.get('step_key') or 'run'}  {level}{message}"
        # A line break in a key must not start a new line.
        return printable(" ".join(line.splitlines()))


def _facts(record: logging.LogRecord) -> Mapping[str, Any]:
    return getattr(record, "dagster_meta", {})


def _is_event(record: logging.LogRecord) -> bool:
    return _facts(record).get("dagster_event") is not None


@dg.logger(None, "One short line per message on standard error: time, asset, message.")
def brief_logger(_: dg.InitLoggerContext) -> logging.Logger:
    """Log what the stages say. Dagster's own errors are in the summary, and with their tracebacks in the UI."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Brief())
    handler.addFilter(lambda record: record.levelno < logging.ERROR or not _is_event(record))
    # getLogger's would outlive the run, and with it all that it reaches: at the interpreter's very end DuckDB then
    # prints a page of what was not freed.
    logger = logging.Logger("tiktok_insights.brief", logging.INFO)  # noqa: LOG001
    logger.addHandler(handler)
    return logger
