"""Takes the pictures of Dagster's UI and of the dashboard: `make screenshots`. Runs a pipeline and the demo for them.

Everything that is started here is ended here. Needs Chromium or Chrome on the PATH.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import click

from tiktok_insights.dashboard.publishing import dashboard_path
from tiktok_insights.defs.jobs import STAGES
from tiktok_insights_tests.support.browser import running_browser

IMAGES = Path(__file__).with_name("images")
MOST_BYTES = 300_000

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless",
    "--no-sandbox",  # a container's root may not make one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=20000",
)
_JOB = "/locations/tiktok_insights.definitions/jobs/tiktok_pipeline"
#: What a shell or .env may have set must not be in a picture.
_OURS = ("TIKTOK_", "RAPIDAPI_", "SNOWFLAKE_", "AWS_", "AZURE_POWERBI_", "GLUE_", "DAGSTER_")
_START_SECONDS = 120.0
_COMMAND = [sys.executable, "-m", "tiktok_insights.cli"]

#: Name of each picture: the page, and the window's width and height in pixels.
PICTURES = {
    # The lineage page unfolds the groups that the address names, as "global@global:<group>". The marts are too many.
    "asset_graph": (
        "/asset-groups?"
        + urlencode({"expanded": ",".join(f"global@global:{stage}" for stage in STAGES if stage != "insights")}),
        (1500, 1060),
    ),
    "mart": ("/assets/audience_tiers?view=events", (1500, 980)),
    "check": (
        "/assets/tiktok_data?" + urlencode({"view": "checks", "checkDetail": "step_7_returns_every_user"}),
        (1500, 900),
    ),
    "launchpad": (f"{_JOB}/playground", (1500, 900)),
}
#: Name of each picture of the demo's dashboard: the page, and the window's width in pixels.
DASHBOARD_PICTURES = {
    "dashboard_today": ("#today?account=demo.museum&period=28", 1280),
    "dashboard_growth": ("#growth?account=demo.bakery&period=28", 1280),
    "dashboard_phone": ("#today?account=demo.bakery&period=28", 390),
}
#: The demo's last snapshot is from 29 June 2026; the pictures show its file as it was two hours later.
_TWO_HOURS_LATER = "Date.now = () => Date.UTC(2026, 5, 29, 11);"


@click.command()
def main() -> None:
    """Retake the screenshots of the documents."""
    with tempfile.TemporaryDirectory() as folder:
        take_dashboard(Path(folder))
    browser = find_browser()
    with tempfile.TemporaryDirectory() as folder, running_ui(Path(folder)) as address:
        for name, (page, size) in PICTURES.items():
            path = IMAGES / f"{name}.png"
            take(browser, address + page, path, size)
            check_size(path)


def check_size(path: Path) -> None:
    """Say how large a picture is. Raises ClickException for one that is too large for a repository."""
    click.echo(f"{path}: {path.stat().st_size:,} bytes")
    if path.stat().st_size > MOST_BYTES:
        raise click.ClickException(f"{path} is larger than {MOST_BYTES:,} bytes. Make its window smaller.")


def take_dashboard(folder: Path) -> None:
    """Play the demo, and take the pictures of its dashboard."""
    subprocess.run([*_COMMAND, "demo"], cwd=folder, env=clean_environment(folder), check=True)  # noqa: S603  # fixed words
    with running_browser() as browser:
        browser.call("Page.addScriptToEvaluateOnNewDocument", source=_TWO_HOURS_LATER)
        for name, (address, width) in DASHBOARD_PICTURES.items():
            browser.size(width)
            browser.open(dashboard_path(folder / "home" / "demo"), address)
            path = IMAGES / f"{name}.png"
            path.write_bytes(browser.picture())
            check_size(path)


def clean_environment(folder: Path) -> dict[str, str]:
    """Give the environment without settings of ours, and with a home in the folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return environment | {"TIKTOK_INSIGHTS_HOME": str(folder / "home")}


def find_browser() -> str:
    """The browser's path. Raises ClickException when there is none."""
    for name in _BROWSERS:
        if path := shutil.which(name):
            return path
    raise click.ClickException(
        f"No browser found. Install Chromium, or put one of these on the PATH: {', '.join(_BROWSERS)}."
    )


@contextmanager
def running_ui(folder: Path) -> Iterator[str]:
    """Run the pipeline in its own home, and give the address of its UI, which runs as long as the context."""
    environment = clean_environment(folder)
    port = _free_port()
    try:
        # In a folder without .env.
        subprocess.run([*_COMMAND, "run"], cwd=folder, env=environment, check=True)  # noqa: S603  # fixed words
        ui = subprocess.Popen([*_COMMAND, "ui", "--port", str(port)], cwd=folder, env=environment)  # noqa: S603  # as above
        _wait_until_loaded(port, ui)
        yield f"http://127.0.0.1:{port}"
    finally:
        subprocess.run([*_COMMAND, "stop"], cwd=folder, env=environment, check=True)  # noqa: S603  # as above


def take(browser: str, address: str, path: Path, size: tuple[int, int]) -> None:
    """Take one picture, with a profile that nobody has used."""
    width, height = size
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603  # a browser from the PATH, and fixed words
            [
                browser,
                *_FLAGS,
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={path}",
                address,
            ],
            check=True,
            timeout=120,
            stderr=subprocess.DEVNULL,  # a headless browser complains of what it has not
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_loaded(port: int, ui: "subprocess.Popen[bytes]") -> None:
    """Wait until the UI has loaded the definitions. Raises ClickException when it ends or takes too long."""
    deadline = time.monotonic() + _START_SECONDS
    while not _has_loaded(port):
        if ui.poll() is not None or time.monotonic() > deadline:
            raise click.ClickException("The UI did not start. Its messages are above.")
        time.sleep(0.5)


def _has_loaded(port: int) -> bool:
    question = {"query": "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/graphql", json.dumps(question), {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return bool((answer["data"] or {})["repositoriesOrError"].get("nodes"))


if __name__ == "__main__":
    main()
