"""Folders with names that have a meaning in SQL, in patterns, in URLs or in .env: everything works in them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values

from tiktok_insights.clients.duckdb_engine import bounded_duckdb
from tiktok_insights.local import stack
from tiktok_insights.resources.opening import open_bucket
from tiktok_insights.runtime import dagster_home
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.support.cli_user import CliUser, cli_user_in
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.commands

#: `%20` is in the folder for temporary files: Dagster cannot keep its runs in such a one.
NAME = 'Mes projets/it\'s [1] #1 é, *a=b; "c" 100%'
TEMPORARY = "it's [1] %20 #1 é *a=b"


@pytest.fixture(scope="module")
def cli_user(tmp_path_factory: pytest.TempPathFactory, warm_cli: Path) -> Iterator[CliUser]:
    """Somebody in a folder with a difficult name, whose temporary files are in another one."""
    home = tmp_path_factory.mktemp("paths") / NAME
    temporary = tmp_path_factory.mktemp("paths") / TEMPORARY
    home.mkdir(parents=True)
    temporary.mkdir()
    with cli_user_in(home, warm_cli) as somebody:
        variables = {**somebody.environment, "TMPDIR": str(temporary), "DAGSTER_HOME": "/nowhere"}
        yield CliUser(home, variables)


def test_a_load_works_and_the_folder_can_be_moved(cli_user: CliUser, warm_cli: Path) -> None:
    """An exported DAGSTER_HOME loses against .env in every command, before and after the folder is moved."""
    (cli_user.home / ".env").write_text("GLUE_DATABASE=mine\nDAGSTER_HOME=${PWD}/.local/dagster\n")
    assert cli_user.command("init").returncode == 0
    settings = read_settings({"TIKTOK_INSIGHTS_HOME": str(cli_user.home / ".local")})
    open_bucket(settings.s3).put("csv/followers/account=4400/dt=2026-01-31/a.csv", csv_file(row("17")), "text/csv")
    load = cli_user.command("run", "--job", "load_pending_objects", "--format", "json")
    assert load.returncode == 0, load.stdout + load.stderr
    assert (
        "Note: DAGSTER_HOME has different values in .env and in the environment. The one in .env is used."
        in load.stderr
    )
    stack.stop(cli_user.home / ".local")
    moved = cli_user.home.with_name("moved [2]")
    cli_user.home.rename(moved)
    with cli_user_in(moved, warm_cli):
        there = CliUser(moved, {**cli_user.environment, "PWD": "/nowhere"})
        assert there.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA") == [{"TIKTOK_ID": "17"}]
        runs = there.shell("dagster run list")
        assert json.loads(load.stdout)["run_id"] in runs.stdout, runs.stdout + runs.stderr
    assert [path.name for path in moved.parent.iterdir()] == ["moved [2]"]


@pytest.mark.parametrize(
    "name", ["plain", "a b", "a#b", "a'b", 'a"b', "a\\b", "a\\nb", "a$HOME", "a=b", "é", "100%", "a`b", " a ", "a\\"]
)
def test_env_holds_any_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What Dagster reads from it is the home, whether it is inside the folder or elsewhere."""
    folder = tmp_path / name
    folder.mkdir()
    monkeypatch.setenv("PWD", str(folder))
    for home in (folder / name / "dagster", tmp_path / "elsewhere" / name):
        dagster_home.point_env_file(folder / ".env", home)
        assert dotenv_values(folder / ".env")["DAGSTER_HOME"] == str(home)
        is_inside = home.is_relative_to(folder)
        assert (str(tmp_path) in (folder / ".env").read_text()) is not is_inside


@pytest.mark.parametrize("name", ["a${HOME}", "a\nb"])
def test_a_path_that_env_cannot_hold_is_refused(tmp_path: Path, name: str) -> None:
    """The file stays as it was."""
    (tmp_path / ".env").write_text("RAPIDAPI_KEY=mine\n")
    with told("DAGSTER_HOME is <path>, which .env cannot hold.", repr(str(tmp_path / name))):
        dagster_home.point_env_file(tmp_path / ".env", tmp_path / name)
    assert (tmp_path / ".env").read_text() == "RAPIDAPI_KEY=mine\n"
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


@pytest.mark.parametrize("name", ["a%20b", "a?b"])
def test_a_home_that_dagster_cannot_use_is_named(tmp_path: Path, name: str) -> None:
    """Before a database is made beside it."""
    with told("Dagster cannot keep its runs in <folder>", str(tmp_path / name)):
        dagster_home.prepare(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a?b", "a\\b"])
def test_folders_in_which_no_database_can_be_are_named(tmp_path: Path, name: str) -> None:
    """A stack's home, and the folder for temporary files."""
    with told("The local stack cannot keep its databases in <folder>", str(tmp_path / name), name[1]):
        stack.ensure_running(tmp_path / name)
    with told("DuckDB cannot use the temporary folder <folder>", str(tmp_path / name), name[1]):
        bounded_duckdb(tmp_path / name / "tmp")
    assert list(tmp_path.iterdir()) == []
