"""The gate of Microsoft's own validator of reports: types, roles and formatting that its catalog of visuals knows.

`make test-browser` installs it; it needs Node.
"""

import json
import subprocess
from pathlib import Path

from tiktok_insights_tests.powerbi.gates.files import PROJECT
from tiktok_insights_tests.powerbi.gates.power_query import PACKAGES

_COMMAND = PACKAGES / "powerbi-report-authoring-cli" / "dist" / "cli.js"


def problems(folder: Path) -> list[str]:
    """Validate the report; an answer that does not say what it found counts as a problem."""
    assert _COMMAND.is_file(), f"{_COMMAND} is missing; run these tests with: make test-browser"
    command = ["node", str(_COMMAND), "validate", str(folder / f"{PROJECT}.pbip"), "--no-schema"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # what the package's lock names
    try:
        data = json.loads(answer.stdout)["data"]
        result = data["result"]
    except (ValueError, KeyError, TypeError):
        return [f"nothing was validated: {answer.stdout[-500:]}{answer.stderr[-500:]}"]
    found = [
        f"{code}: {item.get('message')} {item.get('path', '')}"
        for code, group in data.get("diagnostics", {}).items()
        for item in group["items"]
    ]
    expected = Path(data.get("reportPath", "")) == (folder / f"{PROJECT}.Report").resolve()
    if (result, answer.returncode, expected) != ("succeeded", 0, True) and not found:
        return [f"nothing was validated: {answer.stdout[-500:]}"]
    return found
