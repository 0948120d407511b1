"""Each fault is caught by the gate that is named for it, and the project without a fault by none."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tiktok_insights_tests.powerbi.gates import (
    bindings,
    dax,
    filters,
    literals,
    model,
    placing,
    project,
    references,
    rows,
    schemas,
    sources,
    tmdl,
)
from tiktok_insights_tests.powerbi.mutants.catalog import GATES as DESCRIBED
from tiktok_insights_tests.powerbi.mutants.catalog import MUTANTS, WITH_NODE
from tiktok_insights_tests.powerbi.mutants.mutant import Mutant, mutated
from tiktok_insights_tests.support.documents import ROOT

PROJECT = ROOT / "powerbi"
GATES: Mapping[str, Callable[[Path], list[str]]] = {
    "bindings": bindings.problems,
    "dax": dax.problems,
    "filters": filters.problems,
    "literals": literals.problems,
    "model": model.problems,
    "placing": placing.problems,
    "project": project.problems,
    "references": references.problems,
    "rows": rows.problems,
    "schemas": schemas.problems,
    "sources": sources.problems,
    "tmdl": tmdl.problems,
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, which has one fault at a time."""
    folder = tmp_path_factory.mktemp("mutants") / "powerbi"
    shutil.copytree(PROJECT, folder)
    return folder


@pytest.mark.parametrize("gate", GATES)
def test_the_project_passes_every_gate(gate: str) -> None:
    """As it is committed."""
    assert GATES[gate](PROJECT) == []


@pytest.mark.parametrize("mutant", [one for one in MUTANTS if one.gate not in WITH_NODE], ids=lambda one: one.fault)
def test_a_fault_is_caught(copy: Path, mutant: Mutant) -> None:
    """By the gate that is named, for the reason that is named."""
    with mutated(copy, mutant):
        found = GATES[mutant.gate](copy)
    assert any(mutant.problem in problem for problem in found), found


def test_every_fault_has_a_name_and_every_gate_a_fault() -> None:
    """A gate that no fault tries may be one that finds nothing."""
    assert len({one.fault for one in MUTANTS}) == len(MUTANTS)
    assert {one.gate for one in MUTANTS} == DESCRIBED.keys() == GATES.keys() | WITH_NODE
