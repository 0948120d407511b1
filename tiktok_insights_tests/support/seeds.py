"""One seed for all that is random in the tests, and the line that repeats a failing one. A plugin of pytest.

What a test draws depends on the seed and the test's own name alone: not on which tests ran before, nor on the worker.
"""

import random
import secrets
import shlex
from collections.abc import Generator

import hypothesis
import pytest

#: How many of what there are: option, default, what is counted. `make torture` asks for more.
_AMOUNTS = (
    ("orders", 200, "Random orders in which objects are loaded."),
    ("loads", 8, "Processes that load the same objects at once."),
)
_REPEAT = "repeat with"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options; `pytest --help` shows them."""
    group = parser.getgroup("tiktok-insights")
    group.addoption("--seed", type=int, metavar="N", help="Seed of all random tests; a new one in each run.")
    for name, default, text in _AMOUNTS:
        group.addoption(f"--{name}", type=int, default=default, metavar="N", help=f"{text} Default: {default}.")


def pytest_configure(config: pytest.Config) -> None:
    """Choose a seed unless one is given."""
    if config.option.seed is None:
        config.option.seed = secrets.randbelow(10**9)
    # A deadline in milliseconds depends on the machine, and no seed repeats it.
    hypothesis.settings.register_profile("seeded", deadline=None)
    hypothesis.settings.load_profile("seeded")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let hypothesis draw from the seed as well."""
    for item in items:
        if _uses_hypothesis(item):
            hypothesis.seed(config.option.seed)(item.obj)  # type: ignore[attr-defined]  # only functions have one


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write to the report of a failing random test how to repeat it; another process prints a worker's report."""
    report = yield
    if report.failed and (_uses_hypothesis(item) or "seed" in getattr(item, "fixturenames", ())):
        report.user_properties.append((_REPEAT, _command(item)))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line for each failing random test."""
    failing = [report for outcome in ("failed", "error") for report in terminalreporter.getreports(outcome)]
    lines = [value for report in failing for name, value in getattr(report, "user_properties", ()) if name == _REPEAT]
    for line in dict.fromkeys(lines):
        terminalreporter.write_line(f"Repeat with: {line}")


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The run's seed; a failing test that uses it says how it is repeated."""
    chosen: int = pytestconfig.option.seed
    return chosen


@pytest.fixture
def random_source(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """The test's own source of random numbers."""
    return random.Random(f"{seed} {request.node.name}")  # noqa: S311 - to be repeated, not to be secret


def _uses_hypothesis(item: pytest.Item) -> bool:
    return hypothesis.is_hypothesis_test(getattr(item, "obj", None))


def _command(item: pytest.Item) -> str:
    config = item.config
    amounts = [(name, config.getoption(name), default) for name, default, _ in _AMOUNTS]
    options = [f"--{name} {value}" for name, value, default in amounts if value != default]
    return " ".join([".venv/bin/pytest", shlex.quote(item.nodeid), f"--seed {config.option.seed}", *options])
