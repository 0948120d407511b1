"""Where an export goes: its name, no file replaced without a word, and a file that is whole or not there."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tiktok_insights.exports.target import FileFormat, require_free, target_of, written_whole
from tiktok_insights_tests.support.troubleshooting import told

#: A process that stops in the middle of a file: the first argument is the file, and the second how much it writes.
_WRITER = """
import sys, time
from pathlib import Path
from tiktok_insights.exports.target import written_whole
path = Path(sys.argv[1])
with written_whole(path, replace=False) as folder:
    with (folder / path.name).open("wb") as file:
        file.write(b"x" * int(sys.argv[2]))
    print("written", flush=True)
    time.sleep(120 if len(sys.argv) > 3 else 0)
"""


def test_a_name_says_what_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the working directory, in a folder, or as it was given."""
    monkeypatch.chdir(tmp_path)
    usual = "followers_gone.formulas_neutralized.csv"
    assert target_of("FOLLOWERS_GONE", FileFormat.CSV.ending, None) == tmp_path / usual
    assert target_of("FOLLOWERS_GONE", FileFormat.CSV.ending, tmp_path) == tmp_path / usual
    assert target_of("FOLLOWERS_GONE", FileFormat.PARQUET.ending, None) == tmp_path / "followers_gone.parquet"
    given = tmp_path / "gone.formulas_neutralized.xlsx"
    assert target_of("FOLLOWERS_GONE", FileFormat.XLSX.ending, Path(given.name)) == given


@pytest.mark.parametrize(
    ("file_format", "name", "remedy"),
    [
        (FileFormat.CSV, "gone.csv", "--out gone.formulas_neutralized.csv"),
        (FileFormat.XLSX, "gone", "--out gone.formulas_neutralized.xlsx"),
        (FileFormat.PARQUET, "gone.csv", "--out gone.csv.parquet"),
    ],
)
def test_a_name_that_hides_what_the_file_is_is_refused(
    tmp_path: Path, file_format: FileFormat, name: str, remedy: str
) -> None:
    """With the name to type instead."""
    with told("The name of this file must end with", remedy):
        target_of("FOLLOWERS_GONE", file_format.ending, tmp_path / name)


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """It may be misspelled, so it is not made."""
    with told("There is no folder", str(tmp_path / "nowhere")):
        target_of("X", FileFormat.PARQUET.ending, tmp_path / "nowhere" / "x.parquet")


def test_a_file_is_replaced_only_on_demand(tmp_path: Path) -> None:
    """Not before it is written, and not at the end, when another process may have made it."""
    path = tmp_path / "x.parquet"
    path.write_text("mine")
    with told("<path> exists and was left as it is.", str(path)):
        require_free(path, replace=False)
    path.unlink()
    with told("<path> exists and was left as it is."), written_whole(path, replace=False) as folder:
        (folder / path.name).write_text("new")
        path.write_text("mine")
    assert path.read_text() == "mine"
    with written_whole(path, replace=True) as folder:
        (folder / path.name).write_text("new")
    assert (path.read_text(), list(tmp_path.iterdir())) == ("new", [path])


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    """It holds names of people."""
    with written_whole(tmp_path / "x.csv", replace=False) as folder:
        (folder / "x.csv").write_text("new")
    assert (tmp_path / "x.csv").stat().st_mode & 0o777 == 0o600


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    """Nor Ctrl-C; a file that is replaced stays as it was."""
    (tmp_path / "x.csv").write_text("old")

    def write_half() -> None:
        with written_whole(tmp_path / "x.csv", replace=True) as folder:
            (folder / "x.csv").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"x.csv": "old"}


def test_a_killed_export_leaves_no_file_that_looks_whole(tmp_path: Path) -> None:
    """What is left is hidden and says that it is partial; the next export is not disturbed by it."""
    path = tmp_path / "x.csv"
    command = [sys.executable, "-c", _WRITER, str(path), "1000", "wait"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".x.csv.")
    assert left.name.endswith(".partial")
    with written_whole(path, replace=False) as folder:
        (folder / path.name).write_text("new")
    assert path.read_text() == "new"


def test_a_full_disk_names_the_folder_and_leaves_nothing(tmp_path: Path) -> None:
    """On a small disk in memory."""
    alone = "unshare --mount" if os.getuid() == 0 else "unshare --mount --map-root-user"
    if subprocess.run([*alone.split(), "true"], check=False, capture_output=True).returncode:  # noqa: S603 - ours
        pytest.skip("no disk can be mounted here")
    disk = shlex.quote(str(tmp_path))
    write = shlex.join([sys.executable, "-c", _WRITER, str(tmp_path / "x.csv"), "1000000"])
    script = f"mount -t tmpfs -o size=100k none {disk} && {{ {write}; ls -A {disk}; }}"
    answer = subprocess.run([*alone.split(), "sh", "-c", script], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert answer.stderr.splitlines()[-1] == f"OSError: [Errno 28] No space left on device: '{tmp_path}'"
    assert answer.stdout == ""


def test_a_folder_that_is_not_ours_to_write_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is read. Root may write everywhere, so the kernel's answer is given here."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError) as caught:
        require_free(tmp_path / "x.csv", replace=False)
    assert caught.value.filename == str(tmp_path)
