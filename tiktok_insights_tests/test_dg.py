"""Dagster's newer command line `dg`, which supersedes commands of `dagster`; pyproject.toml tells it of the project."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiktok_insights_tests.support.cli_user import CliUser, cli_user_in
from tiktok_insights_tests.support.documents import ROOT

pytestmark = pytest.mark.docs


@pytest.fixture(scope="module")
def cli_user(tmp_path_factory: pytest.TempPathFactory, warm_cli: Path) -> Iterator[CliUser]:
    """Someone in a folder with the project's pyproject.toml and nothing else."""
    home = tmp_path_factory.mktemp("dg")
    (home / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (home / "tiktok_insights").symlink_to(ROOT / "tiktok_insights")
    with cli_user_in(home, warm_cli) as person:
        assert person.command("init").returncode == 0
        yield person


def dg(cli_user: CliUser, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `dg` with words."""
    return cli_user.shell(" ".join(["dg", *words]))


def test_dg_check_defs_loads_the_definitions(cli_user: CliUser) -> None:
    """As `make check` runs it."""
    result = dg(cli_user, "check", "defs")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "All definitions loaded successfully" in result.stdout + result.stderr


def test_dg_launch_runs_a_job_in_the_same_home_as_the_command_line(cli_user: CliUser) -> None:
    """It reads .env, and its exit code is the run's."""
    result = dg(cli_user, "launch", "--job", "load_pending_objects")
    assert result.returncode == 0, result.stdout + result.stderr
    assert cli_user.rows("SELECT COUNT(*) AS N FROM TIKTOK_DATA") == [{"N": 0}]
