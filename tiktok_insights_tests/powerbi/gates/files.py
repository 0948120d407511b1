"""Reads the files of a project's folder for the gates. What must be true of them belongs in the gates."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = "TikTokInsights"
REPORT = f"{PROJECT}.Report"
#: What the names of JSON files end with; the name of one is all of its ending.
_ENDINGS = (".json", ".pbip", ".pbir", ".pbism", ".platform")


@dataclass(frozen=True, slots=True)
class PageFile:
    """A page's folder, its file, and the files of its visuals by the names of their folders."""

    folder: str
    page: dict[str, Any]
    visuals: dict[str, dict[str, Any]]


def json_files(folder: Path) -> Iterator[Path]:
    """Find all JSON files of a project, apart from those of one machine."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.endswith(_ENDINGS) and ".pbi" not in path.relative_to(folder).parts[:-1]:
            yield path


def read(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text("utf-8"))


def pages(folder: Path) -> list[PageFile]:
    """Read all pages."""
    root = folder / REPORT / "definition" / "pages"
    return [
        PageFile(
            path.parent.name,
            read(path),
            {visual.parent.name: read(visual) for visual in sorted(path.parent.glob("visuals/*/visual.json"))},
        )
        for path in sorted(root.glob("*/page.json"))
    ]
