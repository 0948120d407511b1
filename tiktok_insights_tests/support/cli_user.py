"""A user who has just cloned the project: a fresh home, no setting at all, and commands in processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tiktok_insights.local import stack

LIMIT_SECONDS = 300
#: What the commands of an activated environment are found in.
BIN = Path(sys.executable).parent
#: What a developer's shell may have set; without its byte code every start of Dagster takes several times longer.
_OURS = ("TIKTOK_", "RAPIDAPI_", "SNOWFLAKE_", "AWS_", "AZURE_POWERBI_", "GLUE_", "DAGSTER_", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class CliUser:
    """A user with a fresh home, who runs commands."""

    home: Path
    environment: Mapping[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a Python module with words, in the home."""
        return self._start(sys.executable, "-m", *words)

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a shell's lines, in the home, up to the first that fails."""
        return self._start("/bin/sh", "-e", "-c", script)

    def _start(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  # our own interpreter, and what our own documents say
            command,
            cwd=self.home,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `tiktok-insights` with words."""
        return self._start("tiktok-insights", *words)

    def rows(self, sql: str) -> list[dict[str, object]]:
        """The rows of a query, through the command line."""
        answer = self.command("sql", sql, "--format", "json")
        assert answer.returncode == 0, answer.stderr
        rows: list[dict[str, object]] = json.loads(answer.stdout)
        return rows

    def requests_served(self) -> int:
        """How many requests the fake API has counted against the quota."""
        endpoints = stack.ensure_running(self.home / ".local")
        status = requests.Session().get(f"{endpoints.tiktok_api}/_control/status", timeout=10).json()
        return int(status["served"])


@contextmanager
def cli_user_in(home: Path, cli: Path) -> Iterator[CliUser]:
    """A user in an empty folder, with the environment activated; the local stack is stopped in the end.

    `cli` is the program that the user finds as `tiktok-insights`.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    environment["PATH"] = os.pathsep.join([str(cli.parent), str(BIN), environment.get("PATH", os.defpath)])
    # As a shell has it: the .env that `init` writes names it, for commands that read it without ours.
    environment["PWD"] = str(home)
    try:
        yield CliUser(home, environment)
    finally:
        stack.stop(home / ".local")
