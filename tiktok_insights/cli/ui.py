"""`tiktok-insights ui` and `stop`: Dagster's webserver and daemon in the foreground, and an end to all that runs."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import click

from tiktok_insights.local import stack
from tiktok_insights.local.folder import held, is_held
from tiktok_insights.runtime import dagster_home
from tiktok_insights.settings.environment import Deployment, Settings, read_settings, set_dagster_home

DEFAULT_PORT = 3000
_POLITE_SECONDS = 15.0
_STOP_SECONDS = 30.0


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65_535), default=DEFAULT_PORT, show_default=True, help="The port on 127.0.0.1."
)
def ui(port: int) -> None:
    """Start the Dagster UI on 127.0.0.1.

    Also starts the daemon that runs the schedule and the sensor. Runs in the foreground until you press Ctrl-C, or run
    `tiktok-insights stop` elsewhere.
    """
    settings = read_settings()
    dagster_home.prepare(settings.dagster_home)
    set_dagster_home(settings)
    lock = ui_lock(settings.home)
    if is_held(lock):
        raise click.ClickException("The UI is already running. Stop it with: tiktok-insights stop")
    _require_free(port)
    _require_sockets(tempfile.gettempdir())
    with held(lock, limit_seconds=1.0):
        _pid_file(settings.home).write_text(str(os.getpid()), encoding="ascii")
        with _stack_coming_up(settings):
            _reap_orphaned_runs()
            click.echo(f"The UI will be at http://127.0.0.1:{port} in a few seconds. Press Ctrl-C to stop it.")
            code = _serve(port)
    if code < 0:
        raise click.ClickException(f"Dagster was killed by signal {-code}. Start it again with: tiktok-insights ui")
    if code:
        raise click.ClickException(
            f"Dagster exited with code {code}; its last lines say why. Fix that and start it again."
        )


@click.command()
@click.pass_obj
def stop(home: Path) -> None:
    """Stop the UI and the local stack.

    Their data is kept for the next start.
    """
    if is_held(ui_lock(home)):
        _stop_ui(home)
        click.echo("Stopped the UI.")
    click.echo(stack.stop(home))


def _require_sockets(folder: str) -> None:
    """Say so when Dagster's processes could not reach each other: gRPC reads the paths of their sockets as URLs."""
    if unquote(folder) != folder or any(character in folder for character in "#?,"):
        raise click.ClickException(
            f"Dagster cannot use the temporary folder {folder}: the path contains #, ?, a comma or a % with two "
            "digits. Set TMPDIR to another folder."
        )


def _require_free(port: int) -> None:
    """Say so when the port is taken; Dagster would silently choose another one."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError as error:
            message = (
                f"Port {port} on 127.0.0.1 is not available ({error.strerror}). Choose another one with --port, or: "
                f"make ui PORT={DEFAULT_PORT + 1}"
            )
            raise click.ClickException(message) from error


@contextmanager
def _stack_coming_up(settings: Settings) -> Iterator[None]:
    """Start the local stack while Dagster starts: the sensor's first look needs it, and would have to wait for it."""
    if settings.deployment is not Deployment.LOCAL:
        yield
        return
    starter = threading.Thread(target=_start_stack, args=(settings.home,))
    starter.start()
    try:
        yield
    finally:
        starter.join()


def _start_stack(home: Path) -> None:
    try:
        stack.ensure_running(home)
    except (stack.StackError, OSError) as error:
        click.echo(f"The UI is running without the local stack: {error}", err=True)


def _reap_orphaned_runs() -> None:
    """End the runs that a crash or a restart of the machine has cut off, and say so.

    Whoever holds the UI's lock knows that no daemon launches anything yet.
    """
    import dagster as dg

    from tiktok_insights.runtime.orphaned_runs import reap_orphaned_runs

    with dg.DagsterInstance.get() as instance:
        for run in reap_orphaned_runs(instance, nobody_launches=True):
            click.echo(
                f"Run {run.run_id} ({run.job_name}) was interrupted and marked as failed. See its page in the UI."
            )


def _serve(port: int) -> int:
    """Run `dagster dev` in a process group of its own, and end the whole group with us."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    # Set before the child starts: a shell's background job ignores Ctrl-C, and the child would inherit that.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    # It names its successor, of which nobody here has any use.
    command = [
        sys.executable,
        "-W",
        "ignore:Function `dev_command` is superseded",
        "-m",
        "dagster",
        "dev",
        "-m",
        "tiktok_insights.definitions",
    ]
    process = subprocess.Popen(  # noqa: S603  # our own interpreter with fixed words
        [*command, "--host", "127.0.0.1", "--port", str(port)], start_new_session=True
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        _wait(process)
        return 0
    finally:
        _kill_group(process.pid)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(timeout=_POLITE_SECONDS)
    except subprocess.TimeoutExpired:
        return  # the caller kills the group


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _stop_ui(home: Path) -> None:
    os.kill(int(_pid_file(home).read_text(encoding="ascii")), signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while is_held(ui_lock(home)):
        if time.monotonic() > deadline:
            raise click.ClickException(f"The UI did not stop within {_STOP_SECONDS:.0f} s. Try again.")
        time.sleep(0.1)


def ui_lock(home: Path) -> Path:
    """The lock that a home's UI holds while it runs."""
    return home / "ui.lock"


def _pid_file(home: Path) -> Path:
    return home / "ui.pid"
