"""Variables by name as what they should hold: texts, folders, numbers, flags.

Which variables there are is in `variables`, and what they are read into in `client_settings`.
"""

from collections.abc import Mapping
from pathlib import Path

from tiktok_insights.settings.errors import wrong_value
from tiktok_insights.settings.variables import DEFAULTS


def _expanded(name: str, text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise wrong_value(name, text, "a path below the home of a user who exists") from error


def _is_whole(text: str) -> bool:
    """Whether a text is a whole number, of digits enough for any setting: Python does not convert thousands."""
    return text.isdecimal() and len(text) <= 18


class TypedVariables:
    """Variables by name, with their defaults; an empty one counts as unset. Raises SettingsError for a wrong value."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str, default: str | None = None) -> str:
        """The variable's text, or its default; `default` where circumstances give it another one than `variables`."""
        usual = DEFAULTS[name]
        return self._variables.get(name, "").strip() or (usual if default is None else default)

    def folder(self, name: str) -> Path:
        """The folder that the variable names; a shell expands `~`, a .env file does not."""
        return _expanded(name, self.text(name))

    def absolute_folder(self, name: str, default: Path) -> Path:
        """The same, for one that Dagster reads too: it rejects a relative path."""
        text = self.text(name, str(default))
        path = _expanded(name, text)
        if not path.is_absolute():
            raise wrong_value(name, text, "an absolute path, as Dagster needs it,")
        return path

    def positive(self, name: str, default: str | None = None) -> float:
        """The variable's number, which is greater than 0."""
        text = self.text(name, default)
        try:
            number = float(text)
        except ValueError:
            number = 0.0
        if not 0 < number < float("inf"):
            raise wrong_value(name, text, "a number greater than 0")
        return number

    def whole(self, name: str) -> int | None:
        """The variable's whole number, or None where it is empty."""
        text = self.text(name)
        if text and not _is_whole(text):
            raise wrong_value(name, text, "a whole number")
        return int(text) if text else None

    def numbers(self, name: str) -> tuple[int, ...]:
        """The whole numbers that the variable lists."""
        parts = self.text(name).split(",")
        if not all(_is_whole(part.strip()) for part in parts):
            raise wrong_value(name, self.text(name), "a comma-separated list of whole numbers")
        return tuple(map(int, parts))

    def flag(self, name: str) -> bool:
        """Whether the variable is 1, and not 0."""
        text = self.text(name)
        if text not in ("0", "1"):
            raise wrong_value(name, text, "0 or 1")
        return text == "1"

    def choice(self, name: str, *choices: str) -> str:
        """The variable's text, which is one of these."""
        text = self.text(name)
        if text not in choices:
            raise wrong_value(name, text, " or ".join(map(repr, choices)))
        return text

    def seconds(self, name: str) -> int:
        """The variable's seconds, which are 0 where it is empty."""
        return self.whole(name) or 0
