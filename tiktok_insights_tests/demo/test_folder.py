"""The demo's folder: whose it is, what its note says, and settings that let nothing of the user's through."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.demo.folder import DemoFolder
from tiktok_insights.demo.story import STORY
from tiktok_insights.local.fake_api.stories.story import Story
from tiktok_insights.local.folder import held
from tiktok_insights.settings.env_file import load_env_file
from tiktok_insights.settings.environment import Deployment, read_settings, use_variables
from tiktok_insights_tests.support.troubleshooting import told


@pytest.fixture
def folder(tmp_path: Path) -> DemoFolder:
    """A demo's folder in an empty home."""
    found = DemoFolder.of(tmp_path)
    found.root.mkdir()
    return found


def test_a_story_is_finished_once_its_words_are_noted(folder: DemoFolder) -> None:
    """A story of another version is another one, and a damaged note is none."""
    assert (folder.has(STORY), folder.words(STORY)) == (False, None)
    folder.note_down(STORY)
    assert (folder.has(STORY), folder.words(STORY)) == (True, None)
    folder.note_down(STORY, "three accounts")
    assert folder.words(STORY) == "three accounts"
    assert (folder.has(Story(days=3)), folder.words(Story(days=3))) == (False, None)
    folder.note.write_text("{", encoding="utf-8")
    assert (folder.has(STORY), folder.words(STORY)) == (False, None)


def test_in_the_demos_own_folder_the_demo_is_that_folder(folder: DemoFolder) -> None:
    """There, a demo inside the demo would help no one."""
    assert DemoFolder.of(folder.root) == DemoFolder(folder.root / "demo")
    folder.note_down(None)
    assert DemoFolder.of(folder.root) == folder


def test_settings_of_the_shell_do_not_reach_the_demo(folder: DemoFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in this process nor in commands that are run in the folder."""
    foreign = {
        "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
        "TIKTOK_API_URL": "https://api.example",
        "SNOWFLAKE_DATABASE": "PRODUCTION",
        "DAGSTER_HOME": "/elsewhere",
    }
    for name, value in foreign.items():
        monkeypatch.setenv(name, value)
    here = folder.write_settings(["demo.one", "demo.two"], 300)
    monkeypatch.chdir(folder.root)
    load_env_file()
    in_the_folder = read_settings()
    for name, value in foreign.items():
        monkeypatch.setenv(name, value)
    use_variables(here)
    assert read_settings() == in_the_folder == read_settings(here)
    assert (in_the_folder.deployment, in_the_folder.home) == (Deployment.LOCAL, folder.root)
    assert in_the_folder.dagster_home == folder.root / "dagster"
    assert in_the_folder.tiktok.accounts == ("demo.one", "demo.two")
    assert in_the_folder.tiktok.list_caps == (30, 50, 300, 5_000, 10_000)
    assert in_the_folder.snowflake.database == "AMAZON_DB"


def test_a_folder_with_other_files_is_left_alone(folder: DemoFolder, environment: dict[str, str]) -> None:
    """Whoever made it may need them."""
    (folder.root / ".env").write_text("RAPIDAPI_KEY=mine\n", encoding="utf-8")
    answer = CliRunner().invoke(main, ["demo"], env={"TIKTOK_INSIGHTS_HOME": str(folder.root.parent)})
    assert answer.exit_code == 1
    told("<folder> has files that the demo did not make.", str(folder.root)).says(answer.stderr.removeprefix("Error: "))
    assert [path.name for path in folder.root.iterdir()] == [".env"]


def test_a_demo_whose_ui_runs_is_not_made_again(folder: DemoFolder, environment: dict[str, str]) -> None:
    """Its sensor would load what is half written."""
    folder.note_down(STORY, "three accounts")
    with held(folder.root / "ui.lock", limit_seconds=1.0):
        answer = CliRunner().invoke(main, ["demo", "--rebuild"], env={"TIKTOK_INSIGHTS_HOME": str(folder.root.parent)})
        shown = CliRunner().invoke(main, ["demo"], env={"TIKTOK_INSIGHTS_HOME": str(folder.root.parent)})
    assert answer.exit_code == 1
    told("The demo's UI is running.", str(folder.root)).says(answer.stderr.removeprefix("Error: "))
    assert folder.words(STORY) == "three accounts"
    assert (shown.exit_code, "three accounts" in shown.stdout) == (0, True)
