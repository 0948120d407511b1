"""Which tests `make test` and `make torture` run, how many examples they try, and how a failing one is repeated.

On pytests of their own.
"""

import re

import pytest

from tiktok_insights_tests.support.campaigns import GROUPS, SIZES
from tiktok_insights_tests.support.documents import ROOT

pytest_plugins = ["pytester"]

#: A test of each kind.
TESTS = """
import pytest
from hypothesis import Phase, given, settings, strategies as st
from tiktok_insights_tests.support.campaigns import Size, examples

def test_usual():
    pass

@pytest.mark.campaign
def test_campaign(size: Size):
    print(f"loads={size.loads}")

@pytest.mark.torture
def test_long():
    pass

@pytest.mark.full
def test_longest():
    pass

tried = []

@settings(max_examples=examples(0.1))
@given(number=st.integers(0, 10**9))
def test_property(number):
    tried.append(number)

def test_tried():
    print(f"tried={len(tried)}")
"""
FAILING = """
from hypothesis import Phase, given, settings, strategies as st

@settings(phases=[Phase.generate])
@given(number=st.integers(0, 10**9))
def test_property(number):
    assert number < 1000
"""


def run(pytester: pytest.Pytester, text: str, *options: str) -> pytest.RunResult:
    """Run these tests with the plugin."""
    pytester.makepyfile(test_it=text)
    return pytester.runpytest_inprocess("-p", "tiktok_insights_tests.support.campaigns", "-rA", *options)


def passed(result: pytest.RunResult) -> set[str]:
    """The names of the tests that ran."""
    return set(re.findall(r"^PASSED test_it\.py::test_(\w+)", result.stdout.str(), re.MULTILINE))


def test_a_usual_run_leaves_the_long_tests_out_and_says_so(pytester: pytest.Pytester) -> None:
    """Campaigns run in small; the last lines count what was deselected."""
    result = run(pytester, TESTS)
    assert passed(result) == {"usual", "campaign", "property", "tried"}
    result.stdout.fnmatch_lines(["loads=3", "tried=10", "Left to `make torture`: 2 tests.", "*2 deselected*"])


def test_what_a_torture_does_later_is_left_to_it_and_counted(pytester: pytest.Pytester) -> None:
    """As CI does, so that no campaign runs twice."""
    result = run(pytester, TESTS, "--leave-campaigns")
    assert passed(result) == {"usual", "tried"}
    result.stdout.fnmatch_lines(["Left to a torture that follows: 3 tests.", "*4 deselected*"])


@pytest.mark.parametrize("torture", ["short", "full"])
def test_a_torture_runs_campaigns_alone(pytester: pytest.Pytester, torture: str) -> None:
    """Each mark's tests and every property test, with more to do; the others are counted."""
    result = run(pytester, TESTS, "--torture", torture, "--leave-campaigns")
    assert passed(result) == {"campaign", "long", "property", *(["longest"] if torture == "full" else [])}
    result.stdout.fnmatch_lines([f"loads={SIZES[torture].loads}", f"*{2 + (torture == 'short')} deselected*"])


@pytest.mark.parametrize("options", [["-m", "runs"], ["-m", "docs or runs"], ["--torture", "short"]])
def test_modules_without_a_test_of_the_group_are_not_imported(pytester: pytest.Pytester, options: list[str]) -> None:
    """To import all of them takes longer than some of the groups."""
    pytester.makepyfile(test_other="raise RuntimeError('imported')")
    text = "import pytest\npytestmark = [pytest.mark.runs, pytest.mark.campaign]\ndef test_long():\n    pass\n"
    assert passed(run(pytester, text, *options)) == {"long"}


@pytest.mark.parametrize("mark", ["runs", "campaign"])
def test_a_mark_from_elsewhere_is_refused(pytester: pytest.Pytester, mark: str) -> None:
    """Its group would not see the module."""
    pytester.makepyfile(marks=f"import pytest\nLONG = pytest.mark.{mark}")
    result = run(pytester, "from marks import LONG\n@LONG\ndef test_long():\n    pass\n")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_it.py has tests *"])


@pytest.mark.parametrize(("mark", "target"), GROUPS.items())
def test_ci_runs_each_group_and_contributing_names_it(mark: str, target: str) -> None:
    """`make test` leaves out what `make test-long` and the group's target select, so no test is lost."""
    names = ("Makefile", ".ci/run", "CONTRIBUTING.md", ".github/workflows/check.yaml")
    makefile, ci, contributing, workflow = ((ROOT / name).read_text(encoding="utf-8") for name in names)
    assert re.search(rf"^{target if mark in ('spark', 'torture') else 'make test-long'}\b", ci, re.MULTILINE)
    assert re.search(rf"^ +- .*\b{target.removeprefix('make ')}\b", workflow, re.MULTILINE)
    assert ci.index("CAMPAIGNS=later") < ci.index("make torture SHORT=1")
    assert f"`{target}`" in " ".join(contributing.split())
    if mark != "torture":  # which an option selects
        (long,) = re.findall(r"^LONG = (.*)$", makefile, re.MULTILINE)
        assert mark in {"spark", *long.split(" or ")}
        assert re.findall(r'PYTEST\) -m "(.*)"$', makefile, re.MULTILINE) == ["not (spark or $(LONG))", "$(LONG)"]
        assert re.search(
            rf"^{target.removeprefix('make ')}: .*\n\t@(?:\$\(if .*\) )?\$\(PYTEST\) -m {mark}$", makefile, re.MULTILINE
        )


def failing_values(result: pytest.RunResult) -> list[str]:
    """The values on which the test has failed."""
    return re.findall(r"^E +assert (\d+) < 1000$", result.stdout.str(), re.MULTILINE)


def test_a_usual_run_fails_as_the_one_before(pytester: pytest.Pytester) -> None:
    """The examples are the same each time, so a failure in CI is one at home."""
    first, second = (failing_values(run(pytester, FAILING)) for _ in range(2))
    assert first == second != []


def test_a_torture_says_how_its_failure_is_repeated(pytester: pytest.Pytester) -> None:
    """The printed decorator, put on the test, fails on the same value; another torture draws others."""
    result = run(pytester, FAILING, "--torture", "short", "-p", "no:cacheprovider")
    (blob,) = set(re.findall(r"@reproduce_failure\(.*?\)", result.stdout.str()))  # the summary may repeat it
    repeated = FAILING.replace("@settings", f"from hypothesis import reproduce_failure\n{blob}\n@settings")
    assert failing_values(run(pytester, repeated, "--torture", "short")) == failing_values(result)
