"""The documents say what the code says: tables, variables, commands, links, paths. Wording is the reader's business."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import click
import dagster as dg
import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML, which Dagster brings, has no types

from docs.generate.documents import GENERATED
from tiktok_insights.cli import main
from tiktok_insights.definitions import defs
from tiktok_insights.schema import FOREIGN_HEADER
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.settings.variables import DEFAULTS
from tiktok_insights.warehouse.table_checks import step_7
from tiktok_insights_tests.support.documents import ALL, BLOCK, GUIDES, ROOT, blocks, name

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
CONFIGURATION = ROOT / "docs" / "reference" / "configuration.md"
OWN_FILES = ROOT / "docs" / "how_to" / "own_files.md"


class RecordedEnvironment(dict[str, str]):
    """An environment that remembers which variables were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]  # as read_settings uses it
        """Answer that the variable is not set."""
        self.asked.add(name)
        return default


def variables_read() -> set[str]:
    """The variables that the settings are read from."""
    environment = RecordedEnvironment()
    read_settings(environment)
    return environment.asked


def table_rows(text: str) -> list[list[str]]:
    """The cells of the first table's rows, without its header."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def code_in(document: Path) -> Iterator[str]:
    """Every block, without its comments, and every span of code."""
    yield from (re.sub(r"#.*", "", block.text) for block in blocks(document))
    yield from re.findall(r"`([^`\n]+)`", BLOCK.sub("", document.read_text(encoding="utf-8")))


def anchors(document: Path) -> set[str]:
    """The addresses of a document's headings, as they are made from their words."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", GENERATED)
def test_a_generated_document_is_what_the_code_says(path: str) -> None:
    """`make docs` would change nothing."""
    assert (ROOT / path).read_text(encoding="utf-8") == GENERATED[path](), "run: make docs"


def test_exactly_the_variables_that_are_read_are_documented() -> None:
    """None is missing, none is unknown."""
    assert DEFAULTS.keys() == variables_read()


def test_the_documented_defaults_are_those_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Setting a variable to its documented default changes no setting."""
    monkeypatch.chdir(tmp_path)
    unset = read_settings({})
    # Python-dotenv replaces it when it reads .env.
    defaults = {name: default.replace("${PWD}", str(tmp_path)) for name, default in DEFAULTS.items()}
    assert all(read_settings({name: default}) == unset for name, default in defaults.items())


def test_the_example_of_an_env_file_can_be_used_line_by_line() -> None:
    """Every variable has one line there, which changes nothing when its mark of a comment is taken away."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    settings = dict(line[1:].split("=", 1) for line in lines if re.match(r"#[A-Z][A-Z0-9_]+=", line))
    assert {name: settings[name] for name in DEFAULTS} == DEFAULTS
    assert all(name.startswith("AWS_") for name in settings.keys() - DEFAULTS.keys())


@pytest.mark.parametrize("document", ALL, ids=name)
def test_every_target_of_make_exists(document: Path) -> None:
    """What people are told to make can be made."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {target for code in code_in(document) for target in re.findall(r"\bmake ([a-z-]+)", code)}
    assert named <= targets


@pytest.mark.parametrize("document", ALL, ids=name)
def test_every_command_exists(document: Path) -> None:
    """What people are told to type is a command of tiktok-insights, with its subcommand."""
    for code in code_in(document):
        for words in re.findall(r"\btiktok-insights ([a-z-]+)(?: ([a-z][a-z-]*))?", code):
            command = main.commands.get(words[0])
            assert command is not None, words
            if isinstance(command, click.Group) and words[1]:
                assert words[1] in command.commands


@pytest.mark.parametrize("document", ALL, ids=name)
def test_no_link_within_the_project_is_dead(document: Path) -> None:
    """Every relative link and image leads to a file, and to a heading of it where it names one."""
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_git_ignores_what_the_guides_have_people_write() -> None:
    """A person who has followed them still has a clean clone."""
    patterns = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    texts = [block.text for guide in GUIDES for block in blocks(guide) if block.language == "sh"]
    written = {file for text in texts for file in re.findall(r"(?<![<-])> ?([\w.]+)", text)} | {"run.yaml"}
    assert {"users.csv", "mine.csv"} <= written
    assert [file for file in written if not any(fnmatch(file, pattern.removeprefix("/")) for pattern in patterns)] == []


def test_the_drawn_tree_exists() -> None:
    """Every path of the tree is there; two spaces more are one folder deeper."""
    (tree,) = [block.text for block in blocks(CONTRIBUTING) if block.text.startswith("tiktok_insights/\n")]
    trail: list[str] = []
    for line in tree.splitlines():
        entry = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        trail = [*trail[:depth], entry]
        path = ROOT.joinpath(*trail)
        assert path.is_dir() if entry.endswith("/") else path.is_file(), path


def test_the_table_of_stages_names_assets_and_packages(environment: dict[str, str]) -> None:
    """Stage, assets and package of each row belong together, and no stage is missing."""
    graph = defs().resolve_asset_graph()
    rows = table_rows(README.partition("\n## ")[0])
    for stage, assets, _, package in rows:
        named = re.findall(r"`([\w/]+)`", assets)
        assert named
        assert {graph.get(dg.AssetKey.from_user_string(name)).group_name for name in named} == {stage}
        assert (ROOT / package.strip("`")).is_dir()
    assert {stage for stage, *_ in rows} == {graph.get(key).group_name for key in graph.get_all_asset_keys()}


def test_step_7_stands_in_the_readme_word_for_word() -> None:
    """The statements are those that the check runs."""
    statements = step_7("ACCOUNTADMIN", "COMPUTE_WH", "AMAZON_DB", "Main")
    (shown,) = [block.text for block in blocks(ROOT / "README.md") if block.language == "sql"]
    assert shown == "".join(f"{statement};\n" for statement in statements)


def test_the_header_for_other_producers_stands_in_the_how_to() -> None:
    """A file made by its words is loaded."""
    (header,) = [block.text for block in blocks(OWN_FILES) if block.language == "csv"]
    assert header == f"{','.join(FOREIGN_HEADER)}\n"


def test_the_documented_run_config_is_valid_and_has_every_default(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run with it is a run without any, and no asset's setting is missing."""
    job = defs().resolve_job_def("tiktok_pipeline")
    documented, resources = (yaml.safe_load(block.text) for block in blocks(CONFIGURATION) if block.language == "yaml")
    monkeypatch.setenv("ANOTHER_PRIVATE_KEY", "a key")
    assert dg.validate_run_config(job, resources)["resources"]["snowflake"]["config"]["warehouse"] == "LARGE_WH"
    plain = dg.validate_run_config(job, {})
    assert dg.validate_run_config(job, documented) == plain
    settings = {asset: op["config"] for asset, op in plain["ops"].items() if op.get("config")}
    assert {asset: op["config"] for asset, op in documented["ops"].items()} == settings
