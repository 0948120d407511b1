"""Runs a job as a person types it, `dagster job execute`, and the job that does nothing, for comparison."""

from collections.abc import Mapping

from benchmarks.children import Measured, run_command

_EXECUTE = ("dagster", "job", "execute", "-m")


def run_job(environment: Mapping[str, str], job: str = "load_pending_objects") -> Measured:
    """One of our jobs: all of its time and memory, with Dagster, all libraries and all checks."""
    return run_command((*_EXECUTE, "tiktok_insights.definitions", "-j", job), environment)


def run_empty_job(environment: Mapping[str, str]) -> Measured:
    """The job that does nothing, with as many assets and checks as `load_pending_objects` and the same libraries."""
    return run_command((*_EXECUTE, "benchmarks.empty_job", "-j", "empty_job"), environment)
