"""The doctor on this machine: what a run needs of it, and what it can do without."""

import socket
from pathlib import Path

import pytest

from tiktok_insights.doctor.findings import Probe, State, Subject, ok
from tiktok_insights.doctor.machine import (
    chromium,
    clock,
    disk,
    folder,
    installed,
    machine_probes,
    port_of_ui,
    ports_of_stack,
    python,
)
from tiktok_insights.doctor.side_by_side import Once, examine
from tiktok_insights.local.endpoints import Announcement, Endpoints
from tiktok_insights.local.folder import StackFolder
from tiktok_insights_tests.support.documents import ROOT

pytestmark = pytest.mark.deploy


def test_each_python_that_the_package_supports_is_one_that_is_ok() -> None:
    """As pyproject.toml says it."""
    assert 'requires-python = ">=3.11,<3.14"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    states = {version: python((3, version)).state for version in (10, 11, 13, 14)}
    assert states == {10: State.MISSING, 11: State.OK, 13: State.OK, 14: State.MISSING}


def test_a_clock_before_the_installation_is_wrong() -> None:
    """It makes signatures of AWS and Snowflake invalid."""
    assert (clock(0.0).state, clock().state) == (State.MISSING, State.OK)


def test_a_folder_that_cannot_be_made_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    """With the variable that chooses another one."""
    (tmp_path / "file").touch()
    found = folder(tmp_path / "file" / "home", "TIKTOK_INSIGHTS_HOME")
    assert (found.state, "TIKTOK_INSIGHTS_HOME" in found.remedy) == (State.MISSING, True)
    assert folder(tmp_path / "new" / "home", "TIKTOK_INSIGHTS_HOME").state is State.OK
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_disk_without_space_is_named(tmp_path: Path) -> None:
    """With how much is there, and how much is needed."""
    found = disk(tmp_path, least=10**18)
    assert (found.state, "GB free" in found.reason) == (State.MISSING, True)
    assert disk(tmp_path, least=1).state is State.OK


def test_a_taken_port_comes_with_the_way_around_it(tmp_path: Path) -> None:
    """Of the UI, and of the local stack's last start; both are only looked at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port_of_ui(port, tmp_path / "ui.lock").remedy == f"tiktok-insights ui --port {port + 1}"
        endpoints = Endpoints(f"http://127.0.0.1:{port}", "http://127.0.0.1:9", "127.0.0.1", 9, 1)
        found = StackFolder.of(tmp_path)
        found.root.mkdir()
        Announcement(endpoints, 0.0).write(found.previous_endpoints)
        assert str(port) in ports_of_stack(tmp_path).reason
    assert port_of_ui(port, tmp_path / "ui.lock").state is State.OK
    assert ports_of_stack(tmp_path).state is State.OK


def test_what_is_optional_is_no_fault(tmp_path: Path) -> None:
    """Java, Chromium and the extras, but for the one of the local stack where that is used."""
    probes = list(machine_probes(tmp_path, tmp_path, is_local=True, ui_port=3000, ui_lock=tmp_path / "ui.lock"))
    optional = {probe.subject.name for probe in probes if probe.subject.optional}
    assert {"Java 17", "Chromium", "extra dashboard", "extra glue", "port 3000"} <= optional
    assert not optional & {"Python", "clock", "home folder", "Dagster's home", "free disk space", "extra local"}
    elsewhere = machine_probes(tmp_path, tmp_path, is_local=False, ui_port=3000, ui_lock=tmp_path / "ui.lock")
    assert "extra local" in {probe.subject.name for probe in elsewhere if probe.subject.optional}
    assert chromium(["no-such-browser"]).state is State.MISSING
    assert installed("local").state is State.OK


def test_one_bad_probe_never_stops_the_others() -> None:
    """One that raises, and one that hangs: nothing can be told of these two."""
    hanging = socket.socketpair()

    def hang() -> None:
        hanging[0].recv(1)

    def fail() -> None:
        raise RuntimeError("broken\x1b[2J")

    looks = {"good": ok, "hangs": lambda: hang() or ok(), "fails": lambda: fail() or ok()}  # type: ignore[func-returns-value]
    probes = [Probe(Subject(name=name, area="test", place="here"), look) for name, look in looks.items()]
    found = examine(probes, limit_seconds=0.5)
    hanging[1].send(b"x")
    assert [finding.outcome.state for finding in found] == [State.OK, State.UNKNOWN, State.UNKNOWN]
    assert found[2].outcome.reason == "RuntimeError: broken\\x1b[2J"


def test_what_is_made_once_is_made_once_also_when_it_fails() -> None:
    """Each who asks hears why."""
    tries: list[int] = []

    def fail() -> None:
        tries.append(1)
        raise ValueError("no")

    once = Once(fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            once.get()
    assert tries == [1]
