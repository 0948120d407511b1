"""manage.sh, with a Docker that only writes down what it is asked for: what is left running after something failed."""

import os
import subprocess
from pathlib import Path

from tiktok_insights_tests.support.documents import ROOT

_ORCHESTRATOR = ROOT / "deploy" / "orchestrator"
#: Commands that answer as on a machine whose database refuses every dump.
_COMMANDS = {
    "id": "echo 0",
    "aws": """echo '{"RAPIDAPI_KEY": "key"}'""",
    "docker": 'echo "$*" >> "$SAID"; case "$*" in *restore.sh*) exit 1 ;; esac',
}


def test_a_dump_that_is_refused_leaves_the_services_running(tmp_path: Path) -> None:
    """They are stopped for the restore, and started again although it failed."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, text in _COMMANDS.items():
        (commands / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (commands / name).chmod(0o755)
    for folder in ("etc", "run", "opt"):
        (tmp_path / folder).mkdir()
    (tmp_path / "opt" / "tiktok_insights").symlink_to(ROOT)
    secret = "arn:aws:secretsmanager:us-east-1:1:secret:a"
    (tmp_path / "etc" / "tiktok_insights_orchestrator.env").write_text(f"TIKTOK_INSIGHTS_KEYS={secret}\n")
    script = (_ORCHESTRATOR / "manage.sh").read_text(encoding="utf-8")
    for folder in ("etc", "run", "opt"):
        script = script.replace(f"/{folder}/tiktok_insights", f"{tmp_path}/{folder}/tiktok_insights")
    (tmp_path / "manage.sh").write_text(script, encoding="utf-8")
    (tmp_path / "dump").write_text("no dump", encoding="utf-8")
    environment = {"PATH": f"{commands}:{os.environ['PATH']}", "SAID": str(tmp_path / "said")}
    command = ["/bin/sh", str(tmp_path / "manage.sh"), "restore", str(tmp_path / "dump")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1
    assert done.stderr == "Error: The database was not restored. It is as it was, and the services run.\n"
    said = (tmp_path / "said").read_text(encoding="utf-8").splitlines()
    assert "stop code-server webserver daemon" in said[1]
    assert said[-1].endswith("up --detach --wait --remove-orphans")
