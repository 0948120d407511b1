"""Dagster's home, one for the UI, the daemon and the command line, so that all see the same runs."""

from importlib import resources
from pathlib import Path

_FILE = "dagster.yaml"


def prepare(home: Path) -> Path:
    """Make the folder with Dagster's settings in it, unless it is there; settings that are there stay."""
    home.mkdir(parents=True, exist_ok=True)
    settings = home / _FILE
    if not settings.exists():
        settings.write_text(resources.files(__package__).joinpath(_FILE).read_text(encoding="utf-8"), encoding="utf-8")
    return home


def point_env_file(env_file: Path, home: Path) -> None:
    """Set DAGSTER_HOME in the .env file, which Dagster's own commands read; the other lines stay."""
    wanted = f"DAGSTER_HOME={home}"
    lines = env_file.read_text(encoding="utf-8").splitlines() if env_file.exists() else []
    if wanted in lines:
        return
    kept = [line for line in lines if not line.startswith("DAGSTER_HOME=")]
    env_file.write_text("\n".join([*kept, wanted, ""]), encoding="utf-8")
    env_file.chmod(0o600)  # keys are put there, too
