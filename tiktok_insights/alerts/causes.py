"""The alerts by their causes: each function gives one, made of fixed sentences and names from the code.

When a cause is there belongs in `defs`, which sees runs and materializations.
"""

import re
from datetime import datetime, timedelta

from tiktok_insights.alerts.alert import Alert, AlertKind

#: Subjects that are always the same.
TABLE, API, TEST = "TIKTOK_DATA", "TikTok API", ""
_OUR_LINE = re.compile(r"(tiktok_insights/(?:[A-Za-z_0-9]+/)*[A-Za-z_0-9]+\.py)\", line (\d+)")
_NAME = re.compile(r"[A-Za-z_][\w.-]{0,79}", re.ASCII)


def name_of(text: str | None) -> str:
    """Give a name from code, such as an exception's class; what is no name is not passed on."""
    return text if text and _NAME.fullmatch(text) else "an unnamed error"


def our_line(stack: str) -> str:
    """Give the deepest line of ours in a traceback, such as `tiktok_insights/raw/plan.py:12`; '' if there is none."""
    found = _OUR_LINE.findall(stack)
    return "{}:{}".format(*found[-1]) if found else ""


def run_failure(*, job: str, run_id: str, step: str, error: str, line: str, at: datetime) -> Alert:
    """A run failed in a step, with an exception of this class; both are empty if it ended without one."""
    place = ", ".join(part for part in (f"run {run_id[:8]}", step and f"step {step}", line) if part)
    return Alert(
        kind=AlertKind.RUN_FAILURE,
        subject=job,
        variant=f"{step} {error}",
        cause=f"The run ended with {error}." if error else "The run was ended from outside, or could not start.",
        place=place,
        next_step="Open the run in the Dagster UI: it has the whole message. docs/troubleshooting.md explains "
        + (f"{error}." if error else "what to do."),
        at=at,
    )


def red_check(*, asset: str, check: str, run_id: str, offenders: int, blocks: bool, at: datetime) -> Alert:
    """A check of an asset is red; `blocks` says whether it failed its run."""
    found = f" Offenders: {offenders}." if offenders else ""
    return Alert(
        kind=AlertKind.RED_CHECK,
        subject=f"{asset}.{check}",
        variant="blocking" if blocks else "not blocking",
        cause=f"The check {check} is red.{found} " + ("It failed its run." if blocks else "The data is published."),
        place=f"asset {asset}, run {run_id[:8]}",
        next_step=f"Open the check in the Dagster UI. docs/troubleshooting.md explains {check}.",
        at=at,
    )


def stale_data(*, loaded_at: datetime, hours: float) -> Alert:
    """Nothing was loaded for longer than it should take."""
    return Alert(
        kind=AlertKind.STALE_DATA,
        subject=TABLE,
        cause=f"No snapshot or file was loaded for {hours:g} hours; the last load was {loaded_at:%Y-%m-%d %H:%M} UTC.",
        place=f"table {TABLE}",
        next_step="Look in the Dagster UI whether daily_schedule and new_s3_objects_sensor are on, and how their last "
        "runs ended.",
        at=loaded_at + timedelta(hours=hours),
    )


def quota_nearly_spent(*, left: int, limit: int, percent: float, at: datetime) -> Alert:
    """The API's plan has little left."""
    return Alert(
        kind=AlertKind.QUOTA,
        subject=API,
        cause=f"The plan has {left:,} of {limit:,} requests left, which is less than {percent:g}%.",
        place="asset raw_followers",
        next_step="Extract fewer accounts or less often, use --incremental, or book a larger plan. "
        "tiktok-insights plan says what the next run needs.",
        at=at,
    )


def glue_over_time(*, job: str, run_id: str, minutes: float, started: datetime) -> Alert:
    """A run of the Glue job has been going on for longer than it should take."""
    return Alert(
        kind=AlertKind.GLUE_TIME,
        subject=name_of(job),
        variant=run_id,
        cause=f"A run of the Glue job takes longer than {minutes:g} minutes. It goes on, and costs money.",
        place=f"Glue job {name_of(job)}, job run {name_of(run_id)}",
        next_step="Look at the job run in the AWS console. Cancel the Dagster run to stop it, or raise "
        "ALERT_GLUE_MINUTES.",
        at=started + timedelta(minutes=minutes),
    )


def test_alert(at: datetime) -> Alert:
    """Nothing is wrong: someone tries whether alerts arrive."""
    return Alert(
        kind=AlertKind.TEST,
        subject=TEST,
        cause="Someone ran tiktok-insights alert --test. Nothing is wrong.",
        place="the command line",
        next_step="Nothing has to be done.",
        at=at,
    )
