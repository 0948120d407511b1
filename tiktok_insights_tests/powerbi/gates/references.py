"""The gate of what the report's files name outside the model: folders, resources, literals, and names that differ."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tiktok_insights_tests.powerbi.gates.files import PROJECT, REPORT, json_files, pages, read

_LITERAL = re.compile(r"'(?:[^']|'')*'|-?\d+L|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?D|true|false|null")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def problems(folder: Path) -> list[str]:
    """Say which references lead nowhere, and which literals are none."""
    return [problem for check in (_paths, _resources, _platforms, _literals, _filters) for problem in check(folder)]


def _paths(folder: Path) -> Iterator[str]:
    project = read(folder / f"{PROJECT}.pbip")
    for artifact in project.get("artifacts", []):
        if not (folder / artifact["report"]["path"] / "definition.pbir").is_file():
            yield f"{PROJECT}.pbip opens {artifact['report']['path']!r}, which does not exist"
    definition = read(folder / REPORT / "definition.pbir")
    path = definition.get("datasetReference", {}).get("byPath", {}).get("path", "")
    if not (folder / REPORT / path / "definition.pbism").is_file():
        yield f"definition.pbir reads the model {path!r}, which does not exist"


def _resources(folder: Path) -> Iterator[str]:
    report = read(folder / REPORT / "definition" / "report.json")
    items = {
        item["name"]: folder / REPORT / "StaticResources" / package["name"] / item["path"]
        for package in report.get("resourcePackages", [])
        for item in package["items"]
    }
    yield from (f"the resource {name} has no file" for name, path in items.items() if not path.is_file())
    for theme in report.get("themeCollection", {}).values():
        if theme["name"] not in items:
            yield f"the theme {theme['name']!r} is no resource"
        elif items[theme["name"]].is_file():
            yield from _theme(theme["name"], read(items[theme["name"]]))


def _theme(name: str, theme: dict[str, Any]) -> Iterator[str]:
    if theme.get("name") != name:
        yield f"the theme {name} calls itself {theme.get('name')!r}"
    for color in theme.get("dataColors", []):
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
    if len(set(identities)) != len(identities):
        yield "two items have the same logical ID"


def _literals(folder: Path) -> Iterator[str]:
    for path in json_files(folder / REPORT):
        for value in _literal_values(read(path)):
            if not _LITERAL.fullmatch(value):
                yield f"{path.relative_to(folder).as_posix()}: {value!r} is no literal"


def _literal_values(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("Literal"), dict):
            yield str(value["Literal"].get("Value"))
        for inner in value.values():
            yield from _literal_values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _literal_values(inner)


def _filters(folder: Path) -> Iterator[str]:
    """Filters have names of their own, and conditions on tables that they read."""
    every = [
        one
        for page in pages(folder)
        for file in (page.page, *page.visuals.values())
        for one in file.get("filterConfig", {}).get("filters", [])
    ]
    names = Counter(one.get("name") for one in every)
    yield from (f"{times} filters are called {name!r}" for name, times in names.items() if times > 1)
    for one in every:
        sources = {source["Name"] for source in one.get("filter", {}).get("From", [])}
        used = set(re.findall(r"'Source': '([^']+)'", str(one.get("filter", {}).get("Where", []))))
        yield from (f"the filter {one['name']} asks {name!r}, which it does not read" for name in used - sources)
