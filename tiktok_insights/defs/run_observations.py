"""What a run that has ended says of its job and of the checks, for alerts.

Only names and numbers are read here; the message of an exception and the offenders of a check are not. How an alert
reads belongs in `alerts.causes`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from tiktok_insights.alerts.alert import Alert, AlertKind, Observation, Recovery
from tiktok_insights.alerts.causes import name_of, our_line, red_check, run_failure
from tiktok_insights.defs.checks import offenders_of
from tiktok_insights.runtime.orphaned_runs import CUT_OFF_TAG

#: Dagster's error of a step whose blocking check is red: the check says it.
_CHECK_FAILED = "DagsterAssetCheckFailedError"
#: What stands for the error of a run whose process is gone.
_CUT_OFF = "ProcessGone"
#: How a run may have ended.
ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def observations_of(instance: dg.DagsterInstance, record: dg.RunRecord) -> Iterator[Observation]:
    """What a run that has ended says. A canceled run says nothing of its job: a person has canceled it."""
    run = record.dagster_run
    ended = ended_at(record)
    if run.status is dg.DagsterRunStatus.SUCCESS:
        yield Recovery(AlertKind.RUN_FAILURE, run.job_name, ended)
    elif run.status is dg.DagsterRunStatus.FAILURE and (failure := _failure(instance, run, ended)):
        yield failure
    records = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
    for entry in (record.event_log_entry for record in records):
        if event := entry.dagster_event:
            yield _of_check(event.asset_check_evaluation_data, run.run_id, datetime.fromtimestamp(entry.timestamp, UTC))


def ended_at(record: dg.RunRecord) -> datetime:
    """When a run ended; when it was last written where Dagster does not know."""
    return datetime.fromtimestamp(record.end_time, UTC) if record.end_time else record.update_timestamp


def _failure(instance: dg.DagsterInstance, run: dg.DagsterRun, ended: datetime) -> Alert | None:
    """Why the run failed; None where only checks are red, each of which is an alert of its own."""
    records = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records
    failures = [event for record in records if (event := record.event_log_entry.dagster_event)]
    step, error, line = "", "", ""
    for event in failures:
        serialized = event.step_failure_data.error
        if serialized is None:
            step = step or event.step_key or ""
            continue
        cause = serialized.cause or serialized
        if cause.cls_name != _CHECK_FAILED:
            step, error, line = event.step_key or "", name_of(cause.cls_name), our_line("".join(cause.stack))
            break
    if failures and not step:
        return None
    if CUT_OFF_TAG in run.tags:
        error = _CUT_OFF
    return run_failure(job=run.job_name, run_id=run.run_id, step=step, error=error, line=line, at=ended)


def _of_check(evaluation: dg.AssetCheckEvaluation, run_id: str, at: datetime) -> Observation:
    asset, check = evaluation.asset_key.to_user_string(), evaluation.check_name
    if evaluation.passed:
        return Recovery(AlertKind.RED_CHECK, f"{asset}.{check}", at)
    return red_check(
        asset=asset,
        check=check,
        run_id=run_id,
        offenders=len(offenders_of(evaluation)),
        blocks=bool(evaluation.blocking),
        at=at,
    )
