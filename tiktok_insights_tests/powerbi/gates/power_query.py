"""The gate of Microsoft's parser of Power Query (M): every query and parameter is M. It knows no names of steps.

`make test-browser` installs the parser; it needs Node.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tiktok_insights_tests.powerbi.gates.model_reader import read_model

#: Where `make test-browser` installs what npm/package.json names.
PACKAGES = Path(sys.prefix) / "powerbi" / "node_modules" / "@microsoft"
_SCRIPT = Path(__file__).parents[1] / "npm" / "parse_power_query.js"


def problems(folder: Path) -> list[str]:
    """Parse the queries and the parameters of the project in a folder."""
    files = read_model(folder)
    partitions = {name: table.of_kind("partition")[0] for name, table in files.tables.items()}
    queries = {name: one.properties["source"] for name, one in partitions.items() if one.value == "m"}
    queries |= {name: parameter.value for name, parameter in files.parameters.items()}
    errors = parse_errors(list(queries.values()))
    return [f"{name}: {error}" for name, error in zip(queries, errors, strict=True) if error is not None]


def parse_errors(queries: Sequence[str]) -> list[str | None]:
    """Parse queries; give the parser's message for each that is no M."""
    parser = PACKAGES / "powerquery-parser"
    assert parser.is_dir(), f"{parser} is missing; run these tests with: make test-browser"
    command = ["node", str(_SCRIPT), str(parser)]
    answer = subprocess.run(  # noqa: S603  # what the package's lock names
        command, input=json.dumps(queries), capture_output=True, text=True, timeout=60, check=True
    )
    errors: list[str | None] = json.loads(answer.stdout)
    return errors
