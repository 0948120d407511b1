"""The gate of what files name outside the model: folders, the theme, and the items of a workspace."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tiktok_insights_tests.powerbi.gates.files import PROJECT, REPORT, read

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def problems(folder: Path) -> list[str]:
    """Say which references lead nowhere."""
    return [problem for check in (_paths, _resources, _platforms) for problem in check(folder)]


def _paths(folder: Path) -> Iterator[str]:
    project = read(folder / f"{PROJECT}.pbip")
    for artifact in project["artifacts"]:
        if not (folder / artifact["report"]["path"] / "definition.pbir").is_file():
            yield f"{PROJECT}.pbip opens {artifact['report']['path']!r}, which does not exist"
    definition = read(folder / REPORT / "definition.pbir")
    path = definition.get("datasetReference", {}).get("byPath", {}).get("path", "")
    # Windows would take a backslash, and Fabric not.
    if "\\" in path or not (folder / REPORT / path / "definition.pbism").is_file():
        yield f"definition.pbir reads the model {path!r}, which does not exist"


def _resources(folder: Path) -> Iterator[str]:
    report = read(folder / REPORT / "definition" / "report.json")
    items = {
        item["name"]: folder / REPORT / "StaticResources" / package["name"] / item["path"]
        for package in report.get("resourcePackages", [])
        for item in package["items"]
    }
    yield from (f"the resource {name} has no file" for name, path in items.items() if not path.is_file())
    if not report.get("themeCollection", {}).get("customTheme"):
        yield "the report has no theme"
    for theme in report.get("themeCollection", {}).values():
        if theme["name"] not in items:
            yield f"the theme {theme['name']!r} is no resource"
        elif items[theme["name"]].is_file():
            yield from _theme(theme["name"], read(items[theme["name"]]))


def _theme(name: str, theme: dict[str, Any]) -> Iterator[str]:
    if theme.get("name") != name:
        yield f"the theme {name} calls itself {theme.get('name')!r}"
    colors = [
        theme.get(part, "") for part in ("background", "foreground", "tableAccent", "minimum", "center", "maximum")
    ]
    for color in (*theme.get("dataColors", []), *colors):
        if not _COLOR.fullmatch(color):
            yield f"the theme's color {color!r} is none"


def _platforms(folder: Path) -> Iterator[str]:
    identities = []
    for type_ in ("Report", "SemanticModel"):
        path = folder / f"{PROJECT}.{type_}" / ".platform"
        platform = read(path)
        identities.append(platform["config"]["logicalId"])
        if platform["metadata"]["type"] != type_:
            yield f"{PROJECT}.{type_}/.platform says it is a {platform['metadata']['type']}"
        if platform["metadata"]["displayName"] != PROJECT:
            yield f"{PROJECT}.{type_}/.platform calls it {platform['metadata']['displayName']!r}"
    if len(set(identities)) != len(identities):
        yield "two items have the same logical ID"
