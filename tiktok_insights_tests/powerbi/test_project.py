"""The project's folder: it is what the code makes, and a build loses nothing that a person wrote."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.powerbi.project import Change, Difference, differences, files, write
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.troubleshooting import told

TABLE = "TikTokInsights.SemanticModel/definition/tables/ACCOUNT_GROWTH.tmdl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the whole project."""
    write(tmp_path / "powerbi")
    return tmp_path / "powerbi"


def test_the_committed_project_is_what_the_code_makes() -> None:
    """A build would change nothing."""
    assert differences(ROOT / "powerbi") == (), "run: tiktok-insights powerbi build"


def test_a_first_build_writes_every_file_and_a_second_none(tmp_path: Path) -> None:
    """The files are those of the code, with Unix's line ends; what is right keeps its time."""
    added = write(tmp_path)
    assert {difference.path for difference in added} == files().keys()
    assert {difference.change for difference in added} == {Change.ADDED}
    assert all((tmp_path / path).read_bytes() == text.encode() for path, text in files().items())
    times = [path.stat().st_mtime_ns for path in tmp_path.rglob("*")]
    assert write(tmp_path) == ()
    assert [path.stat().st_mtime_ns for path in tmp_path.rglob("*")] == times


def test_the_record_is_one_that_sha256sum_reads(folder: Path) -> None:
    """Anyone can check it without this package."""
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, check=True, capture_output=True)  # noqa: S607  # of the tests' machine


def test_a_file_that_is_no_longer_made_is_removed(folder: Path) -> None:
    """Such as the table of a mart that is gone: the model would read it again."""
    old = folder / "TikTokInsights.SemanticModel" / "definition" / "tables" / "OLD.tmdl"
    record = folder / "SHA256SUMS"
    old.write_bytes((folder / TABLE).read_bytes())
    (line,) = [line for line in record.read_text().splitlines() if line.endswith(TABLE)]
    record.write_text(record.read_text() + line.replace("ACCOUNT_GROWTH", "OLD") + "\n")
    assert {difference.path: difference.change for difference in write(folder)} == {
        "SHA256SUMS": Change.REPLACED,
        str(old.relative_to(folder)): Change.REMOVED,
    }
    assert not old.exists()


def test_a_persons_own_files_are_left_alone(folder: Path) -> None:
    """Also those that were ours and were edited, and what a record says of files elsewhere."""
    own = [folder / ".pbi" / "localSettings.json", folder / "README.md", folder.parent / "outside.txt"]
    edited = folder / "TikTokInsights.SemanticModel" / "definition" / "tables" / "OLD.tmdl"
    for path in (*own, edited):
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    digest = "50ae61e841fac4e8f9e40baf2ad36ec868922ea48368c18f9535e47db56dd7fb"
    with (folder / "SHA256SUMS").open("a") as record:
        record.write(f"{'0' * 64}  {edited.relative_to(folder)}\n{digest}  ../outside.txt\n{digest}  {own[2]}\n")
    found = {difference.path: difference.change for difference in write(folder)}
    assert found == {"SHA256SUMS": Change.REPLACED, str(edited.relative_to(folder)): Change.LEFT}
    assert {path.read_text() for path in (*own, edited)} == {"mine"}


def test_an_edited_file_is_replaced_only_when_asked(folder: Path) -> None:
    """The refusal names the file and writes nothing, also no missing file."""
    (folder / TABLE).write_text("edited")
    (folder / ".gitignore").unlink()
    with told("Files in <folder> are not as a build wrote them", TABLE, str(folder)):
        write(folder)
    assert not (folder / ".gitignore").exists()
    assert set(write(folder, replaces_edited=True)) == {
        Difference(TABLE, Change.REPLACED, is_edited=True),
        Difference(".gitignore", Change.ADDED, is_edited=False),
    }
    assert differences(folder) == ()


@pytest.mark.parametrize("cut", [0, 1, 300])
def test_a_build_that_was_killed_continues_with_the_next_one(tmp_path: Path, cut: int) -> None:
    """Some files are whole, each of the others may be cut anywhere, also within a character; there is no record yet."""
    for path, text in files().items():
        if path != "SHA256SUMS":
            content = text.encode()
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content[: cut or len(content) // 2])
    (tmp_path / ".gitignore").write_bytes("**/.pbi/é".encode()[:-1])
    (tmp_path / ".gitattributes").unlink()
    write(tmp_path)
    assert differences(tmp_path) == ()


def test_a_file_of_an_older_build_is_replaced_without_a_question(folder: Path) -> None:
    """It is as it was written, but the code has changed."""
    (folder / TABLE).write_text("older\n")
    record = (folder / "SHA256SUMS").read_text().splitlines()
    older = [f"{'c63e6bb17a1c3fe0e1c94f0d3a7b1f2a' * 2}  {TABLE}" if line.endswith(TABLE) else line for line in record]
    (folder / "SHA256SUMS").write_text("\n".join(older) + "\n")
    assert [difference.is_edited for difference in differences(folder) if difference.path == TABLE] == [True]
    digest = subprocess.run(["sha256sum", folder / TABLE], check=True, capture_output=True, text=True).stdout[:64]  # noqa: S603, S607
    (folder / "SHA256SUMS").write_text("\n".join(older).replace("c63e6bb17a1c3fe0e1c94f0d3a7b1f2a" * 2, digest) + "\n")
    write(folder)
    assert differences(folder) == ()


def test_windows_line_ends_and_byte_order_marks_are_no_edits(folder: Path) -> None:
    """Git on Windows writes the first, and some editors the second."""
    for path in files():
        (folder / path).write_bytes(b"\xef\xbb\xbf" + (folder / path).read_bytes().replace(b"\n", b"\r\n"))
    assert differences(folder) == ()


def test_the_command_says_what_it_changed(environment: dict[str, str], folder: Path) -> None:
    """One line for each file, and one for all."""
    command = ["powerbi", "build", "--output", str(folder)]
    (folder / TABLE).unlink()
    answer = CliRunner().invoke(main, command)
    assert answer.output == f"added: {TABLE}\nThe project is {folder}: 1 file changed.\n"
    assert CliRunner().invoke(main, command).output == f"The project is {folder}: it is up to date.\n"
    (folder / TABLE).write_text("edited")
    refused = CliRunner().invoke(main, command)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert CliRunner().invoke(main, [*command, "--replace-edited"]).exit_code == 0
