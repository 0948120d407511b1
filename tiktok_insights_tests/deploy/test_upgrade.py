"""`manage.sh upgrade` and `rollback`: what still runs, and with which database, whatever fails on the way."""

from pathlib import Path

import pytest

from tiktok_insights_tests.support.orchestrator_machine import OrchestratorMachine
from tiktok_insights_tests.support.troubleshooting import Told, told

pytestmark = pytest.mark.deploy


#: The units of a release, in the order of their names.
UNITS = ("tiktok-insights-backup.service", "tiktok-insights-backup.timer", "tiktok-insights.service")


@pytest.fixture
def machine(tmp_path: Path) -> OrchestratorMachine:
    """A machine on which the first release runs."""
    made = OrchestratorMachine(tmp_path)
    made.said()
    return made


def message(stderr: str) -> str:
    """The last line, which says what came of it."""
    return stderr.splitlines()[-1].removeprefix("Error: ")


def test_an_upgrade_builds_and_backs_up_before_it_stops_anything(machine: OrchestratorMachine) -> None:
    """Then it starts the new release, and both releases are kept."""
    before = machine.database
    done = machine.upgrade("second")
    assert done.returncode == 0, done.stderr
    old, new = machine.first, machine.running
    assert old != new
    said = machine.said()
    steps = [
        f"{new}: build --quiet code-server",
        f"{old}: exec -T postgres sh /opt/backup.sh",
        f"{old}: down",
        f"{new}: run --rm --no-deps daemon dagster instance migrate",
        f"{new}: up --detach --wait --remove-orphans",
    ]
    assert [line for line in said if line in steps] == steps
    assert machine.releases == machine.images == {old, new}
    assert machine.database == [*before, f"migrated by {new}"]
    assert machine.units == [f"{name} of second" for name in UNITS]


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        ("* build *", told("The image of the new release was not built")),
        ("*backup.sh", told("The database was not backed up")),
    ],
)
def test_what_fails_before_the_stop_changes_nothing(machine: OrchestratorMachine, refused: str, why: Told) -> None:
    """The old release runs on; nothing was stopped."""
    before = machine.database
    done = machine.upgrade("second", refused=refused)
    assert done.returncode == 1
    why.says(message(done.stderr))
    assert machine.running == machine.first
    assert [line for line in machine.said() if " down" in line or " stop" in line] == []
    assert machine.database == before
    # The same upgrade works when the fault is gone.
    assert machine.upgrade("second").returncode == 0
    assert machine.running != machine.first


def test_a_release_that_is_not_the_one_is_not_even_unpacked(machine: OrchestratorMachine) -> None:
    """Another file, no file, or the one that runs: Docker is asked for nothing."""
    address, checksum = machine.packed("second")
    done = machine.manage("upgrade", address, "0" * 64)
    told("The file at <address> does not have", "0" * 64, address).says(message(done.stderr))
    done = machine.manage("upgrade", "https://example.com/missing.tar.gz", checksum)
    told("The release was not downloaded", "missing.tar.gz").says(message(done.stderr))
    done = machine.upgrade("first")
    told("This release runs already").says(message(done.stderr))
    assert (machine.said(), machine.releases) == ([], {machine.first})


def test_a_release_that_does_not_get_healthy_is_taken_back_with_its_database(machine: OrchestratorMachine) -> None:
    """The old release runs on the database as it was; what the new one said is kept, its image and files are not."""
    before = machine.database
    done = machine.upgrade("second", healthy=machine.first)
    assert done.returncode == 1, done.stderr
    told("The upgrade was rolled back").says(message(done.stderr))
    assert machine.running == machine.first
    assert machine.database == [*before, f"migrated by {machine.first}"]
    assert (machine.backups / "failed-upgrade.log").read_text(encoding="utf-8").startswith("the log of ")
    assert machine.releases == machine.images == {machine.first}


def test_a_rollback_is_possible_once(machine: OrchestratorMachine) -> None:
    """It restores the database of the moment of the upgrade; a second one would lose only more."""
    done = machine.manage("rollback")
    told("There is no release before this one").says(message(done.stderr))
    before = machine.database
    assert machine.upgrade("second").returncode == 0
    (machine.root / "database").write_text("runs\nmore runs\n", encoding="utf-8")
    assert machine.manage("rollback").returncode == 0
    assert machine.units == [f"{name} of first" for name in UNITS]
    assert machine.running == machine.first
    assert machine.database == [*before, f"migrated by {machine.first}"]
    assert machine.manage("rollback").returncode == 1
    assert machine.running == machine.first


def test_a_rollback_without_its_backup_stops_nothing(machine: OrchestratorMachine) -> None:
    """The old release may not be able to read the new one's database."""
    assert machine.upgrade("second").returncode == 0
    new = machine.running
    (machine.backups / f"before-upgrade-{machine.first}.dump").unlink()
    machine.said()
    done = machine.manage("rollback")
    told("There is no backup from before the upgrade").says(message(done.stderr))
    assert (machine.running, machine.said()) == (new, [])


def test_old_releases_do_not_fill_the_disk(machine: OrchestratorMachine) -> None:
    """Kept are the one that runs, and the one that a rollback needs, with its backup."""
    names = [machine.first]
    for name in ("second", "third", "fourth"):
        assert machine.upgrade(name).returncode == 0
        names.append(machine.running)
    assert machine.releases == machine.images == {*names[-2:]}
    assert [path.name for path in machine.backups.iterdir()] == [f"before-upgrade-{names[-2]}.dump"]


def test_an_image_that_cannot_be_deleted_spoils_no_upgrade(machine: OrchestratorMachine) -> None:
    """It is named, and deleted after the next one."""
    assert machine.upgrade("second").returncode == 0
    done = machine.upgrade("third", refused="*image rm*")
    assert done.returncode == 0
    assert f"The image tiktok-insights-orchestrator:{machine.first} was not deleted." in done.stderr
    assert machine.upgrade("fourth").returncode == 0
    assert machine.first not in machine.images
