"""The seed of the random tests: what they draw, and the line that repeats a failing one. On pytests of their own."""

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

#: Tests that fail on what they have drawn, and one that has drawn nothing.
RANDOM_TESTS = """
import pytest
from hypothesis import Phase, given, settings, strategies as st

@pytest.mark.parametrize("number", range(2))
def test_drawn(number, random_source):
    assert random_source.randrange(10**9) < 0

@pytest.fixture
def broken(seed):
    raise ValueError(seed)

def test_with_a_broken_fixture(broken):
    pass

@settings(phases=[Phase.generate])
@given(number=st.integers(0, 10**9))
def test_searched(number):
    assert number < 1000

def test_without_chance():
    assert False
"""
LINE = re.compile(r"^Repeat with: (.*)$", re.MULTILINE)


def run(pytester: pytest.Pytester, *options: str, in_process: bool = True) -> str:
    """The output of a pytest on the random tests."""
    pytester.makepyfile(test_random=RANDOM_TESTS)
    start = pytester.runpytest_inprocess if in_process else pytester.runpytest_subprocess
    return start("-p", "tiktok_insights_tests.support.seeds", *options).stdout.str()


def what_was_drawn(output: str) -> list[str]:
    """The values on which the tests have failed."""
    return re.findall(r"^E +(?:assert \d+ < 0|assert \d+ < 1000|ValueError: \d+)$", output, re.MULTILINE)


def test_each_failing_random_test_prints_one_line(pytester: pytest.Pytester) -> None:
    """Drawn by hand, by hypothesis, or in a fixture: the command with the test and the seed; no line for the others."""
    assert LINE.findall(run(pytester, "--seed", "12345")) == [
        ".venv/bin/pytest 'test_random.py::test_drawn[0]' --seed 12345",
        ".venv/bin/pytest 'test_random.py::test_drawn[1]' --seed 12345",
        ".venv/bin/pytest test_random.py::test_searched --seed 12345",
        ".venv/bin/pytest test_random.py::test_with_a_broken_fixture --seed 12345",
    ]


def test_the_line_repeats_what_was_drawn(pytester: pytest.Pytester) -> None:
    """Each test alone, with the seed that a run has chosen by itself, fails on the same values."""
    together = run(pytester)
    lines = LINE.findall(together)
    alone = [run(pytester, *line.replace("'", "").split()[1:]) for line in lines]
    assert len(lines) == 4
    assert sorted(value for output in alone for value in what_was_drawn(output)) == sorted(what_was_drawn(together))
    assert len(set(what_was_drawn(together))) == 4


def test_runs_draw_differently(pytester: pytest.Pytester) -> None:
    """Without a seed, no run is like the one before."""
    assert what_was_drawn(run(pytester)) != what_was_drawn(run(pytester))


def test_a_worker_hands_its_line_over(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is printed when the tests run on other processes, and has the amounts that were asked for."""
    # A worker finds modules where the process that starts it found them when it began itself.
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    options = ("-n", "1", "--seed", "6", "--orders", "1000", "--loads", "8")
    lines = LINE.findall(run(pytester, *options, in_process=False))
    assert len(lines) == 4
    assert all(line.endswith(" --seed 6 --orders 1000") for line in lines)
