"""A machine for manage.sh: a temporary folder, and a Docker that only writes down what it is asked for.

Its images are lines of a file, and its database is one line that a backup gives and a restore replaces. What the
script should do belongs in the tests.
"""

import hashlib
import os
import subprocess
import tarfile
from pathlib import Path

from tiktok_insights_tests.support.documents import ROOT

_ORCHESTRATOR = ROOT / "deploy" / "orchestrator"
SECRET = "arn:aws:secretsmanager:eu-west-1:1:secret:a"  # its name
#: A release's name is that of the image for whom Docker works; what it refuses is a pattern of the shell.
_DOCKER = """
    echo "$TIKTOK_INSIGHTS_RELEASE: $*" >> "$ROOT/said"
    echo "${TIKTOK_INSIGHTS_REGION:-}" >> "$ROOT/regions"
    case "$TIKTOK_INSIGHTS_RELEASE: $*" in $REFUSED) echo "refused" >&2; exit 1 ;; esac
    case "$*" in
        *" --remove-orphans") [ "${HEALTHY:-$TIKTOK_INSIGHTS_RELEASE}" = "$TIKTOK_INSIGHTS_RELEASE" ] ;;
        "image inspect "*) grep -qx "$3" "$ROOT/images" ;;
        "image ls "*) cut -d : -f 2 "$ROOT/images" ;;
        "image rm "*) grep -vx "$3" "$ROOT/images" > "$ROOT/left" || true; mv "$ROOT/left" "$ROOT/images" ;;
        *" build "*) echo "tiktok-insights-orchestrator:$TIKTOK_INSIGHTS_RELEASE" >> "$ROOT/images" ;;
        *" logs "*) echo "the log of $TIKTOK_INSIGHTS_RELEASE" ;;
        *backup.sh) cat "$ROOT/database" ;;
        *restore.sh) cat > "$ROOT/database" ;;
        *"instance migrate") echo "migrated by $TIKTOK_INSIGHTS_RELEASE" >> "$ROOT/database" ;;
    esac
"""
_COMMANDS = {
    "id": "echo 0",
    "aws": """echo "aws $*" >> "$ROOT/said"
        case "$*" in $REFUSED) exit 1 ;; *get-secret-value*) echo '{"RAPIDAPI_KEY": "key"}' ;; esac""",
    "curl": """while [ "$1" != --output ]; do shift; done; [ -f "$ROOT/${3##*/}" ] && cp "$ROOT/${3##*/}" "$2" """,
    "docker": _DOCKER,
    "systemctl": """[ "$*" = daemon-reload ] && cat "$ROOT"/etc/systemd/system/tiktok-insights* > "$ROOT/units" """,
}
_FOLDERS = ("/etc/", "/opt/", "/run/", "/srv/")


class OrchestratorMachine:
    """The machine; `first` is the release that is installed and runs."""

    def __init__(self, root: Path) -> None:
        """Make the folders that `user_data.sh` would have made, and start."""
        self.root = root
        for folder in ("bin", *(folder.strip("/") for folder in _FOLDERS)):
            (root / folder).mkdir()
        for name, text in _COMMANDS.items():
            (root / "bin" / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            (root / "bin" / name).chmod(0o755)
        self.environment_file = root / "etc" / "tiktok_insights_orchestrator.env"
        self.environment_file.write_text(f"TIKTOK_INSIGHTS_KEYS={SECRET}\n", encoding="utf-8")
        (root / "images").touch()
        (root / "database").write_text("runs\n", encoding="utf-8")
        self.current, self.backups = root / "opt/tiktok_insights", root / "srv/tiktok_insights/backups"
        unpacked = self._release("first")
        self._run(unpacked / "deploy/orchestrator/manage.sh", "install", str(unpacked))
        self.first = self.running
        assert self.manage("start").returncode == 0

    @property
    def running(self) -> str:
        """The name of the release that is the current one."""
        return self.current.resolve().name

    @property
    def releases(self) -> set[str]:
        """The releases on the disk."""
        return {path.name for path in (self.root / "srv/tiktok_insights/releases").iterdir() if not path.is_symlink()}

    @property
    def images(self) -> set[str]:
        """The releases whose image is there."""
        return {line.partition(":")[2] for line in (self.root / "images").read_text(encoding="utf-8").splitlines()}

    @property
    def units(self) -> list[str]:
        """What systemd has loaded: each unit, and the release that it is of."""
        return (self.root / "units").read_text(encoding="utf-8").splitlines()

    @property
    def database(self) -> list[str]:
        """What is in Dagster's database."""
        return (self.root / "database").read_text(encoding="utf-8").splitlines()

    def manage(self, *arguments: str, refused: str = "", healthy: str = "") -> subprocess.CompletedProcess[str]:
        """Run the current release's manage.sh; Docker and AWS refuse what matches a pattern.

        With `healthy`, no other release gets healthy.
        """
        variables = {"REFUSED": refused or "nothing", "HEALTHY": healthy}
        return self._run(self.current / "deploy/orchestrator/manage.sh", *arguments, **variables)

    def upgrade(self, name: str, refused: str = "", healthy: str = "") -> subprocess.CompletedProcess[str]:
        """Upgrade to a release of this name."""
        return self.manage("upgrade", *self.packed(name), refused=refused, healthy=healthy)

    def packed(self, name: str) -> tuple[str, str]:
        """The address and the checksum of a release, which can be downloaded."""
        file = self.root / f"{name}.tar.gz"
        with tarfile.open(file, "w:gz") as archive:
            archive.add(self._release(name), "tiktok_insights")
        return f"https://example.com/{file.name}", hashlib.sha256(file.read_bytes()).hexdigest()

    def said(self) -> list[str]:
        """What Docker and AWS were asked for since the last look, without the options that are always the same."""
        lines = (self.root / "said").read_text(encoding="utf-8").splitlines()
        (self.root / "said").write_text("", encoding="utf-8")
        options = "compose --env-file "
        return [
            line.partition(options)[0] + line.partition("docker-compose.yaml ")[2] if options in line else line
            for line in lines
        ]

    def _run(self, script: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.root / 'bin'}:{os.environ['PATH']}"
        environment = {"PATH": path, "ROOT": str(self.root), "REFUSED": "nothing", **variables}
        command = ["/bin/sh", str(script), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

    def _release(self, name: str) -> Path:
        """An unpacked release with our own scripts, whose folders are in the temporary one."""
        folder = self.root / "unpacked" / name / "deploy" / "orchestrator"
        folder.mkdir(parents=True, exist_ok=True)
        for file in (*_ORCHESTRATOR.glob("*.sh"), _ORCHESTRATOR / "keys_to_env.py"):
            text = file.read_text(encoding="utf-8")
            text = text.replace("=/etc/systemd", f"={self.root}/etc/systemd")
            for root in _FOLDERS:
                text = text.replace(f"={root}tiktok_insights", f"={self.root}{root}tiktok_insights")
                text = text.replace(f" {root}tiktok_insights", f" {self.root}{root}tiktok_insights")
            (folder / file.name).write_text(text, encoding="utf-8")
            (folder / file.name).chmod(0o755)
        for file in (*_ORCHESTRATOR.glob("*.service"), *_ORCHESTRATOR.glob("*.timer")):
            (folder / file.name).write_text(f"{file.name} of {name}\n", encoding="utf-8")
        (folder / "name").write_text(name, encoding="utf-8")
        return folder.parents[1]
