"""The documents say what the code says: tables, variables, commands, links, paths. Wording is the reader's business."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import click
import dagster as dg
import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML, which Dagster brings, has no types

from tiktok_insights.cli import main
from tiktok_insights.definitions import defs
from tiktok_insights.resources.deployments import read_settings
from tiktok_insights.schema import FOREIGN_HEADER
from tiktok_insights.warehouse.table_checks import step_7

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
#: Where people are told what to type.
GUIDES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    ROOT / "docs" / "troubleshooting.md",
]
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")


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


def section(title: str) -> str:
    """The README's text under a heading of the second level."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def table_rows(text: str) -> list[list[str]]:
    """The cells of the first table's rows, without its header."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def fenced(text: str) -> str:
    """The text's first block of code."""
    return re.split(r"^```\w*\n", text, maxsplit=2, flags=re.MULTILINE)[1].partition("```")[0]


def code_in(text: str) -> Iterator[str]:
    """Every block, without its comments, and every span of code."""
    blocks = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
    yield from (re.sub(r"#.*", "", block) for block in blocks.findall(text))
    yield from re.findall(r"`([^`\n]+)`", blocks.sub("", text))


def anchors(document: Path) -> set[str]:
    """The addresses of a document's headings, as they are made from their words."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_data_model_is_what_the_code_says() -> None:
    """`make docs` would change nothing."""
    generated = runpy.run_path(str(ROOT / "docs" / "generate.py"))["data_model"]()
    assert (ROOT / "docs" / "data_model.md").read_text(encoding="utf-8") == generated, "run: make docs"


def test_the_readme_has_exactly_the_variables_that_are_read() -> None:
    """None is missing in the table, none is unknown."""
    documented = {name for row in table_rows(section("Configuration")) for name in _VARIABLE.findall(row[0])}
    assert documented == variables_read()


def test_the_readme_has_the_defaults_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Setting a variable to its documented default changes no setting."""
    monkeypatch.chdir(tmp_path)
    unset = read_settings({})
    defaults = {row[0].strip("`"): row[1].strip("`") for row in table_rows(section("Configuration"))}
    assert all(read_settings({name: default}) == unset for name, default in defaults.items())


def test_the_example_of_an_env_file_has_exactly_the_variables_that_are_read() -> None:
    """Beside the standard ones of AWS, which boto3 reads."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {match[1] for line in lines if (match := re.match(r"#?([A-Z][A-Z0-9_]+)=", line))}
    assert {name for name in named if not name.startswith("AWS_")} == variables_read()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_target_of_make_exists(guide: Path) -> None:
    """What the guides tell people to make can be made."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        name for code in code_in(guide.read_text(encoding="utf-8")) for name in re.findall(r"\bmake ([a-z]+)", code)
    }
    assert named <= targets


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_command_exists(guide: Path) -> None:
    """What the guides tell people to type is a command of tiktok-insights, with its subcommand."""
    for code in code_in(guide.read_text(encoding="utf-8")):
        for words in re.findall(r"\btiktok-insights ([a-z-]+)(?: ([a-z]+))?", code):
            command = main.commands.get(words[0])
            assert command is not None, words
            if isinstance(command, click.Group) and words[1]:
                assert words[1] in command.commands


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_link_within_the_project_is_dead(document: Path) -> None:
    """Every relative link and image leads to a file, and to a heading of it where it names one."""
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_the_drawn_tree_exists() -> None:
    """Every path of the README's tree is there; two spaces more are one folder deeper."""
    trail: list[str] = []
    for line in fenced(section("The tree")).splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        trail = [*trail[:depth], name]
        path = ROOT.joinpath(*trail)
        assert path.is_dir() if name.endswith("/") else path.is_file(), path


def test_the_table_of_stages_names_assets_and_packages(environment: dict[str, str]) -> None:
    """Stage, assets and package of each row belong together, and no stage is missing."""
    graph = defs().resolve_asset_graph()
    rows = table_rows(README.partition("\n## ")[0])
    for stage, assets, _, package in rows:
        named = re.findall(r"`(\w+)`", assets)
        assert named
        assert {graph.get(dg.AssetKey(name)).group_name for name in named} == {stage}
        assert (ROOT / package.strip("`")).is_dir()
    assert {stage for stage, *_ in rows} == {graph.get(key).group_name for key in graph.get_all_asset_keys()}


def test_step_7_stands_in_the_readme_word_for_word() -> None:
    """The statements are those that the check runs."""
    statements = step_7("ACCOUNTADMIN", "COMPUTE_WH", "AMAZON_DB", "Main")
    assert fenced(section("Query")) == "".join(f"{statement};\n" for statement in statements)


def test_the_header_for_other_producers_stands_in_the_readme() -> None:
    """A file made by the README's words is loaded."""
    assert f"\n{','.join(FOREIGN_HEADER)}\n" in section("Your own CSV")


def test_the_run_config_in_the_readme_is_valid_and_has_every_default(environment: dict[str, str]) -> None:
    """A run with it is a run without any."""
    job = defs().resolve_job_def("tiktok_pipeline")
    documented = yaml.safe_load(README.partition("```yaml\n")[2].partition("```")[0])
    assert dg.validate_run_config(job, documented) == dg.validate_run_config(job, {})
    assert {name: dg.validate_run_config(job, {})["ops"][name]["config"] for name in documented["ops"]} == {
        name: op["config"] for name, op in documented["ops"].items()
    }
