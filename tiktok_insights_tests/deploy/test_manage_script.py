"""manage.sh, with a Docker that only writes down what it is asked for: what is left running after something failed.

Upgrade and rollback are in `test_upgrade`.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.orchestrator_machine import SECRET, OrchestratorMachine
from tiktok_insights_tests.support.troubleshooting import ENTRIES, Told, told


@pytest.fixture
def machine(tmp_path: Path) -> OrchestratorMachine:
    """A machine on which the first release runs."""
    return OrchestratorMachine(tmp_path)


def test_a_dump_that_is_refused_leaves_the_services_running(machine: OrchestratorMachine, tmp_path: Path) -> None:
    """They are stopped for the restore, and started again although it failed."""
    (tmp_path / "dump").write_text("no dump", encoding="utf-8")
    machine.said()
    done = machine.manage("restore", str(tmp_path / "dump"), refused="*restore.sh*")
    assert done.returncode == 1
    told("The database was not restored").says(done.stderr.splitlines()[-1].removeprefix("Error: "))
    said = machine.said()
    assert said[1] == f"{machine.first}: stop code-server webserver daemon"
    assert said[-1].endswith("up --detach --wait --remove-orphans")


def test_a_backup_that_failed_leaves_the_one_before(machine: OrchestratorMachine, tmp_path: Path) -> None:
    """A file is replaced by a whole one, or not at all; a file that is empty is never restored."""
    dump = tmp_path / "dump"
    assert machine.manage("backup", str(dump)).returncode == 0
    before = dump.read_text(encoding="utf-8")
    assert "runs" in before
    done = machine.manage("backup", str(dump), refused="*backup.sh*")
    assert done.returncode == 1
    told("The database was not backed up").says(done.stderr.splitlines()[-1].removeprefix("Error: "))
    assert dump.read_text(encoding="utf-8") == before
    machine.said()
    done = machine.manage("restore", str(tmp_path / "missing"))
    told("<file> is missing or empty", "missing").says(done.stderr.strip().removeprefix("Error: "))
    assert machine.said() == []


def test_daily_backups_are_seven_at_most_here_and_in_the_bucket(machine: OrchestratorMachine) -> None:
    """Each replaces that of the same weekday; one that AWS refuses stays on the machine and is named."""
    with machine.environment_file.open("a", encoding="utf-8") as lines:
        lines.write("TIKTOK_INSIGHTS_BACKUPS=s3://bucket/backups/orchestrator\n")
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    clock = machine.root / "bin/date"
    for number, day in enumerate([*days, *days]):
        clock.write_text(f'#!/bin/sh\n[ "$*" = "-u +%A" ] && echo {day}\n', encoding="utf-8")
        clock.chmod(0o755)
        (machine.root / "database").write_text(f"runs of day {number}\n", encoding="utf-8")
        machine.said()
        assert machine.manage("backup").returncode == 0
        file = f"dagster-{day}.dump"
        copied = f"s3 cp --only-show-errors --region eu-west-1 {machine.backups}/{file} s3://bucket/backups/orchestrator/{file}"
        assert machine.said()[-1] == f"aws {copied}"
    found = {path.name: path.read_text(encoding="utf-8") for path in machine.backups.iterdir()}
    assert found == {f"dagster-{day}.dump": f"runs of day {number + 7}\n" for number, day in enumerate(days)}
    done = machine.manage("backup", refused="s3 cp*")
    assert done.returncode == 1
    told("The backup <file> was not copied").says(done.stderr.splitlines()[-1].removeprefix("Error: "))
    newest = machine.backups / "dagster-Sunday.dump"
    assert machine.manage("restore", str(newest)).returncode == 0


def test_the_code_servers_log_goes_to_cloudwatch_where_a_group_is_named(machine: OrchestratorMachine) -> None:
    """Every command of Compose then has the second file; without the setting, or with an empty one, none has it."""
    for line, added in (("", False), ("TIKTOK_INSIGHTS_LOG_GROUP=", False), ("TIKTOK_INSIGHTS_LOG_GROUP=/logs", True)):
        machine.environment_file.write_text(f"TIKTOK_INSIGHTS_KEYS={SECRET}\n{line}\n", encoding="utf-8")
        machine.said()
        assert machine.manage("start").returncode == 0
        folder = machine.current / "deploy/orchestrator"
        composed = [asked for asked in machine.said() if f"{machine.first}: " in asked and "image" not in asked]
        assert len(composed) == 3
        file = f"{machine.first}: --file {folder}/cloudwatch_logs.yaml "
        assert [asked.startswith(file) for asked in composed] == [added] * 3
    assert "eu-west-1" in (machine.root / "regions").read_text(encoding="utf-8").split()


def test_a_timer_makes_the_backups(machine: OrchestratorMachine) -> None:
    """The first start enables it, as Amazon Linux has no cron; it runs a command that manage.sh has."""
    units = ROOT / "deploy/orchestrator"
    service = (units / "tiktok-insights-backup.service").read_text(encoding="utf-8")
    (command,) = re.findall(
        r"^ExecStart=/opt/tiktok_insights/deploy/orchestrator/manage.sh (.+)$", service, re.MULTILINE
    )
    assert machine.manage(command).returncode == 0
    assert len(list(machine.backups.iterdir())) == 1
    script = (units / "user_data.sh").read_text(encoding="utf-8")
    assert "systemctl enable --now tiktok-insights-backup.timer\n" in script
    timer = (units / "tiktok-insights-backup.timer").read_text(encoding="utf-8")
    assert "Persistent=true\n" in timer
    # systemd's own words for every day at this time.
    assert re.search(r"^OnCalendar=\*-\*-\* \d\d:\d\d:\d\d UTC$", timer, re.MULTILINE)


def test_a_machine_without_keys_starts_nothing(machine: OrchestratorMachine) -> None:
    """The unit tries again every minute, and says what is missing."""
    machine.said()
    done = machine.manage("start", refused="*get-secret-value*")
    assert done.returncode == 1
    told("No keys").says(done.stderr.strip().removeprefix("Error: "))
    machine.environment_file.write_text("", encoding="utf-8")
    done = machine.manage("start")
    assert done.returncode == 1
    told("<file> has no TIKTOK_INSIGHTS_KEYS").says(done.stderr.strip().removeprefix("Error: "))
    assert [line for line in machine.said() if not line.startswith("aws ")] == []


def test_another_server_is_installed_before_its_script_is_used() -> None:
    """The guide's commands are those that the script has, and the units that it enables are those of a release."""
    guide = (ROOT / "docs/how_to/run_the_orchestrator.md").read_text(encoding="utf-8")
    script = (ROOT / "deploy/orchestrator/manage.sh").read_text(encoding="utf-8")
    typed = re.findall(r"^\$ sudo (\S*)deploy/orchestrator/manage\.sh (\w+)", guide, re.MULTILINE)
    assert typed[0] == ("", "install")
    assert {folder for folder, _ in typed[1:]} == {"/opt/tiktok_insights/"}
    assert {command for _, command in typed} <= set(re.findall(r"^    (\w+)/\d\)", script, re.MULTILINE))
    (names,) = re.findall(r"^\$ sudo systemctl enable --now (.+)$", guide, re.MULTILINE)
    assert all((ROOT / "deploy/orchestrator" / name).is_file() for name in names.split())


def test_only_root_may_use_it(machine: OrchestratorMachine, tmp_path: Path) -> None:
    """Docker, systemd and the keys are root's."""
    (tmp_path / "bin/id").write_text("#!/bin/sh\necho 1000\n", encoding="utf-8")
    done = machine.manage("stop")
    assert done.returncode == 1
    told("Run this as root").says(done.stderr.strip().removeprefix("Error: "))


def test_every_message_of_the_scripts_is_in_the_document() -> None:
    """And the document has no other; whoever writes a new message writes the entry too."""
    entries = [entry for entry in ENTRIES if entry.kind == "The orchestrator's scripts"]
    scripts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "deploy/orchestrator").glob("*.sh"))
    found = re.findall(r'\bfail ((?:"[^"]*"(?: \\\n *)?)+)|echo "Error: (?!\$)([^"]*)"', scripts)
    plain = [" ".join("".join(pair).replace("\\\n", "").replace('"', "").split()) for pair in found]
    spelled = [re.sub(r"\$[A-Z_]+|\$[a-z0-9*]+", "x", words) for words in plain]
    fitting = {words: [entry.message for entry in entries if entry.fits(words)] for words in spelled}
    assert {words for words, found in fitting.items() if len(found) != 1} == set()
    # The other one is that of keys_to_env.py.
    assert len(fitting) == len(entries) - 1


def test_a_file_that_is_no_dump_never_reaches_the_database(tmp_path: Path) -> None:
    """The script reads it to its end before it drops a table."""
    for name, text in {"pg_restore": "cat > /dev/null; exit 1", "psql": f"touch {tmp_path}/changed"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    command = ["/bin/sh", str(ROOT / "deploy/orchestrator/restore.sh")]
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(command, input="", env=path, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1
    told("this is not a whole dump").says(done.stderr.strip().removeprefix("Error: "))
    assert not (tmp_path / "changed").exists()


@pytest.mark.parametrize(
    "lack",
    [
        told("TIKTOK_INSIGHTS_KEYS is not set"),
        told("TIKTOK_INSIGHTS_VOLUME is not set"),
        told("/etc/tiktok_insights.env is missing"),
    ],
    ids=lambda lack: lack.entry.message[:22],
)
def test_the_first_start_says_what_it_lacks(lack: Told) -> None:
    """Before it installs anything; the words are those of the document."""
    script = (ROOT / "deploy/orchestrator/user_data.sh").read_text(encoding="utf-8")
    assert f'fail "{lack.entry.message}"\n' in script
    assert script.index(lack.entry.message) < script.index("dnf install")
