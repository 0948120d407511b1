"""What all commands have in common: --format, exit codes, completion, errors in words."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.cli.commands import Commands
from tiktok_insights.clients.object_store import ObjectMissingError
from tiktok_insights_tests.cli.test_help import commands

#: Commands with a result, and the formats beside `table`.
FORMATS = {
    "run": {"json"},
    "plan": {"csv", "json"},
    "sql": {"csv", "json"},
    "replay": {"csv", "json"},
    "rebuild": {"json"},
    "expire": {"json"},
    "verify": {"json"},
    "probe": {"json"},
    "doctor": {"json"},
    "retry-refused": {"csv", "json"},
    "local start": {"json"},
    "local status": {"json"},
}
#: They do something and say so in a sentence; `local env` speaks to a shell.
WITHOUT = {
    "init", "dashboard", "export", "forget", "demo", "ui", "stop", "local", "local stop", "local env", "local reset",
    "powerbi", "alert", "powerbi build", "powerbi check", "glue", "glue upload", "snowflake", "snowflake keys",
    "orchestrator", "orchestrator code-server", "orchestrator health",
}  # fmt: skip


def test_every_command_with_a_result_prints_it_for_programs_too() -> None:
    """By one option, whose default is for people."""
    found = {}
    for words, command in commands(main):
        for option in command.params:
            if option.name == "output" and isinstance(option.type, click.Choice):
                assert (option.opts, option.default) == (["--format"], "table"), words
                found[words] = set(option.type.choices) - {"table"}
    assert found == FORMATS
    assert {words for words, _ in commands(main)} == FORMATS.keys() | WITHOUT


def test_the_help_tells_exit_codes_and_completion() -> None:
    """Where a person looks first."""
    text = CliRunner().invoke(main, ["--help"]).output
    for words in ("0  succeeded", "1  failed", "2  usage error", "_TIKTOK_INSIGHTS_COMPLETE=bash_source"):
        assert words in text


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["sql"], ["run", "--job", "x"], ["plan", "--format", "xml"], ["ui", "--port", "x"], ["local", "x"]],
    ids=" ".join,
)
def test_a_command_typed_wrongly_ends_with_2(environment: dict[str, str], words: list[str]) -> None:
    """And a hint at the help."""
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 2
    assert "--help" in answer.output


@pytest.mark.parametrize("words", [["plan"], ["run"], ["sql", "SELECT 1"], ["local", "status"]], ids=" ".join)
def test_a_wrong_setting_ends_every_command_with_1(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """In words, with nothing on standard output."""
    monkeypatch.setenv("TIKTOK_REQUEST_BUDGET", "many")
    answer = CliRunner().invoke(main, words)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith("Error: TIKTOK_REQUEST_BUDGET is 'many', but ")


def test_help_and_version_end_with_0(environment: dict[str, str]) -> None:
    """They are answers."""
    assert [CliRunner().invoke(main, [words]).exit_code for words in ("--help", "--version")] == [0, 0]


@pytest.mark.parametrize(
    ("error", "is_told"),
    [(ObjectMissingError("There is no object."), True), (KeyError("a bug"), False), (ValueError("a bug"), False)],
    ids=["ours", "KeyError", "ValueError"],
)
def test_what_a_person_can_mend_is_told_and_a_bug_is_a_traceback(error: Exception, *, is_told: bool) -> None:
    """Errors that the package defines are made for people; others are for those who fix the package."""

    @click.group(cls=Commands)
    def group() -> None:
        """Some commands."""

    @group.command()
    def fail() -> None:
        """Fail."""
        raise error

    answer = CliRunner().invoke(group, ["fail"])
    assert answer.exit_code == 1
    if is_told:
        assert answer.stderr == "Error: There is no object.\n"
    else:
        assert answer.exception is error


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (["lo"], ["local"]),
        (["local", "st"], ["start", "status", "stop"]),
        (["run", "--job", "load"], ["load_pending_objects"]),
        (["plan", "--format", ""], ["table", "csv", "json"]),
    ],
    ids=" ".join,
)
def test_commands_options_and_choices_are_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: list[str], completed: list[str]
) -> None:
    """As bash asks for it after the line of the help was evaluated."""
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("_TIKTOK_INSIGHTS_COMPLETE", "bash_complete"),
        ("COMP_WORDS", " ".join(["tiktok-insights", *typed])),
        ("COMP_CWORD", str(len(typed))),
    ):
        monkeypatch.setenv(name, text)
    command = [sys.executable, "-m", "tiktok_insights.cli"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert [line.partition(",")[2] for line in answer.stdout.splitlines()] == completed, answer.stderr


def test_the_line_of_the_help_defines_the_completion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bash is given a function, and told for which command."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("_TIKTOK_INSIGHTS_COMPLETE", "bash_source")
    command = [sys.executable, "-m", "tiktok_insights.cli"]
    script = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout  # noqa: S603
    assert "complete -o nosort -F _tiktok_insights_completion tiktok-insights" in script
