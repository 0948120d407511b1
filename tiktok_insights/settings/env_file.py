"""The .env file of the working directory, read as Dagster's commands read it.

What the variables mean belongs in `environment`.
"""

import io
import os
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from tiktok_insights.settings.errors import SettingsError
from tiktok_insights.settings.variables import DEFAULTS


def load_env_file() -> list[str]:
    """Let .env of the working directory win over the environment, as Dagster's commands do.

    Gives the names of our variables that the environment has with another value. Raises SettingsError for a file with a
    line that cannot be read, because the settings after it could be missing.
    """
    here = Path.cwd()
    # What `init` writes names PWD, and not every program that starts others in another folder tells them so.
    os.environ["PWD"] = str(here)
    path = here / ".env"
    known = _read(path) if path.exists() else {}
    replaced = [name for name in DEFAULTS if name in known and os.environ.get(name, "") not in ("", known[name])]
    os.environ.update(known)
    return replaced


def _read(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text. Save it as UTF-8.") from error
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or "\0" in binding.original.string:
            raise SettingsError(
                f"Line {binding.original.line} of {path} is not NAME=value. Correct it, or delete it. A quote may be "
                "missing at its end."
            )
    return {name: value for name, value in dotenv_values(path).items() if value is not None}
