"""docs/reference/power_bi_checks.md: the gates of the Power BI project's files, and the faults that each has caught."""

from docs.generate import markdown
from tiktok_insights_tests.powerbi.mutants.catalog import GATES, MUTANTS, WITH_NODE
from tiktok_insights_tests.powerbi.mutants.mutant import Mutant

_INTRODUCTION = f"""{markdown.NOTICE}

Power BI Desktop does not run where the tests run, so gates read the files in `powerbi/` and say what is wrong with
them. To try the gates, the tests give a copy of the project one fault at a time: {len(MUTANTS)} faults, and the gate
named here must find each. Only a comparison with what the code makes finds the rest, such as another color or wording.
What no gate can show is in [the project's README](../../powerbi/README.md)."""


def power_bi_checks() -> str:
    """The whole document."""
    return "\n\n".join(["# Checks of the Power BI project", _INTRODUCTION, *map(_gate, GATES)]) + "\n"


def _gate(gate: str) -> str:
    node = " Runs with `make test-browser`, because it needs Node." if gate in WITH_NODE else ""
    rows = [(one.fault, markdown.code(_name(one))) for one in MUTANTS if one.gate == gate]
    return "\n\n".join([f"## {gate}", GATES[gate] + node, markdown.table(("fault", "file"), rows)])


def _name(mutant: Mutant) -> str:
    """The end of a path that says which file it is."""
    parts = mutant.file.split("/")
    return "/".join(parts[-2:]) if parts[-1] == ".platform" else parts[-1]
