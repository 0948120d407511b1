"""Dagster's home, one for the UI, the daemon and the command line, so that all see the same runs."""

import hashlib
import uuid
from importlib import resources
from pathlib import Path

_FILE = "dagster.yaml"
#: The SHA-256 of every dagster.yaml that this package has brought, today's last: a copy that is one of them was not
#: edited.
EDITIONS = (
    "cb93cbd52f3a9d6c65a84f5ef6f8e818d6e2c674caa1dac44aa599a545e59e14",
    "4f38ce6eae1b83dcc3938f03b686076a33154fc051a5af4f8335ae67004effc2",
    "70d19abd65d4c50966fbf80d262eb8eb5c25c0d6f9a13f52def70f400815a272",
    "d27e965236f7774e8d90492b7ca8d288a32206566f782396e8d28ec0b0b04235",
    "1a55d42020e674e71d7f581d6e9cf99d41b98a2194f66f28f14a85889e8221bd",
)


def prepare(home: Path) -> Path:
    """Make the folder with Dagster's settings in it; settings that somebody has edited stay, others become today's."""
    home.mkdir(parents=True, exist_ok=True)
    settings = home / _FILE
    if not settings.exists() or sha256(settings) in EDITIONS[:-1]:
        # In one step, as another process may be reading it.
        new = settings.with_name(f"{_FILE}.{uuid.uuid4().hex}.tmp")
        new.write_bytes(resources.files(__package__).joinpath(_FILE).read_bytes())
        new.replace(settings)
    return home


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def point_env_file(env_file: Path, home: Path) -> None:
    """Set DAGSTER_HOME in the .env file, which Dagster's own commands read; the other lines stay."""
    wanted = f"DAGSTER_HOME={home}"
    lines = env_file.read_text(encoding="utf-8").splitlines() if env_file.exists() else []
    if wanted in lines:
        return
    kept = [line for line in lines if not line.startswith("DAGSTER_HOME=")]
    env_file.write_text("\n".join([*kept, wanted, ""]), encoding="utf-8")
    env_file.chmod(0o600)  # keys are put there, too
