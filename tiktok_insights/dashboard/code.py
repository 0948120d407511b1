"""The code that makes the page, as a text: another text may make another page of the same data."""

from importlib import resources
from importlib.resources.abc import Traversable

_SUFFIXES = (".py", ".sql", ".css", ".js")


def package_code() -> str:
    """All files of this package, one after the other."""
    return "\n".join(_texts(resources.files(__package__)))


def _texts(folder: Traversable) -> list[str]:
    found: list[str] = []
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            found += _texts(item)
        elif item.name.endswith(_SUFFIXES):
            found.append(f"{item.name}\n{item.read_text('utf-8')}")
    return found
