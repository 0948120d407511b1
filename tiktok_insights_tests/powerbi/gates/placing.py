"""The gate of places: pages in their order, visuals on their page and beside each other, reachable and described."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from tiktok_insights_tests.powerbi.gates.files import REPORT, PageFile, pages, read

#: Power BI's limits.
MOST_VISUALS = 300
MOST_BYTES = 1_000_000
_NAME_LENGTH = 50
_ALT_TEXT_LENGTH = 250


def problems(folder: Path) -> list[str]:
    """Say what is in the wrong place."""
    found, all_pages = list(_order(folder)), pages(folder)
    for page in all_pages:
        place = page.page.get("displayName", page.folder)
        found += [f"{place}: {problem}" for check in (_names, _places, _reading, _targets) for problem in check(page)]
    titles = Counter(page.page.get("displayName") for page in all_pages)
    found += [f"{times} pages are called {title!r}" for title, times in titles.items() if times > 1]
    too_large = (path for path in (folder / REPORT).rglob("*.json") if path.stat().st_size > MOST_BYTES)
    return found + [f"{path.name} of {path.parent.name} is too large" for path in too_large]


def _order(folder: Path) -> Iterator[str]:
    order = read(folder / REPORT / "definition" / "pages" / "pages.json")
    listed, there = order.get("pageOrder", []), [page.folder for page in pages(folder)]
    if sorted(listed) != sorted(there):
        yield f"pages.json lists {sorted(listed)}, but the folders are {sorted(there)}"
    if order.get("activePageName") not in there:
        yield f"the page {order.get('activePageName')!r}, which is open first, does not exist"


def _names(page: PageFile) -> Iterator[str]:
    for folder, file in ((page.folder, page.page), *page.visuals.items()):
        if file.get("name") != folder:
            yield f"{file.get('name')!r} is in the folder {folder!r}"
        if len(folder) > _NAME_LENGTH:
            yield f"the name {folder!r} is too long"
    if len(page.visuals) > MOST_VISUALS:
        yield f"{len(page.visuals)} visuals are too many"


def _places(page: PageFile) -> Iterator[str]:
    boxes = {name: _box(file) for name, file in page.visuals.items()}
    for name, (left, up, right, down) in boxes.items():
        if left < 0 or up < 0 or right > page.page.get("width", 0) or down > page.page.get("height", 0):
            yield f"{name} is not on the page"
        if right <= left or down <= up:
            yield f"{name} has no size"
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
            yield f"{one} and {other} overlap"


def _reading(page: PageFile) -> Iterator[str]:
    """With the keyboard, visuals are read from the top left to the bottom right; each says what it is."""
    orders = {name: file.get("position", {}).get("tabOrder") for name, file in page.visuals.items()}
    if None in orders.values() or len(set(orders.values())) != len(orders):
        yield "tab orders are missing, or two visuals have the same"
    else:
        by_place = sorted(orders, key=lambda name: (_box(page.visuals[name])[1], _box(page.visuals[name])[0]))
        if by_place != sorted(orders, key=lambda name: orders[name] or 0):
            yield "tab orders do not follow the places"
    for name, file in page.visuals.items():
        objects = file.get("visual", {}).get("visualContainerObjects", {})
        if not (text := _text(objects, "general", "altText")):
            yield f"{name} has no alternative text"
        if len(text) > _ALT_TEXT_LENGTH:
            yield f"the alternative text of {name} is too long"
        if not _text(objects, "title", "text") or _text(objects, "title", "show") != "true":
            yield f"{name} has no title"


def _targets(page: PageFile) -> Iterator[str]:
    for one in page.page.get("visualInteractions", []):
        for end in ("source", "target"):
            if one.get(end) not in page.visuals:
                yield f"an interaction has the {end} {one.get(end)!r}, which does not exist"


def _box(file: dict[str, Any]) -> tuple[float, float, float, float]:
    place = file.get("position", {})
    x, y = place.get("x", 0), place.get("y", 0)
    return x, y, x + place.get("width", 0), y + place.get("height", 0)


def _text(objects: dict[str, Any], name: str, property_: str) -> str:
    for one in objects.get(name, []):
        value = one.get("properties", {}).get(property_, {}).get("expr", {}).get("Literal", {}).get("Value", "")
        if len(value) > len("''"):
            return str(value)
    return ""
