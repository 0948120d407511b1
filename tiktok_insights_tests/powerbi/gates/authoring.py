"""The gate of Microsoft's own validator of reports: types, roles and formatting that its catalog of visuals knows.

`make test-browser` installs it; it needs Node. One process reads many projects, as starting Node takes longest.
"""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tiktok_insights_tests.powerbi.gates.files import REPORT
from tiktok_insights_tests.powerbi.gates.power_query import PACKAGES

_SCRIPT = Path(__file__).parents[1] / "npm" / "validate_reports.js"


def problems(folder: Path) -> list[str]:
    """Validate the report of the project in a folder."""
    return problems_of([folder])[0]


def problems_of(folders: Sequence[Path]) -> list[list[str]]:
    """Validate the reports of several projects; a warning is a problem too."""
    validator = PACKAGES / "powerbi-report-authoring-cli"
    assert validator.is_dir(), f"{validator} is missing; run these tests with: make test-browser"
    command = ["node", str(_SCRIPT), str(validator)]
    answer = subprocess.run(  # noqa: S603  # what the package's lock names
        command,
        input=json.dumps([str(folder / REPORT) for folder in folders]),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = []
    for report in json.loads(answer.stdout):
        messages = [
            f"{code}: {one['message']}" for code, group in report["diagnostics"].items() for one in group["items"]
        ]
        # A validator that could not do its work has validated nothing.
        found.append(messages or ([] if report["result"] == "succeeded" else [f"the result is {report['result']}"]))
    return found
