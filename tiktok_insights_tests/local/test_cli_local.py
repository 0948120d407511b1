"""The commands of `tiktok-insights local`: what they print, and their exit codes."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tiktok_insights.cli.local import local
from tiktok_insights.local import stack


def _run(home: Path, *arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(local, list(arguments), obj=home, input=answer)


def test_status_of_a_stopped_stack_exits_with_3(own_home: Path) -> None:
    """A script can tell stopped from running by the exit code, and looking starts nothing."""
    result = _run(own_home, "status")
    assert result.exit_code == 3
    assert "stopped" in result.output
    assert not (own_home / "stack").exists()


def test_start_status_stop(own_home: Path) -> None:
    """The stack starts, says where it listens, and stops."""
    started = _run(own_home, "start")
    assert started.exit_code == 0, started.output
    running = _run(own_home, "status")
    assert running.exit_code == 0, running.output
    assert stack.ensure_running(own_home).aws in running.output
    assert "Stopped" in _run(own_home, "stop").output
    assert _run(own_home, "status").exit_code == 3


def test_the_status_is_an_object_for_programs(shared_home: Path, endpoints: stack.Endpoints, own_home: Path) -> None:
    """Running or stopped; the exit code is the same as in words."""
    running = _run(shared_home, "status", "--format", "json")
    said = json.loads(running.stdout)
    assert (running.exit_code, said["running"]) == (0, True)
    assert said["endpoints"]["aws"] == endpoints.aws
    assert set(said["responding"].values()) == {True}
    assert json.loads(_run(shared_home, "start", "--format", "json").stdout)["endpoints"] == said["endpoints"]
    stopped = _run(own_home, "status", "--format", "json")
    assert stopped.exit_code == 3
    assert (json.loads(stopped.stdout)["running"], json.loads(stopped.stdout)["endpoints"]) == (False, None)


def test_env_can_be_evaluated_by_a_shell(shared_home: Path, endpoints: stack.Endpoints) -> None:
    """What `env` prints sets, in a shell, exactly the variables of `client_environment`."""
    printed = _run(shared_home, "env")
    assert printed.exit_code == 0
    names = stack.client_environment(endpoints)
    script = f'eval {shlex.quote(printed.output)}; printf "%s\\n" ' + " ".join(f'"${name}"' for name in names)
    shell = ["/bin/sh", "-c", script]
    shown = subprocess.run(shell, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603 - is the test
    assert dict(zip(names, shown, strict=True)) == names
    assert names["AWS_ENDPOINT_URL"] == endpoints.aws


def test_env_wins_over_what_a_shell_has_of_a_real_account(
    shared_home: Path, endpoints: stack.Endpoints, tmp_path: Path
) -> None:
    """Clients of S3 and Glue end at the stack, whatever the shell and the files of AWS say."""
    (tmp_path / "config").write_text("[profile work]\nuse_fips_endpoint = true\nbroken line\n")
    given = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "config"),
        **dict.fromkeys(("AWS_PROFILE", "AWS_DEFAULT_PROFILE"), "work"),
        **dict.fromkeys(("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_GLUE"), "http://127.0.0.1:9"),
        **dict.fromkeys(("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT"), "true"),
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
    }
    clients = "import boto3; print(*(boto3.client(name).meta.endpoint_url for name in ('s3', 'glue')))"
    script = f'eval {shlex.quote(_run(shared_home, "env").stdout)}; {shlex.quote(sys.executable)} -c "{clients}"'
    shell = ["/bin/sh", "-c", script]
    shown = subprocess.run(shell, capture_output=True, text=True, check=True, env=os.environ | given)  # noqa: S603 - is the test
    assert shown.stdout.split() == [endpoints.aws] * 2


def test_env_says_that_its_stack_is_new(own_home: Path) -> None:
    """In the wrong folder, uploads would end in a stack that nobody reads; a shell evaluates only the output."""
    first, second = _run(own_home, "env"), _run(own_home, "env")
    assert first.stdout == second.stdout
    assert f"a new, empty local stack in {own_home}" in first.stderr
    assert second.stderr == ""


def test_reset_asks_first(own_home: Path) -> None:
    """Without a yes nothing is deleted; with `--yes` nothing is asked."""
    assert _run(own_home, "start").exit_code == 0
    refused = _run(own_home, "reset", answer="n\n")
    assert refused.exit_code == 1
    assert (own_home / "stack" / "aws").exists()
    assert _run(own_home, "reset", "--yes").exit_code == 0
    assert not (own_home / "stack" / "aws").exists()


def test_a_reset_that_keeps_the_bucket_says_what_comes_next(own_home: Path) -> None:
    """It asks about the tables only, and names the command that loads them again."""
    assert _run(own_home, "start").exit_code == 0
    assert "Delete the local stack's tables and Glue catalog" in _run(own_home, "reset", "--keep-bucket").output
    done = _run(own_home, "reset", "--keep-bucket", "--yes")
    assert done.exit_code == 0, done.output
    assert "The bucket's objects are kept. To load them again: tiktok-insights run --job" in done.output
    assert (own_home / "stack" / "aws").exists()
    assert not (own_home / "stack" / "snowflake").exists()


def test_a_failure_is_a_message_and_not_a_traceback(own_home: Path) -> None:
    """An error of the stack ends a command with its message and exit code 1."""
    (own_home / "stack").mkdir(parents=True)
    (own_home / "stack" / "photo.jpg").write_text("photo")
    result = _run(own_home, "start")
    assert result.exit_code == 1
    assert "did not create" in result.output


@pytest.mark.parametrize("command", ["start", "stop", "status", "env", "reset"])
def test_every_command_has_a_help_text(command: str) -> None:
    """The help is the manual."""
    result = CliRunner().invoke(local, [command, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4
