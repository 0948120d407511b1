"""Microsoft's validator of reports and parser of Power Query: they pass the project, and catch faults of it."""

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from tiktok_insights_tests.powerbi.gates import authoring, power_query
from tiktok_insights_tests.powerbi.mutants.catalog import MUTANTS
from tiktok_insights_tests.powerbi.mutants.mutant import Mutant, mutated
from tiktok_insights_tests.powerbi.test_mutants import PROJECT

pytestmark = pytest.mark.browser


def test_microsofts_validator_passes_the_report_and_catches_its_faults(tmp_path: Path) -> None:
    """One process validates the project and all of its mutants."""
    mutants = [one for one in MUTANTS if one.gate == "authoring"]
    folders = [tmp_path / str(at) for at in range(len(mutants))]
    with ExitStack() as stack:
        for folder, mutant in zip(folders, mutants, strict=True):
            shutil.copytree(PROJECT, folder)
            stack.enter_context(mutated(folder, mutant))
        good, *bad = authoring.problems_of([PROJECT, *folders])
    assert good == []
    for mutant, problems in zip(mutants, bad, strict=True):
        assert any(mutant.problem in problem for problem in problems), (mutant.fault, problems)


@pytest.mark.parametrize("mutant", [one for one in MUTANTS if one.gate == "power_query"], ids=lambda one: one.fault)
def test_microsofts_parser_catches_a_fault_of_a_query(tmp_path: Path, mutant: Mutant) -> None:
    """It says what it expected."""
    shutil.copytree(PROJECT, tmp_path / "powerbi")
    with mutated(tmp_path / "powerbi", mutant):
        (problem,) = power_query.problems(tmp_path / "powerbi")
    assert problem.startswith(mutant.problem)
