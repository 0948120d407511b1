"""What the operating system refuses, and homes that nobody has used: each command says so in one line.

Root is bound by no permission: where the tests run as root, the commands run without that privilege (setpriv). A full
disk is a small one in memory, which needs root, or a user namespace in which one may be mounted (unshare).
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.cli.refusals import refusal
from tiktok_insights_tests.cli.test_help import commands
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.troubleshooting import told

#: All commands in one process, which an import of Dagster for each of them would make slow.
_SCRIPT = """
import json, sys
from click.testing import CliRunner
from tiktok_insights.cli import main
results = {}
for words in json.loads(sys.argv[1]):
    answer = CliRunner().invoke(main, words)
    is_bug = not isinstance(answer.exception, SystemExit | None)
    results[" ".join(words)] = (answer.exit_code, answer.stdout, repr(answer.exception) if is_bug else answer.stderr)
print(json.dumps(results))
"""
Results = dict[str, tuple[int, str, str]]


def typed() -> list[list[str]]:
    """Every command of the help, with the words that it needs: a new one is among them."""
    every = []
    for words, command in commands(main):
        if not isinstance(command, click.Group):
            needed = ["x" for item in command.params if isinstance(item, click.Argument) and item.required]
            sure = ["--yes" for item in command.params if item.name == "yes"]
            every.append([*words.split(), *needed, *sure])
    return every


def invoke(folder: Path, words: list[list[str]], home: Path | None = None, *, before: str = "exec") -> Results:
    """Run commands in a folder, bound by permissions; `before` are the words of a shell in front of the interpreter."""
    variables = {name: value for name, value in os.environ.items() if name not in ("TIKTOK_INSIGHTS_HOME", "CI")}
    variables["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    if home:
        variables["TIKTOK_INSIGHTS_HOME"] = str(home)
    bound = "setpriv --bounding-set=-dac_override,-dac_read_search,-fowner " if os.getuid() == 0 else ""
    command = f"{before} {bound}{shlex.join([sys.executable, '-c', _SCRIPT, json.dumps(words)])}"
    answer = subprocess.run(  # noqa: S603 - ours
        ["/bin/sh", "-c", command], cwd=folder, env=variables, capture_output=True, text=True, timeout=300, check=False
    )
    assert answer.returncode == 0, answer.stderr
    results: Results = json.loads(answer.stdout.splitlines()[-1])
    return results


def all_say(results: Results, path: Path, why: str, variable: str) -> None:
    """See that each command has ended with one line that names the path and the remedy.

    Doctor says it among its findings, beside all others.
    """
    for words, (code, found, said) in results.items():
        assert code == 1, (words, said)
        if words == "doctor":
            assert str(path) in found
            assert variable in found
            continue
        assert said.count("\n") == 1, (words, said)
        told("<why>: <path>. <remedy>", str(path), why, variable).says(said.removeprefix("Error: "))


def test_every_command_is_tried() -> None:
    """The list follows the help."""
    assert {" ".join(words[:1]) for words in typed()} == set(main.commands)


def test_a_file_in_the_homes_place_is_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    """For every command; the file stays."""
    home = tmp_path / "home"
    home.write_text("mine")
    all_say(invoke(tmp_path, typed(), home), home, "Not a directory", "TIKTOK_INSIGHTS_HOME")
    assert home.read_text() == "mine"


def test_a_home_that_is_not_ours_to_write_is_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    """For every command; nothing is made in it."""
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    all_say(invoke(tmp_path, typed(), home), home, "Permission denied", "TIKTOK_INSIGHTS_HOME")
    assert list(home.iterdir()) == []


def test_a_folder_that_is_not_ours_to_write_is_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    """For what would make a home in it. What only reads or stops says that there is none."""
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o555)
    makers = [["init"], ["run"], ["ui"], ["local", "start"], ["local", "env"]]
    all_say(invoke(folder, makers), folder / ".local", "Permission denied", "TIKTOK_INSIGHTS_HOME")


@pytest.mark.parametrize("part", ["dagster", "stack"])
def test_a_part_of_the_home_that_is_not_ours_is_one_line(
    environment: dict[str, str], tmp_path: Path, part: str
) -> None:
    """As after a run with sudo."""
    (tmp_path / "home" / part).mkdir(parents=True)
    (tmp_path / "home" / part).chmod(0o555)
    words = [["init"], ["run"], ["ui"]] if part == "dagster" else [["local", "start"], ["local", "env"]]
    all_say(invoke(tmp_path, words, tmp_path / "home"), tmp_path / "home" / part, "Permission denied", "_HOME")


def test_a_full_disk_is_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    """For every command that starts something; the others find nothing to read or to stop."""
    disk = tmp_path / "disk"
    disk.mkdir()
    alone = "unshare --mount" if os.getuid() == 0 else "unshare --mount --map-root-user"
    if subprocess.run([*alone.split(), "true"], check=False, capture_output=True).returncode:  # noqa: S603 - ours
        pytest.skip("no disk can be mounted here")
    mount = f"mount -t tmpfs -o size=4k none {shlex.quote(str(disk))} && echo full > {shlex.quote(str(disk / 'file'))}"
    inside = f'exec {alone} /bin/sh -c \'eval "$1"; shift; exec "$@"\' sh {shlex.quote(mount)}'
    words = [["init"], ["run"], ["ui"], ["local", "start"], ["probe", "x"]]
    for said in invoke(tmp_path, words, disk / "home", before=inside).values():
        assert said[0] == 1
        assert said[2].splitlines()[-1].startswith("Error: ")
        assert "No space left on device" in said[2]
        assert "TIKTOK_INSIGHTS_HOME" in said[2]
        assert "Traceback" not in said[2]


def test_commands_that_read_make_no_home(environment: dict[str, str], tmp_path: Path) -> None:
    """They say which home they looked at and what to do; so do those that stop or show something."""
    reading = [["sql", "SELECT 1"], ["plan"], ["replay", "--dry-run"], ["replay"], ["retry-refused"], ["rebuild"]]
    reading += [["verify"], ["export", "tiktok_data"]]
    results = invoke(tmp_path, reading)
    for code, _, said in results.values():
        assert code == 1
        told("There is no local stack in <folder>", str(tmp_path / ".local")).says(said.removeprefix("Error: "))
    showing = invoke(tmp_path, [["stop"], ["local", "stop"], ["local", "status"], ["local", "reset", "--yes"]])
    for words, (code, printed, said) in showing.items():
        assert (code, said) == (3 if "status" in words else 0, "")
        assert str(tmp_path / ".local") in printed
    assert list(tmp_path.iterdir()) == []


def test_a_deleted_folder_is_one_line(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shell is still in it."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    answer = CliRunner().invoke(main, ["plan"])
    assert answer.exit_code == 1
    told("The working directory was deleted.").says(answer.stderr.removeprefix("Error: "))


def test_a_run_without_dagsters_database_is_one_sentence(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where somebody runs it on another machine than the orchestrator's, whose settings it has."""
    home = tmp_path / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_bytes((ROOT / "deploy" / "orchestrator" / "dagster.yaml").read_bytes())
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    answer = CliRunner().invoke(main, ["run"])
    assert answer.exit_code == 1
    said = answer.stderr.rpartition("Error: ")[2]
    told("The records of Dagster's runs cannot be opened", f"{home}/dagster.yaml").says(said)


def test_only_what_a_person_can_change_is_put_into_words(tmp_path: Path) -> None:
    """A file that is missing by our own mistake stays a traceback, and so does a bug; a full TMPDIR is named."""
    assert refusal(FileNotFoundError(2, "No such file or directory", "ours"), tmp_path, tmp_path) is None
    impossible = FileNotFoundError(2, "No such file or directory", "/proc/x")
    for home, dagster, variable in (("/proc/x", "/d", "TIKTOK_INSIGHTS_HOME"), ("/h", "/proc/x/y", "DAGSTER_HOME")):
        said = refusal(impossible, Path(home), Path(dagster))
        told("<why>: <path>. <remedy>", "/proc/x. Choose another path", variable).says(said or "")
    assert refusal(KeyError("a bug"), tmp_path, tmp_path) is None
    full = FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")
    told("No temporary folder").says(refusal(full, tmp_path, tmp_path) or "")
    elsewhere = PermissionError(13, "Permission denied", "/elsewhere")
    assert refusal(elsewhere, tmp_path, tmp_path) == "Permission denied: /elsewhere. Get write access to it."
