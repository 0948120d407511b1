"""The groups of tests, and how much of each campaign runs: some usually, more in a short torture, all in a full.

A plugin of pytest. A module with a mark of `GROUPS` runs with that make target and not in `make test`. Three marks
choose what a torture runs: `campaign` (usually in small), `torture` (there alone) and `full` (in a full one alone). Add
a field to `Size` here when a test can do more than its usual share; what it does with that belongs in the test.
"""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import hypothesis
import pytest


@dataclass(frozen=True)
class Size:
    """How much of each campaign."""

    #: Examples of a property test that says nothing else; `examples` gives a share of them.
    examples: int
    #: Processes that load the same objects at once.
    loads: int
    #: Of the 120 orders of five objects: 24 or all. With steps of 2 or 3, an object would never come last.
    orders: int
    #: Where loads are let fail: few places, some, or every.
    fail_points: str
    #: Worlds with a truth, of each kind of list.
    worlds: int


#: The marks of tests that are too long for `make test`, and the make targets that run them.
GROUPS = {
    "runs": "make test-runs",
    "commands": "make test-commands",
    "people": "make test-people",
    "faults": "make test-faults",
    "orders": "make test-orders",
    "batches": "make test-batches",
    "worlds": "make test-worlds",
    "deploy": "make test-deploy",
    "docs": "make test-docs",
    "spark": "make test-spark",
    "browser": "make test-browser",
    "torture": "make torture",
}

#: What a module contains that has a test for a torture.
_OF_TORTURES = ("mark.campaign", "mark.torture", "mark.full", "hypothesis")
_TEST = "test"
SIZES = {
    _TEST: Size(examples=100, loads=3, orders=24, fail_points="few", worlds=1),
    "short": Size(examples=20, loads=4, orders=24, fail_points="some", worlds=1),
    "full": Size(examples=5_000, loads=50, orders=120, fail_points="every", worlds=20),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option; `pytest --help` shows it."""
    parser.getgroup("tiktok-insights").addoption(
        "--torture",
        choices=[name for name in SIZES if name != _TEST],
        help="Run the campaigns alone, short or in full. Without it they run in small, or are left to `make torture`.",
    )
    parser.getgroup("tiktok-insights").addoption(
        "--leave-campaigns",
        action="store_true",
        help="Leave every campaign to a torture that follows, as CI does.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load Hypothesis's profile: the same examples in every `make test`, others in each torture."""
    config.addinivalue_line("markers", "campaign: runs in `make torture` too, where it does more")
    config.addinivalue_line("markers", "full: runs in the full `make torture` only")
    for mark, target in GROUPS.items():
        config.addinivalue_line("markers", f"{mark}: runs in `{target}` only")
    # A deadline in milliseconds depends on the machine.
    register = hypothesis.settings.register_profile
    register("ci", deadline=None, print_blob=True, derandomize=True, max_examples=SIZES[_TEST].examples)
    register("torture", deadline=None, print_blob=True, max_examples=size_of(config).examples)
    hypothesis.settings.load_profile("torture" if config.option.torture else "ci")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the modules unread that have no test of the groups: to import all of them takes longer than many a test."""
    marks = config.option.markexpr.split(" or ")
    if not config.option.torture and not GROUPS.keys() >= {*marks}:
        return None
    words = _OF_TORTURES if config.option.torture else tuple(f"mark.{mark}" for mark in marks)
    return True if collection_path.suffix == ".py" and not _has_any(collection_path, words) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select the campaigns, or leave out the long ones; either is counted as deselected in pytest's last line."""
    wanted: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for path, group in groupby(items, lambda item: item.path):
        _check_marks_are_in(path, list(group))
    for item in items:
        is_wanted = _is_wanted(item, config.option.torture) and not _is_left_to_a_torture(item, config)
        (wanted if is_wanted else others).append(item)
    items[:] = wanted
    config.hook.pytest_deselected(items=others)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out, so that no one takes a part for the whole."""
    left_out = terminalreporter.stats.get("deselected", [])
    campaigns = [item for item in left_out if _is_left_to_a_torture(item, config)]
    if campaigns:
        terminalreporter.write_line(f"Left to a torture that follows: {len(campaigns)} tests.")
    for mark, target in GROUPS.items():
        marks = {mark, "full"} if mark == "torture" else {mark}
        tests = sum(any(map(item.get_closest_marker, marks)) and item not in campaigns for item in left_out)
        if tests and not config.option.torture:
            terminalreporter.write_line(f"Left to `{target}`: {tests} tests.")


@pytest.fixture(scope="session")
def size(pytestconfig: pytest.Config) -> Size:
    """How much of each campaign this run does."""
    return size_of(pytestconfig)


def size_of(config: pytest.Config) -> Size:
    """The size that the command line asks for."""
    return SIZES[config.option.torture or _TEST]


def examples(share: float) -> int:
    """So many of the usual number of examples, for `hypothesis.settings`; the profile is loaded before any test."""
    return max(1, round(hypothesis.settings().max_examples * share))


def _has_any(path: Path, words: tuple[str, ...]) -> bool:
    text = path.read_text(encoding="utf-8")
    return any(word in text for word in words)


def _check_marks_are_in(path: Path, items: list[pytest.Item]) -> None:
    """A mark that a module takes from elsewhere would keep its tests out of their group."""
    for mark in GROUPS:
        if any(item.get_closest_marker(mark) for item in items) and not _has_any(path, (f"mark.{mark}",)):
            raise pytest.UsageError(f"{path} has tests with the mark {mark}, and must name it as pytest.mark.{mark}.")
    if any(_is_wanted(item, "short") for item in items) and not _has_any(path, _OF_TORTURES):
        raise pytest.UsageError(f"{path} has tests that a torture runs, and must contain one of {_OF_TORTURES}.")


def _is_left_to_a_torture(item: pytest.Item, config: pytest.Config) -> bool:
    return config.option.leave_campaigns and not config.option.torture and _is_wanted(item, "short")


def _is_wanted(item: pytest.Item, torture: str | None) -> bool:
    if item.get_closest_marker("full") is not None:
        return torture == "full"
    is_long = item.get_closest_marker("torture") is not None
    if torture is None:
        return not is_long
    is_campaign = item.get_closest_marker("campaign") is not None
    return is_long or is_campaign or hypothesis.is_hypothesis_test(getattr(item, "obj", None))
