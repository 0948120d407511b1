"""Dagster's home, one for the UI, the daemon and the command line, so that all see the same runs."""

import hashlib
import re
import uuid
from importlib import resources
from pathlib import Path
from urllib.parse import unquote

from tiktok_insights.settings.errors import SettingsError

_FILE = "dagster.yaml"
_ASSIGNMENT = re.compile(r"\s*(export\s+)?DAGSTER_HOME\s*=")
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
    """Make the folder with Dagster's settings in it; settings that somebody has edited stay, others become today's.

    Raises SettingsError for a folder that Dagster cannot use: it puts the path into a URL without quoting it.
    """
    if "?" in str(home) or unquote(str(home)) != str(home):
        raise SettingsError(
            f"Dagster cannot keep its runs in {home}: the path contains ? or a % with two digits. "
            "Set DAGSTER_HOME to another folder."
        )
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
    """Set DAGSTER_HOME in the .env file, which Dagster's own commands read; the other lines stay.

    A home below the file's folder is written relative to PWD, so that the folder can be moved. Raises SettingsError for
    a path that the file cannot hold.
    """
    wanted = f'DAGSTER_HOME="{_portable(env_file.parent, home)}"'
    lines = env_file.read_text(encoding="utf-8").splitlines() if env_file.exists() else []
    if wanted in lines:
        return
    kept = [line for line in lines if not _ASSIGNMENT.match(line)]
    # In one step: keys are in the file too, and the disk may be full.
    target = env_file.resolve()
    new = target.with_name(f"{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        new.touch(mode=0o600)
        new.write_text("\n".join([*kept, wanted, ""]), encoding="utf-8")
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _portable(folder: Path, home: Path) -> str:
    """The path as it is between double quotes in .env, where `${}` is replaced and a backslash quotes what follows."""
    is_inside = home.is_relative_to(folder)
    text = str(home.relative_to(folder) if is_inside else home)
    if "\n" in text or "${" in text:
        raise SettingsError(
            f"DAGSTER_HOME is {str(home)!r}, which .env cannot hold. Choose a path without ${{ and line breaks."
        )
    quoted = text.replace("\\", r"\\").replace('"', r"\"")
    return f"${{PWD}}/{quoted}" if is_inside else quoted
