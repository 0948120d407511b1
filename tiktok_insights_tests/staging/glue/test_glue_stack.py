"""The engine glue on a local stack of its own: as a user types it, and when the whole stack is killed at any effect."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tiktok_insights.local import stack
from tiktok_insights.resources.opening import open_bucket
from tiktok_insights.settings.environment import Settings
from tiktok_insights.staging.quarantine import QUARANTINE_PREFIX
from tiktok_insights.tables.definitions import STAGED_OBJECTS, STAGED_TIKTOK_DATA
from tiktok_insights_tests.staging.glue.test_two_databases import rows_of
from tiktok_insights_tests.support.cli_user import CliUser
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import Moment, changes_something
from tiktok_insights_tests.support.glue_effects import wrong_of
from tiktok_insights_tests.support.glue_stack import GlueStack, glue_stack_in, job_runs, load
from tiktok_insights_tests.support.history import Tables
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.waiting import wait_until
from tiktok_insights_tests.test_reboot import Machine

BEFORE, AFTER, LOST = Moment.BEFORE, Moment.AFTER, Moment.ANSWER_LOST


@dataclass(frozen=True)
class Point:
    """A request after which something is different: who sends it, how its name begins, when the stack is killed."""

    source: str
    kind: str
    moment: Moment

    def __str__(self) -> str:
        return f"{self.source}: {self.kind}, killed {self.moment.value}"


#: Those of a whole load.
EFFECTS = (
    Point("launcher", "S3 PUT glue/manifests/", AFTER),
    Point("launcher", "Glue StartJobRun", BEFORE),
    Point("launcher", "Glue StartJobRun", LOST),
    Point("job", "S3 PUT quarantine/", LOST),
    Point("job", "PUT", AFTER),
    Point("job", "DELETE FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA", AFTER),
    Point("job", "COPY INTO", LOST),
    Point("job", "COMMIT", LOST),
    Point("job", "REMOVE", AFTER),
    Point("job", "S3 PUT glue/results/", AFTER),
    Point("launcher", "INSERT INTO PUBLIC.LOAD_BATCHES", AFTER),
    Point("launcher", "COMMIT", LOST),
    Point("launcher", "S3 DELETE glue/manifests/", AFTER),
    Point("launcher", "INSERT INTO TIKTOK_DATA", AFTER),
)
#: When the job begins, in the middle of its transaction, and when it has ended but nothing is published.
FEW = (EFFECTS[2], EFFECTS[6], EFFECTS[9])
LOAD = "load_pending_objects"
#: It tells a hang from a machine that is busy with other things.
LIMIT_SECONDS = 600.0
_PLACE = "csv/followers/account=42/dt=2026-01-31/"


@pytest.fixture(scope="module")
def glue_stack(tmp_path_factory: pytest.TempPathFactory, warm_cli: Path) -> Iterator[GlueStack]:
    """One stack for all tests, which is killed in some."""
    with glue_stack_in(tmp_path_factory.mktemp("glue_stack"), warm_cli) as made:
        yield made


@pytest.mark.full
def test_a_user_loads_with_glue(glue_stack: GlueStack, tmp_path: Path) -> None:
    """The command names a missing Java; Terminate stops the job; the next command loads, and all checks are green."""
    stack.ensure_running(glue_stack.home)
    without_java = os.pathsep.join(glue_stack.user.environment["PATH"].split(os.pathsep)[:2])
    code, summary = loaded(replace(glue_stack.user, environment={**glue_stack.user.environment, "PATH": without_java}))
    assert code == 1
    (failure,) = summary["failures"]
    told("Glue jobs on the local stack need Java 17", "there is none").says(failure.rpartition("StackError: ")[2])

    # The sensor's runs may choose, and take the job however little is pending.
    with glue_stack.users_settings(GLUE_ABOVE_GB="0.000000001") as settings:
        terminate_in_the_ui(glue_stack, Machine(settings, tmp_path / "terminal.log"))
        wait_until(lambda: states(settings) == ["STOPPED"], seconds=LIMIT_SECONDS)

    code, summary = loaded(glue_stack.user)
    assert code == 0, summary
    assert (summary["succeeded"], summary["rows"], summary["objects_loaded"]) == (True, 60, 1)
    assert [check for check in summary["checks"] if not check["passed"]] == []
    assert len(summary["checks"]) > 30
    with glue_stack.users_settings() as settings:
        assert states(settings) == ["SUCCEEDED", "STOPPED"]


def loaded(user: CliUser) -> tuple[int, dict[str, Any]]:
    """Run the command, and give its exit code and its summary."""
    answer = user.command("run", "--engine", "glue", "--account", "fake.60.full", "--format", "json")
    summary: dict[str, Any] = json.loads(answer.stdout)
    return answer.returncode, summary


def terminate_in_the_ui(glue_stack: GlueStack, machine: Machine) -> None:
    """Send what the button sends, when a run's page has lines of its job, which waits in the middle of its work."""
    glue_stack.points.hold_at("PUT", BEFORE)
    with machine.instance, machine_running(machine):
        (run_id,) = wait_until(lambda: machine.runs(LOAD), seconds=LIMIT_SECONDS)
        wait_until(lambda: glue_stack.points.reached, seconds=LIMIT_SECONDS)
        wait_until(lambda: any("Glue: " in line for line in machine.messages(run_id)), seconds=LIMIT_SECONDS)
        # The webserver may still be coming up.
        wait_until(lambda: machine.terminate(run_id), seconds=LIMIT_SECONDS)
        wait_until(lambda: machine.status(run_id) is dg.DagsterRunStatus.CANCELED, seconds=LIMIT_SECONDS)
    glue_stack.points.clear()


def states(settings: Settings) -> list[str]:
    """The states of the job's runs, the newest first."""
    return [run["JobRunState"] for run in job_runs(settings)]


@contextmanager
def machine_running(machine: Machine) -> Iterator[None]:
    """The UI and what it starts; stack included, all is stopped in the end."""
    machine.start()
    try:
        yield
    finally:
        machine.stop()


@pytest.fixture(scope="module")
def undisturbed(glue_stack: GlueStack) -> "Undisturbed":
    """What all loads are compared with: its bucket is theirs, so it is loaded once."""
    return Undisturbed(glue_stack)


@pytest.mark.full
def test_a_stack_that_was_killed_is_started_again_and_loads_everything(
    undisturbed: "Undisturbed", capfd: pytest.CaptureFixture[str]
) -> None:
    """SIGKILL for all its processes at one effect after the other: the next load ends as an undisturbed local one."""

    def killed(point: Point) -> Iterator[str]:
        yield from undisturbed.wrong_after(point, "KILLED", loads=2 * (point is FEW[-1]))

    assert wrong_of(capfd, ((str(point), killed(point)) for point in FEW)) == []


@pytest.mark.full
def test_a_stack_that_was_killed_at_any_effect_loads_everything(
    undisturbed: "Undisturbed", capfd: pytest.CaptureFixture[str]
) -> None:
    """Each effect has tables of its own; the list is complete."""
    outcomes = (
        (str(point), undisturbed.wrong_after(point, f"KILLED_{number}", loads=2))
        for number, point in enumerate(EFFECTS)
    )
    wrong = wrong_of(capfd, outcomes)
    assert wrong == [], "\n".join(wrong)


class Undisturbed:
    """What the local engine makes of some objects, and how loads with Glue compare that lost their stack."""

    def __init__(self, glue_stack: GlueStack) -> None:
        self._stack = glue_stack
        with glue_stack.settings(SNOWFLAKE_DATABASE="UNDISTURBED") as settings:
            put_objects(settings)
            load(settings, "local")
            self._bucket = settings.s3.bucket
            self._expected = seen(settings)

    def wrong_after(self, point: Point, database: str, *, loads: int) -> Iterator[str]:
        """Kill the stack there; say what is not as it must be after each of so many further loads."""
        names = {"SNOWFLAKE_DATABASE": database, "TIKTOK_INSIGHTS_BUCKET": self._bucket}
        with self._stack.settings(**names) as settings:
            if not self._stack.load_until_killed(settings, (point.kind, point.moment), in_job=point.source == "job"):
                yield "was not reached"
            for _ in range(loads):
                load(settings, "glue")
                for name, found in seen(settings).items():
                    if found != self._expected[name]:
                        yield f"{name} is {found}, not {self._expected[name]}"
            yield from (f"{name} is missing in the list of effects" for name in unlisted(self._stack.points.names))


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
    kinds = tuple(point.kind for point in EFFECTS if point.source == "job")
    # A file is sent with the answer to its PUT; a transaction that has changed nothing is not worth a kill.
    others = ("upload", "BEGIN", "ALTER SESSION", "USE", "LIST")
    return sorted({name for name in names if changes_something(name) and not name.startswith((*kinds, *others))})
