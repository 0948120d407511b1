"""docs/troubleshooting.md cannot rot: what people can read as an error is in it, and what is in it was provoked.

The messages themselves are provoked where the code that says them is tested, with `troubleshooting.told`.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import dagster as dg
import pytest

from tiktok_insights.definitions import defs
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.troubleshooting import DOCUMENT, ENTRIES, Entry, told
from tiktok_insights_tests.test_architecture import PACKAGE, TESTS

#: Errors that nobody reads as such, and why.
INTERNAL = {
    "MartFileError": "whoever writes a mart reads it, in the tests; a release has good files",
    "UnknownWordError": "becomes a MartFileError",
    "UnclassifiedColumnError": "whoever adds a column reads it, in the tests; a release has all",
    "BadParameterError": "the fake API answers it, as the API does",
    "NoSuchUserError": "the fake API answers it, as the API does",
    "GlueAnswerError": "the local Glue answers it, as Glue does",
    "LaunchError": "becomes the message of a job run or a crawl that failed on the local stack",
    "ValueShapeError": "becomes the reason of a rejected row, or of a SchemaDriftError",
    "NotDeliveredError": "becomes a line of the sensor's log, or of `tiktok-insights alert --test`",
    "TikTokError": "the root of the tree; only what is below it is raised",
    "GlueError": "the root of the tree; only what is below it is raised",
    "PowerBIError": "the root of the tree; only what is below it is raised",
    "RunError": "a branch of the tree; only what is below it is raised",
}
#: Where a message is that is no error's.
PLACES = {
    "The command line",
    "The orchestrator's scripts",
    "Red checks",
    "Refused by the audit",
    "In a receipt: not cleaned",
    "EndpointConnectionError",
    "OperationalError",
    "ProgrammingError",
}


def trees() -> Iterator[ast.Module]:
    """Every module of the package."""
    return (ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py")))


def error_classes() -> set[str]:
    """The exceptions that the package defines."""
    classes = (node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {node.name for node in classes if node.name.endswith("Error")}


def parts(text: ast.expr, assigned: list[ast.Assign]) -> list[str | None] | None:
    """A message's own words, with None for each of its values; None for one that is put together elsewhere."""
    match text:
        case ast.Constant(value=str(words)):
            return [words]
        case ast.JoinedStr(values=values):
            return [str(value.value) if isinstance(value, ast.Constant) else None for value in values]
        case ast.Name(id=name):
            before = [node for node in assigned if ast.unparse(node.targets[0]) == name and node.lineno < text.lineno]
            return parts(before[-1].value, []) if before else None
    return None


def messages() -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """The class and the parts of each error that the package makes."""
    classes = error_classes() - INTERNAL.keys() | {"ClickException"}
    for function in chain.from_iterable(map(ast.walk, trees())):
        if not isinstance(function, ast.FunctionDef):
            continue
        nodes = sorted((node for node in ast.walk(function) if isinstance(node, ast.stmt | ast.expr)), key=place)
        assigned = [node for node in nodes if isinstance(node, ast.Assign)]
        for node in nodes:
            if isinstance(node, ast.Call) and node.args:
                kind = ast.unparse(node.func).removeprefix("click.")
                if kind in classes and (found := parts(node.args[0], assigned)) is not None:
                    yield ("The command line" if kind == "ClickException" else kind), tuple(found)


def place(node: ast.stmt | ast.expr) -> tuple[int, int]:
    """Where a node stands in its module."""
    return node.lineno, node.col_offset


def is_entry_of(entry: Entry, found: tuple[str | None, ...]) -> bool:
    """Whether entry and code can mean the same text; either may say as a value what the other spells out."""
    spelled = "".join("x" if part is None else part for part in found)
    pattern = "".join(".*" if part is None else re.escape(" ".join(f"-{part}-".split())[1:-1]) for part in found)
    return entry.fits(spelled) or re.fullmatch(pattern, entry.example) is not None


def test_every_error_has_a_section_and_every_section_is_an_error() -> None:
    """But for those that nobody reads."""
    assert INTERNAL.keys() <= error_classes()
    assert {entry.kind for entry in ENTRIES} - PLACES == error_classes() - INTERNAL.keys()


@pytest.mark.parametrize(("kind", "found"), sorted(set(messages()), key=repr))
def test_every_message_of_the_code_is_in_the_document(kind: str, found: tuple[str | None, ...]) -> None:
    """Whoever writes a new one, or changes one, writes the entry too."""
    assert [entry for entry in ENTRIES if entry.kind == kind and is_entry_of(entry, found)], found


def test_every_entry_was_provoked() -> None:
    """Some test names it with `told`, which fails where the message reads otherwise."""
    calls = (
        node
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "told"
    )
    words = (node for call in calls for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant))
    named = {told(str(node.value)).entry for node in words}
    assert [entry.message for entry in ENTRIES if entry not in named] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.message[:40])
def test_every_entry_says_what_it_means_and_what_to_do(entry: Entry) -> None:
    """In sentences."""
    for cell in (entry.meaning, entry.remedy):
        assert re.fullmatch(r"[A-Z`].+[.`]", cell), cell


def test_every_check_has_an_entry(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name that the run's page and the summary show; with a crawler, which has a check of its own."""
    monkeypatch.setenv("GLUE_CRAWLER", "a_crawler")
    checks = {
        key.name
        for item in (*(defs().assets or ()), *(defs().asset_checks or ()))
        if isinstance(item, dg.AssetsDefinition)
        for key in item.check_keys
    }
    heads = {replace(entry, message=entry.message.partition(":")[0]) for entry in ENTRIES if entry.kind == "Red checks"}
    assert [check for check in checks if not any(head.fits(check) for head in heads)] == []
    assert [head.message for head in heads if not any(map(head.fits, checks))] == []


def test_every_outcome_of_an_account_is_explained() -> None:
    """With the very words that the check shows as its remedy."""
    section = DOCUMENT.read_text(encoding="utf-8").partition("\n## How an account can end\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:3] == "| `"]
    assert {name.strip("`") for name, _, _ in rows} == {outcome.value for outcome in Outcome}
    for name, meaning, remedy in rows:
        assert meaning.endswith(".")
        assert Outcome(name.strip("`")).remedy in remedy
