"""The gate of what reaches a visual: choices and groups reach its measures, and leave one row where one is asked for.

A measure of a mart shows a number only if one row of the mart is left, and gives a blank otherwise, so a visual must
choose a value of each column of the mart's key: as a group, by a filter, or by a slicer with one value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiktok_insights_tests.powerbi.gates.bindings import Named, named, projected
from tiktok_insights_tests.powerbi.gates.dax import ACCOUNTS, measure_texts, one_row_of, tables_in
from tiktok_insights_tests.powerbi.gates.files import PageFile, pages
from tiktok_insights_tests.powerbi.gates.filters import of_visual
from tiktok_insights_tests.powerbi.gates.literals import literals
from tiktok_insights_tests.powerbi.gates.model import ends
from tiktok_insights_tests.powerbi.gates.model_reader import ModelFiles, read_model
from tiktok_insights_tests.powerbi.gates.sources import keys

Column = tuple[str, str]
#: The column by which a reader chooses an account.
_ACCOUNT = (ACCOUNTS, "ACCOUNT")
_PERIOD = ("ACCOUNT_PERIODS", "DAYS")
_BANNER = "Coverage"
#: What says whether there are totals, by visual type.
_TOTALS = {"tableEx": ("total", ("totals",)), "pivotTable": ("subTotals", ("rowSubtotals", "columnSubtotals"))}
#: What the title of a visual says that no choice of an account reaches.
_OF_ALL = "all accounts"


@dataclass(frozen=True)
class _Model:
    """What measures read, and where filters go."""

    texts: Mapping[str, str]
    #: The one side and the many side of each relationship.
    ways: list[tuple[Column, Column]]

    def reaches(self, table: str) -> set[str]:
        """The tables that a filter of a table reaches."""
        return {table} | {many[0] for one, many in self.ways if one[0] == table}

    def chosen(self, columns: set[Column]) -> set[Column]:
        """These columns, and those in which their values leave one value too."""
        known = columns | ({(ACCOUNTS, "ACCOUNT_ID")} if _ACCOUNT in columns else set())
        return known | {many for one, many in self.ways if one in known}


def problems(folder: Path) -> list[str]:
    """Say which visuals of the pages in a folder would show nothing, or the same for each group."""
    files, found = read_model(folder), []
    model = _Model(measure_texts(files), _ways(files))
    for page in pages(folder):
        place = page.page.get("displayName")
        found += [f"{place}: {problem}" for problem in _needed(page)]
        for name, file in page.visuals.items():
            found += [f"{place}/{name}: {problem}" for problem in _of_visual(page, name, file, model)]
    return found


def _ways(files: ModelFiles) -> list[tuple[Column, Column]]:
    return [(one, many) for many, one in map(ends, files.relationships)]


def _needed(page: PageFile) -> Iterator[str]:
    """No number without the account it is about, and without the sentence that says what it rests on."""
    shown = {name: projected(file["visual"]) for name, file in page.visuals.items()}
    banners = [name for name, fields in shown.items() if [field.name for field in fields] == [_BANNER]]
    slicers = {(field.table, field.name) for name in _slicer_names(page) for field in shown[name]}
    if len(banners) != 1:
        yield f"{len(banners)} visuals say what the numbers rest on"
    if _ACCOUNT not in slicers:
        yield "nothing chooses an account"
    if _PERIOD[0] in {field.table for fields in shown.values() for field in fields} and _PERIOD not in slicers:
        yield "nothing chooses a period"
    unheard = {
        (one["source"], one["target"])
        for one in page.page.get("visualInteractions", [])
        if one.get("type") == "NoFilter"
    }
    others = page.visuals.keys() - set(_slicer_names(page)) - set(banners)
    of_all = {target for source, target in unheard if source in _slicer_names(page)}
    for source in sorted(of_all):
        if any((source, name) not in unheard for name in others - {source}):
            yield f"a click on {source} chooses an account against the slicer"
    for name in sorted(others):
        if any((name, banner) not in unheard for banner in banners):
            yield f"a click on {name} changes what the numbers rest on"


def _of_visual(page: PageFile, name: str, file: dict[str, Any], model: _Model) -> Iterator[str]:
    shown = projected(file["visual"])
    groups = {(field.table, field.name) for field in shown if field.kind == "Column"}
    yield from _totals(file["visual"])
    slicers = set(_slicers(page, name))
    chosen = model.chosen(groups | slicers | set(_filters(file)))
    for field in shown:
        if field.kind == "Measure" and field.name in model.texts:
            yield from _same(field, groups, model)
            yield from _blank(field, chosen, model)
            if (
                _ACCOUNT in slicers
                and _OF_ALL not in _title(file)
                and not _read(field, model) & model.reaches(ACCOUNTS)
            ):
                yield f"{field.ref} is the same for each account, and the title does not say so"


def _totals(visual: dict[str, Any]) -> Iterator[str]:
    """A total would add up what must not be added up, or be blank below numbers."""
    name, properties = _TOTALS.get(visual.get("visualType", ""), ("", ()))
    given = {key: value for one in visual.get("objects", {}).get(name, []) for key, value in one["properties"].items()}
    yield from (f"it has {one}" for one in properties if list(literals(given.get(one))) != ["false"])


def _read(field: Named, model: _Model) -> set[str]:
    """The tables that a measure reads; that of accounts only if it reads no other."""
    return tables_in(model.texts[field.name]) - {ACCOUNTS} or {ACCOUNTS}


def _same(field: Named, groups: set[Column], model: _Model) -> Iterator[str]:
    for table, column in sorted(groups):
        if others := _read(field, model) - model.reaches(table):
            yield f"{field.ref} is the same for each {table}.{column}: no filter goes to {', '.join(sorted(others))}"


def _blank(field: Named, chosen: set[Column], model: _Model) -> Iterator[str]:
    for table in sorted(one_row_of(model.texts[field.name])):
        if missing := [column for column in keys().get(table, ()) if (table, column) not in chosen]:
            yield f"{field.ref} is blank: nothing chooses one {' and '.join(missing)} of {table}"


def _slicer_names(page: PageFile) -> list[str]:
    return [name for name, file in page.visuals.items() if file["visual"].get("visualType") == "slicer"]


def _slicers(page: PageFile, target: str) -> Iterator[Column]:
    """What the slicers of a page choose for a visual: one value each."""
    without = {one["source"] for one in page.page.get("visualInteractions", []) if one["target"] == target}
    for name in _slicer_names(page):
        visual = page.visuals[name]["visual"]
        selection = visual.get("objects", {}).get("selection", [])
        if name not in without and "true" in literals(
            [one["properties"].get("strictSingleSelect") for one in selection]
        ):
            yield from ((field.table, field.name) for field in projected(visual))


def _filters(file: dict[str, Any]) -> Iterator[Column]:
    """The columns of which a visual's filters leave one value."""
    for one in of_visual(file):
        if one["type"] == "Categorical" and len(list(literals(one["filter"]["Where"]))) == 1:
            yield from ((field.table, field.name) for field in named(one["field"]))


def _title(file: dict[str, Any]) -> str:
    objects = file["visual"].get("visualContainerObjects", {}).get("title", [])
    return " ".join(text for one in objects for text in literals(one))
