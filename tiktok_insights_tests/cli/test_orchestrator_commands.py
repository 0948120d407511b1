"""`tiktok-insights orchestrator`: what it says when the code server cannot begin, and when Dagster is not healthy."""

import json
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.local.folder import held
from tiktok_insights_tests.support.postgres import free_port
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.troubleshooting import told


def refused(*words: str) -> str:
    """The one sentence of a command that must fail."""
    answer = CliRunner().invoke(main, ["orchestrator", *words])
    assert answer.exit_code == 1, answer.output
    return answer.stderr.removeprefix("Error: ").rstrip("\n")


@pytest.fixture
def port(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The port of a code server whose Dagster home is empty."""
    port = free_port()
    monkeypatch.setenv("TIKTOK_INSIGHTS_CODE_SERVER_HOST", "127.0.0.1")
    monkeypatch.setenv("TIKTOK_INSIGHTS_CODE_SERVER_PORT", str(port))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return port


def test_the_code_server_needs_an_address(environment: dict[str, str]) -> None:
    """By which its runs are known."""
    told("TIKTOK_INSIGHTS_CODE_SERVER_HOST is not set.").says(refused("code-server"))


def test_the_code_server_shares_its_port_with_no_other_program(port: int) -> None:
    """Not even with one that would share its own, as gRPC does."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        told("The code server cannot have port", str(port), "Address already in use").says(refused("code-server"))


def test_of_two_code_servers_that_start_together_one_is_refused(port: int) -> None:
    """Before either of them listens."""
    lock = Path(tempfile.gettempdir()) / f"tiktok-insights-code-server-{port}.lock"
    with held(lock, limit_seconds=1.0):
        told("The code server cannot have port", str(port), "another code server has it").says(refused("code-server"))
    lock.unlink()


def test_a_port_that_is_none_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the range."""
    monkeypatch.setenv("TIKTOK_INSIGHTS_CODE_SERVER_PORT", "80000")
    assert "a port from 1 to 65535 was expected" in refused("code-server")


def workspace(**entry: Any) -> Reply:
    """What the webserver says of a workspace with one location."""
    entries = [
        {"name": "ours", "loadStatus": "LOADED", "locationOrLoadError": {"__typename": "RepositoryLocation"}} | entry
    ]
    found = {"__typename": "Workspace", "locationEntries": entries if entry.get("name") != "" else []}
    return Reply(body=json.dumps({"data": {"workspaceOrError": found}}).encode())


def test_a_healthy_webserver_is_said_to_be_so(environment: dict[str, str]) -> None:
    """With exit code 0."""
    with scripted(workspace()) as webserver:
        answer = CliRunner().invoke(main, ["orchestrator", "health", "--url", webserver.address])
    assert (answer.exit_code, answer.output) == (0, "Dagster answers, and has loaded the definitions.\n")
    assert [asked.path for asked in webserver.asked] == ["/graphql"]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (
            workspace(locationOrLoadError={"__typename": "PythonError", "message": "A setting\nis wrong"}),
            "A setting is wrong",
        ),
        (workspace(loadStatus="LOADING", locationOrLoadError=None), "ours is still loading"),
        (workspace(name=""), "it has no code location"),
        (
            Reply(body=b'{"data": {"workspaceOrError": {"__typename": "PythonError", "message": "No workspace"}}}'),
            "No workspace",
        ),
    ],
    ids=["an error of the definitions", "loading", "nothing", "an error of the workspace"],
)
def test_definitions_that_are_not_loaded_are_not_healthy(environment: dict[str, str], reply: Reply, why: str) -> None:
    """Though the webserver and the code server answer."""
    with scripted(reply) as webserver:
        said = refused("health", "--url", webserver.address)
    told("Dagster's webserver at <address> cannot load the definitions", why).says(said)


@pytest.mark.parametrize("reply", [Reply(500), Reply(body=b"<html>"), Reply(body=b"{}"), Reply(hangs_up=True)])
def test_a_webserver_that_does_not_answer_is_not_healthy(environment: dict[str, str], reply: Reply) -> None:
    """Whatever else is behind its port."""
    with scripted(reply) as webserver:
        told("Dagster's webserver at <address> does not answer").says(refused("health", "--url", webserver.address))
