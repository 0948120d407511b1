"""Dagster's newer command line `dg`, which supersedes commands of `dagster`; pyproject.toml tells it of the project."""

import subprocess
from collections.abc import Iterator

import pytest

from tiktok_insights_tests.support.cli_user import Newcomer, newcomer_in
from tiktok_insights_tests.support.documents import ROOT


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """Someone in a folder with the project's pyproject.toml and nothing else."""
    home = tmp_path_factory.mktemp("dg")
    (home / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (home / "tiktok_insights").symlink_to(ROOT / "tiktok_insights")
    with newcomer_in(home) as person:
        assert person.command("init").returncode == 0
        yield person


def dg(newcomer: Newcomer, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `dg` with words."""
    return newcomer.shell(" ".join(["dg", *words]))


def test_dg_check_defs_loads_the_definitions(newcomer: Newcomer) -> None:
    """As `make check` runs it."""
    result = dg(newcomer, "check", "defs")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "All definitions loaded successfully" in result.stdout + result.stderr


def test_dg_launch_runs_a_job_in_the_same_home_as_the_command_line(newcomer: Newcomer) -> None:
    """It reads .env, and its exit code is the run's."""
    result = dg(newcomer, "launch", "--job", "load_pending_objects")
    assert result.returncode == 0, result.stdout + result.stderr
    assert newcomer.rows("SELECT COUNT(*) AS N FROM TIKTOK_DATA") == [{"N": 0}]
