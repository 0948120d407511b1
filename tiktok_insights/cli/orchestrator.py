"""`tiktok-insights orchestrator ...`: what the containers of deploy/orchestrator run, and check their health with."""

import fcntl
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path

import click

from tiktok_insights.cli.commands import Commands
from tiktok_insights.settings.environment import read_settings, set_dagster_home

_MODULE = "tiktok_insights.definitions"


@click.group(cls=Commands)
def orchestrator() -> None:
    """Run Dagster on a server.

    The containers of deploy/orchestrator run these commands, with Dagster's storage in PostgreSQL. "Run the
    orchestrator" in docs/how_to says how to start, back up, upgrade and roll back.
    """


@orchestrator.command(name="code-server")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def code_server(host: str) -> None:
    """Serve the definitions to Dagster.

    First marks the runs as failed that an earlier code server at this address left behind, for example at a crash or a
    restart of the machine. The port is TIKTOK_INSIGHTS_CODE_SERVER_PORT. Runs in the foreground until it is terminated.
    """
    settings = read_settings()
    address = settings.code_server
    if not address:
        raise click.ClickException(
            "TIKTOK_INSIGHTS_CODE_SERVER_HOST is not set. Set it to the host at which Dagster's webserver and daemon "
            "reach this code server, such as 127.0.0.1."
        )
    port = int(address.rpartition(":")[2])
    set_dagster_home(settings)
    _lock_port(port)
    _require_free(host, port)
    _reap(address)
    click.echo(f"Serving {_MODULE} on {host}:{port}.")
    sys.stdout.flush()
    # Dagster handles SIGTERM as it handles Ctrl-C, which a shell's background job ignores.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "dagster", "api", "grpc", "--module-name", _MODULE, "--host", host]
    # In this very process, which holds the lock and gets the signals.
    os.execv(sys.executable, [*command, "--port", str(port), "--location-name", _MODULE])  # noqa: S606  # our own interpreter


@orchestrator.command()
@click.option("--url", default="http://127.0.0.1:3000", show_default=True, help="The URL of Dagster's webserver.")
def health(url: str) -> None:
    """Check the webserver and the definitions.

    Exits with 0 if the webserver answers and has loaded the definitions, otherwise with 1 and the reason.
    """
    from tiktok_insights.runtime.workspace_health import require_healthy_workspace

    require_healthy_workspace(url.rstrip("/"))
    click.echo("Dagster answers, and has loaded the definitions.")


def _lock_port(port: int) -> None:
    """Hold a lock as long as this process lives: of two that start together, both would find the port free."""
    path = Path(tempfile.gettempdir()) / f"tiktok-insights-code-server-{port}.lock"
    lock = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _taken("127.0.0.1", port, "another code server has it") from error
    os.set_inheritable(lock, True)


def _require_free(host: str, port: int) -> None:
    """Say so when the port is taken: gRPC would share it, and each of the two would get some of the requests."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            raise _taken(host, port, error.strerror) from error


def _taken(host: str, port: int, why: str | None) -> click.ClickException:
    return click.ClickException(
        f"The code server cannot have port {port} on {host} ({why}). End what uses it, or set "
        "TIKTOK_INSIGHTS_CODE_SERVER_PORT to another port here and for Dagster's webserver and daemon."
    )


def _reap(address: str) -> None:
    """End the runs that a crash or a restart has cut off: no server at this address has any run yet."""
    import dagster as dg

    from tiktok_insights.runtime.orphaned_runs import reap_orphaned_runs

    with dg.DagsterInstance.get() as instance:
        for run in reap_orphaned_runs(instance, code_server=address, nobody_launches=True):
            click.echo(f"Run {run.run_id} ({run.job_name}) was interrupted and marked as failed.")
