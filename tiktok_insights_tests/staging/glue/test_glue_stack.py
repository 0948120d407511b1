"""The engine glue on a local stack of its own: as a user types it, and when the whole stack is killed at any effect."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from tiktok_insights.local import stack
from tiktok_insights.resources.opening import open_bucket
from tiktok_insights.settings.environment import Settings
from tiktok_insights.staging.quarantine import QUARANTINE_PREFIX
from tiktok_insights.tables.definitions import STAGED_OBJECTS, STAGED_TIKTOK_DATA
from tiktok_insights_tests.staging.glue.test_two_databases import rows_of
from tiktok_insights_tests.support.campaigns import Size
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import Moment, changes_something
from tiktok_insights_tests.support.glue_effects import wrong_of
from tiktok_insights_tests.support.glue_stack import GlueStack, glue_stack_in, job_runs, load
from tiktok_insights_tests.support.history import Tables
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.waiting import wait_until
from tiktok_insights_tests.test_reboot import Machine

pytestmark = pytest.mark.spark

BEFORE, AFTER, LOST = Moment.BEFORE, Moment.AFTER, Moment.ANSWER_LOST
#: The requests of a load after which something is different, where they come from, and when the stack is killed there.
EFFECTS = (
    ("launcher", "S3 PUT glue/manifests/", AFTER),
    ("launcher", "Glue StartJobRun", BEFORE),
    ("launcher", "Glue StartJobRun", LOST),
    ("job", "S3 PUT quarantine/", LOST),
    ("job", "PUT", AFTER),
    ("job", "DELETE FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA", AFTER),
    ("job", "COPY INTO", LOST),
    ("job", "COMMIT", LOST),
    ("job", "REMOVE", AFTER),
    ("job", "S3 PUT glue/results/", AFTER),
    ("launcher", "INSERT INTO PUBLIC.LOAD_BATCHES", AFTER),
    ("launcher", "COMMIT", LOST),
    ("launcher", "S3 DELETE glue/manifests/", AFTER),
    ("launcher", "INSERT INTO TIKTOK_DATA", AFTER),
)
#: In the middle of the job's transaction, and when the job has ended but nothing is published.
FEW = (("job", "COPY INTO", LOST), ("job", "S3 PUT glue/results/", AFTER))
#: What the button Terminate of a run's page sends.
TERMINATE = """
mutation Terminate($runIds: [String!]!, $terminatePolicy: TerminateRunPolicy) {
  terminateRuns(runIds: $runIds, terminatePolicy: $terminatePolicy) { __typename }
}
"""
LOAD = "load_pending_objects"
#: It tells a hang from a machine that is busy with other things.
LIMIT_SECONDS = 400.0
_PLACE = "csv/followers/account=42/dt=2026-01-31/"


@pytest.fixture(scope="module")
def glue_stack(tmp_path_factory: pytest.TempPathFactory, warm_cli: Path) -> Iterator[GlueStack]:
    """One stack for all tests, which is killed in some."""
    with glue_stack_in(tmp_path_factory.mktemp("glue_stack"), warm_cli) as made:
        yield made


def test_the_command_loads_with_glue(glue_stack: GlueStack) -> None:
    """`tiktok-insights run --engine glue` names a missing Java; with it every check is green, and the job staged it."""
    stack.ensure_running(glue_stack.home)
    words = ("run", "--engine", "glue", "--account", "fake.60.full", "--format", "json")
    path = os.pathsep.join(glue_stack.user.environment["PATH"].split(os.pathsep)[:2])
    without_java = replace(glue_stack.user, environment={**glue_stack.user.environment, "PATH": path})
    answer = without_java.command(*words)
    assert answer.returncode == 1
    (failure,) = json.loads(answer.stdout)["failures"]
    told("Glue jobs on the local stack need Java 17", "there is none").says(failure.rpartition("StackError: ")[2])

    answer = glue_stack.user.command(*words)
    assert answer.returncode == 0, answer.stderr
    summary = json.loads(answer.stdout)
    assert (summary["succeeded"], summary["rows"], summary["objects_loaded"]) == (True, 60, 1)
    assert [check for check in summary["checks"] if not check["passed"]] == []
    assert len(summary["checks"]) > 30
    assert "Glue: " in answer.stderr
    with glue_stack.settings() as settings:
        assert [run["JobRunState"] for run in job_runs(settings)] == ["SUCCEEDED"]


def test_terminating_a_run_in_the_ui_stops_its_job(glue_stack: GlueStack, tmp_path: Path) -> None:
    """What the button sends: the run's page has the job's lines before; the job run is stopped; the next run loads."""
    # The sensor's runs may choose, and take the job however little is pending.
    with glue_stack.settings(GLUE_ABOVE_GB="0.000000001", SNOWFLAKE_DATABASE="TERMINATED") as settings:
        open_bucket(settings.s3).put(f"{_PLACE}good.csv", csv_file(row("1"), row("2"), row("2")), "text/csv")
        glue_stack.points.hold_at("PUT", BEFORE)
        machine = Machine(settings, tmp_path / "terminal.log")
        with machine.instance, machine_running(machine):
            (run_id,) = wait_until(lambda: machine.runs(LOAD), seconds=LIMIT_SECONDS)
            wait_until(lambda: glue_stack.points.reached, seconds=LIMIT_SECONDS)
            wait_until(lambda: any("Glue: " in line for line in machine.messages(run_id)), seconds=LIMIT_SECONDS)
            machine.ask(TERMINATE, runIds=[run_id], terminatePolicy="SAFE_TERMINATE")
            wait_until(lambda: machine.status(run_id) is dg.DagsterRunStatus.CANCELED, seconds=LIMIT_SECONDS)
            wait_until(lambda: states(settings)[-1] == "STOPPED", seconds=LIMIT_SECONDS)
            glue_stack.points.clear()
            again = machine.launch(LOAD)
            wait_until(lambda: machine.status(again) is dg.DagsterRunStatus.SUCCESS, seconds=LIMIT_SECONDS)
            assert machine.rows("SELECT STATUS, ROWS_IN FROM LOAD_HISTORY") == [("loaded", 3)]
            assert machine.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA ORDER BY TIKTOK_ID") == [("1",), ("2",)]


def states(settings: Settings) -> list[str]:
    """The states of the job runs that loaded these tables, the newest first."""
    database = settings.snowflake.database
    return [run["JobRunState"] for run in job_runs(settings) if run["Arguments"]["--database"] == database]


@contextmanager
def machine_running(machine: Machine) -> Iterator[None]:
    """The UI and what it starts; stack included, all is stopped in the end."""
    machine.start()
    try:
        yield
    finally:
        machine.stop()


@pytest.mark.campaign
def test_a_stack_that_was_killed_is_started_again_and_loads_everything(
    glue_stack: GlueStack, size: Size, capfd: pytest.CaptureFixture[str]
) -> None:
    """SIGKILL for all its processes at each effect, job included: the next load ends as an undisturbed local one."""
    effects = EFFECTS if size.fail_points == "every" else FEW if size.fail_points == "few" else FEW[:1]
    with glue_stack.settings(SNOWFLAKE_DATABASE="UNDISTURBED") as settings:
        put_objects(settings)
        load(settings, "local")
        bucket = settings.s3.bucket
        expected = seen(settings)

    def killed(source: str, kind: str, moment: Moment, database: str) -> Iterator[str]:
        names = {"SNOWFLAKE_DATABASE": database, "TIKTOK_INSIGHTS_BUCKET": bucket}
        with glue_stack.settings(**names) as settings:
            if not glue_stack.load_until_killed(settings, (kind, moment), in_job=source == "job"):
                yield "was not reached"
            for what in ("the next load", "another load"):
                load(settings, "glue")
                yield from (
                    f"after {what}, {name} is {found}, not {expected[name]}"
                    for name, found in seen(settings).items()
                    if found != expected[name]
                )
            yield from (f"{name} is no effect in the list" for name in unlisted(glue_stack.points.names))

    outcomes = (
        (f"{source}: {kind}, killed {moment.value}", killed(source, kind, moment, f"KILLED_{number}"))
        for number, (source, kind, moment) in enumerate(effects)
    )
    wrong = wrong_of(capfd, outcomes)
    assert wrong == [], "\n".join(wrong)


def put_objects(settings: Settings) -> None:
    """Good, duplicate, rejected and refused rows."""
    store = open_bucket(settings.s3)
    store.put(f"{_PLACE}good.csv", csv_file(*(row(str(n)) for n in range(1, 30))), "text/csv")
    store.put(f"{_PLACE}mixed.csv", csv_file(row("1", uniqueId="renamed"), row("3"), row("3"), row("x")), "text/csv")
    store.put(f"{_PLACE}other.csv", b"a;b\r\n1;2\r\n", "text/csv")


def seen(settings: Settings) -> Tables:
    """Every row of every table, the quarantine, and nothing that waits."""
    store = open_bucket(settings.s3)
    tables = rows_of(settings)
    assert tables[STAGED_OBJECTS.name] == tables[STAGED_TIKTOK_DATA.name] == []
    return {
        **tables,
        "the quarantine": [(info.key, store.get(info.key).body) for info in store.list(QUARANTINE_PREFIX)],
        "the manifests": [(info.key,) for info in store.list("glue/manifests/")],
    }


def unlisted(names: list[str]) -> list[str]:
    """The job's requests that change something and at which no stack is killed."""
    kinds = tuple(kind for source, kind, _ in EFFECTS if source == "job")
    # A file is sent with the answer to its PUT; a transaction that has changed nothing is not worth a kill.
    others = ("upload", "BEGIN", "ALTER SESSION", "USE", "LIST")
    return sorted({name for name in names if changes_something(name) and not name.startswith((*kinds, *others))})
