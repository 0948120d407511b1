"""`tiktok-insights export`: what is typed, what is said, and what is in the folder then."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner, Result

from tiktok_insights.cli import main
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.exports.target import MARK
from tiktok_insights.tables.definitions import TIKTOK_DATA
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.commands

#: Each format in one process, for the time that the imports take.
_SCRIPT = """
import json, os, sys
from click.testing import CliRunner
from tiktok_insights.cli import main
results = []
for file_format in ("csv", "xlsx", "parquet"):
    answer = CliRunner().invoke(main, ["export", "tiktok_data", "--out", sys.argv[1], "--format", file_format])
    results.append((answer.exit_code, answer.output, os.listdir(sys.argv[1])))
print(json.dumps(results))
"""
_EMPTY = dict.fromkeys(TIKTOK_DATA.names)


@pytest.fixture
def folder(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with two users in the warehouse: one with a formula for a name, one with a wide count."""
    session.insert(
        TIKTOK_DATA,
        [
            {**_EMPTY, "TIKTOK_ID": "7420366745511658150", "NICK_NAME": "Ann", "HEART_COUNT": 10**37 + 1},
            {**_EMPTY, "TIKTOK_ID": "7420366745511658149", "NICK_NAME": "=1+1", "HEART_COUNT": -5},
        ],
    )
    path = tmp_path / "exports"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


def export(*words: str) -> Result:
    """Run `tiktok-insights export` with words."""
    return CliRunner().invoke(main, ["export", *words])


def test_csv_is_written_to_the_working_directory(folder: Path) -> None:
    """It says how many rows are where and in which order, and how many cells were changed."""
    answer = export("tiktok_data")
    path = folder / f"tiktok_data.{MARK}.csv"
    assert (answer.exit_code, answer.stdout) == (
        0,
        (
            f"2 rows of PUBLIC.TIKTOK_DATA in {path}, ordered by TIKTOK_ID.\n"
            "1 cell got an apostrophe before =, +, -, @ or a tab.\n"
        ),
    )
    lines = path.read_text("utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["7420366745511658149", "", "'=1+1"],
        ["7420366745511658150", "", "Ann"],
    ]


def test_what_became_text_in_excel_is_said(folder: Path) -> None:
    """A number that Excel would round."""
    answer = export("TIKTOK_DATA", "--format", "xlsx")
    assert "1 number with more than 15 digits became text: Excel would round." in answer.stdout
    assert (folder / f"tiktok_data.{MARK}.xlsx").exists()


def test_parquet_says_nothing_of_changes(folder: Path) -> None:
    """There are none."""
    answer = export("MAIN.TIKTOK_DATA", "--format", "parquet", "--out", str(folder))
    assert answer.output.count("\n") == 1
    assert pq.read_table(folder / "tiktok_data.parquet")["NICK_NAME"].to_pylist() == ["=1+1", "Ann"]


def test_a_file_is_kept_unless_it_may_be_replaced(folder: Path) -> None:
    """With exit code 1 and the remedy; the warehouse is not asked."""
    path = folder / "tiktok_data.parquet"
    path.write_text("mine")
    answer = export("tiktok_data", "--format", "parquet")
    assert (answer.exit_code, path.read_text()) == (1, "mine")
    told("<path> exists and was left as it is.", str(path)).says(answer.stderr.removeprefix("Error: "))
    assert export("tiktok_data", "--format", "parquet", "--replace").exit_code == 0
    assert pq.read_table(path).num_rows == 2


def test_a_wrong_name_is_one_line_with_the_nearest(folder: Path) -> None:
    """Nothing is written."""
    answer = export("tiktok_dat")
    assert (answer.exit_code, answer.stderr) == (
        1,
        "Error: There is no table or mart tiktok_dat. Did you mean TIKTOK_DATA?\n",
    )
    assert list(folder.iterdir()) == []


def test_a_mart_that_no_run_has_made_is_one_line(folder: Path) -> None:
    """With the command that makes it."""
    answer = export("followers_gone", "--format", "xlsx")
    assert answer.exit_code == 1
    told("<name> does not exist yet", "MAIN.FOLLOWERS_GONE").says(answer.stderr.removeprefix("Error: "))
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_one_line_in_every_format(folder: Path, session: Session) -> None:
    """It names the folder, not the home, and nothing is left there."""
    alone = "unshare --mount" if os.getuid() == 0 else "unshare --mount --map-root-user"
    if subprocess.run([*alone.split(), "true"], check=False, capture_output=True).returncode:  # noqa: S603 - ours
        pytest.skip("no disk can be mounted here")
    session.execute(
        "INSERT INTO TIKTOK_DATA (TIKTOK_ID) SELECT SEQ8() + 1 FROM TABLE(GENERATOR(ROWCOUNT => 20000))",
    )
    inside = f'mount -t tmpfs -o size=64k none "$1" && exec {shlex.join([sys.executable, "-c", _SCRIPT])} "$1"'
    command = [*alone.split(), "sh", "-c", inside, "sh", str(folder)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    line = f"Error: No space left on device: {folder}. Free some space there.\n"
    assert json.loads(answer.stdout) == [[1, line, []]] * 3, answer.stderr


def test_a_folder_that_cannot_have_files_is_one_line(folder: Path) -> None:
    """As one that was deleted in the meantime."""
    answer = export("tiktok_data", "--out", "/proc")
    assert answer.exit_code == 1
    told("There is no folder", "/proc").says(answer.stderr.removeprefix("Error: "))
