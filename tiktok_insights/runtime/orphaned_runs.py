"""Runs whose process is gone, as after kill -9, a full memory or a power cut: found, and ended in Dagster's storage.

Dagster itself keeps such a run as started forever when the process that launched it is gone too: its slot in the
pool stays taken, and whatever waits for its end waits forever. Here its process is looked up instead, which is possible
only for runs whose processes are on this machine, or in this container. With SQLite that is every run. A database may
serve several machines: there, these are the runs of the code server beside which this process runs, by its address.
For all others a process ID means nothing, and `dagster/max_runtime` of the jobs ends them.
"""

import json

import dagster as dg
import psutil

#: On a run that was cut off: it did not fail by its own fault, so the same may be tried again.
CUT_OFF_TAG = "tiktok_insights/cut_off"
#: On a run of the command line: the address of the code server beside which it runs.
CODE_SERVER_TAG = "tiktok_insights/code_server"
#: Dagster notes in it where the code server is that executes a run.
_LAUNCHED_AT_TAG = ".dagster/grpc_info"
#: By its name, as Dagster does not export the class.
_SQLITE = "SqliteRunStorage"
#: Queued runs are no orphans: the next daemon launches them.
_IN_PROGRESS = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
#: Linux tells the boot time in whole seconds, and a process's birth relative to that.
_BIRTH_TOLERANCE_SECONDS = 2.0
#: How many of a run's first and newest events are read; its process speaks among them.
_SOME = 20


def reap_orphaned_runs(
    instance: dg.DagsterInstance, *, code_server: str = "", nobody_launches: bool = False
) -> list[dg.DagsterRun]:
    """End the runs whose process is gone, and give them; one query when no run is in progress.

    A run fails, or is canceled if that was asked for. One whose process lives is never touched, whoever started it.

    Args:
        instance: Dagster's instance.
        code_server: the address (host:port) of the code server on this machine; '' for none.
        nobody_launches: no daemon of this instance is alive, or the code server does not serve yet, so a run that is
            launched and has no process yet never will have one. Otherwise it is left to Dagster's run monitoring.

    """
    if not isinstance(instance.run_launcher, dg.DefaultRunLauncher):
        return []
    runs = instance.get_runs(filters=dg.RunsFilter(statuses=_IN_PROGRESS))
    if type(instance.run_storage).__name__ != _SQLITE:
        runs = [run for run in runs if code_server and _code_server_of(run) == code_server]
    return [run for run in runs if _reap(instance, run.run_id, nobody_launches=nobody_launches)]


def _code_server_of(run: dg.DagsterRun) -> str:
    """The address of the code server beside which a run's process is; '' where nothing says so."""
    try:
        launched_at = json.loads(run.tags.get(_LAUNCHED_AT_TAG, "{}"))
        return f"{launched_at['host']}:{launched_at['port']}"
    except (ValueError, KeyError, TypeError):
        return run.tags.get(CODE_SERVER_TAG, "")


def _reap(instance: dg.DagsterInstance, run_id: str, *, nobody_launches: bool) -> bool:
    trace = _trace(instance, run_id)
    if trace is None and not nobody_launches:
        return False
    if trace is not None and _lives(*trace):
        return False
    # Read again: the process may have ended the run, and then itself, since the first look.
    run = instance.get_run_by_id(run_id)
    if run is None or run.status not in _IN_PROGRESS:
        return False
    gone = "the process that launched it" if trace is None else f"its process {trace[0]}"
    message = (
        f"This run was interrupted: {gone} is gone, for example after a crash, kill -9 or a restart of the machine. "
        "What it stored is kept. new_s3_objects_sensor launches a run that loads the CSV objects that are not loaded "
        "yet. An extraction resumes after its last stored page the next time tiktok_pipeline runs."
    )
    # Before the status, so that whoever sees the run's end sees the tag.
    instance.add_run_tags(run_id, {CUT_OFF_TAG: "true"})
    if run.status is dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, message)
    else:
        instance.report_run_failed(run, message)
    return True


def _trace(instance: dg.DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """The run's process and when it last wrote, in seconds since 1970; None if it has not written yet.

    The last word and not the first: should the clock be put forward meanwhile, as when a virtual machine wakes up, the
    process seems to have begun after its first words, but not after those that follow the change.
    """
    first = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT, limit=_SOME).records
    newest = instance.get_records_for_run(run_id, limit=_SOME, ascending=False).records
    ids = (_process_id(record.event_log_entry.dagster_event) for record in first)
    process = next((found for found in ids if found is not None), None)
    if process is None:
        return None
    entries = [record.event_log_entry for record in (*first, *newest)]
    # What the pipeline's code logs is no event of Dagster's; what others write about the run names no process.
    own = [entry for entry in entries if entry.dagster_event is None or _process_id(entry.dagster_event) == process]
    return process, max(entry.timestamp for entry in own)


def _process_id(event: dg.DagsterEvent | None) -> int | None:
    """The process that wrote an event while it executed a run."""
    if event is None:
        return None
    if event.pid is None and event.event_type is dg.DagsterEventType.ENGINE_EVENT:
        noted = event.engine_event_data.metadata.get("pid")
        return None if noted is None else int(str(noted.value))
    return event.pid


def _lives(process_id: int, last_word: float) -> bool:
    """Whether the process is there, and is not another one that was given the same id later."""
    try:
        process = psutil.Process(process_id)
        born = process.create_time() - _BIRTH_TOLERANCE_SECONDS
        return process.status() != psutil.STATUS_ZOMBIE and born <= last_word
    except psutil.NoSuchProcess:
        return False
