"""A PostgreSQL server of a test's own, from Debian's package, in a temporary folder and on the loopback address.

Here: the server's life, its death by SIGKILL, and its command-line tools. What is stored in it is Dagster's.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tiktok_insights_tests.support.waiting import wait_until

_PASSWORD = "canary-postgres-41c7"
_LIMIT_SECONDS = 60.0


def free_port() -> int:
    """A port of the loopback address that is free at this moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@dataclass
class Postgres:
    """One server with the database `dagster`, started again in the same folder after it was killed."""

    folder: Path
    programs: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def variables(self) -> dict[str, str]:
        """What Dagster's settings in deploy/orchestrator read."""
        return {
            "DAGSTER_POSTGRES_HOST": "127.0.0.1",
            "DAGSTER_POSTGRES_PORT": str(self.port),
            "DAGSTER_POSTGRES_USER": "dagster",
            "DAGSTER_POSTGRES_PASSWORD": _PASSWORD,
            "DAGSTER_POSTGRES_DB": "dagster",
        }

    @property
    def client_variables(self) -> dict[str, str]:
        """What PostgreSQL's own tools read."""
        names = {"HOST": "HOST", "PORT": "PORT", "USER": "USER", "PASSWORD": "PASSWORD", "DB": "DATABASE"}
        return {f"PG{ours}": self.variables[f"DAGSTER_POSTGRES_{name}"] for name, ours in names.items()}

    def make(self) -> None:
        """Make the cluster's folder."""
        (self.folder / "password").write_text(_PASSWORD, encoding="ascii")
        (self.folder / "password").chmod(0o644)
        options = ["--username=dagster", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
        command = ["initdb", f"--pgdata={self.folder}/data", f"--pwfile={self.folder}/password", *options]
        subprocess.run(  # noqa: S603
            [self.programs / command[0], *command[1:]], check=True, capture_output=True, **_someone(self.folder)
        )

    def start(self) -> None:
        """Start the server, and come back when it answers."""
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [self.programs / "postgres", "-D", str(self.folder / "data"), "-p", str(self.port), *words],
                stdout=log,
                stderr=log,
                **_someone(self.folder),
            )
        wait_until(lambda: self.ask("SELECT 1", "postgres").returncode == 0, seconds=_LIMIT_SECONDS)

    def ask(self, sql: str, database: str = "dagster") -> subprocess.CompletedProcess[str]:
        """Run a statement."""
        return self.run("psql", "--no-psqlrc", "--tuples-only", "--no-align", "-d", database, "-c", sql)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's tools."""
        environment = os.environ | self.client_variables
        return subprocess.run(  # noqa: S603
            [self.programs / command[0], *command[1:]], env=environment, capture_output=True, text=True, check=False
        )

    def processes(self) -> list[psutil.Process]:
        """The server and its children."""
        assert self.process
        server = psutil.Process(self.process.pid)
        return [server, *server.children(recursive=True)]

    def stop(self) -> None:
        """Stop the server if it runs."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(_LIMIT_SECONDS)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server with an empty database; where PostgreSQL is missing, the test fails."""
    programs = _programs()
    # Not in pytest's folder: the server refuses to run as root, and others may not enter that folder.
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
    if os.geteuid() == 0:
        os.chown(folder, *_NOBODY)
    server = Postgres(folder, programs, free_port())
    try:
        server.make()
        server.start()
        made = server.ask("CREATE DATABASE dagster", "postgres")
        assert made.returncode == 0, made.stderr
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


#: The user and group of whom nothing is known.
_NOBODY = (65534, 65534)


def _someone(folder: Path) -> dict[str, Any]:
    """As whom the server runs: root may not."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    return {"user": _NOBODY[0], "group": _NOBODY[1], "extra_groups": [], "cwd": folder}


def _programs() -> Path:
    """The folder with Debian's newest server, which is not on the PATH, or with the one that is."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.fail("PostgreSQL is missing. Install it; on Debian: apt-get install postgresql")
    return (found[-1] if found else Path(str(on_path)).resolve()).parent
