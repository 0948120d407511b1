"""The gate of the semantic model: names, descriptions, tags, relationships and the date table. DAX is in `dax`."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tiktok_insights_tests.powerbi.gates.model_reader import ModelFiles, read_model
from tiktok_insights_tests.powerbi.gates.tmdl_reader import Node, unquoted

#: Measures that give a text, which has no format.
_TEXTS = {"Coverage", "Kind of list"}


def problems(folder: Path) -> list[str]:
    """Say what is wrong with the semantic model in a folder."""
    try:
        files = read_model(folder)
    except (ValueError, OSError) as error:
        return [str(error)]
    checks = (_names, _metadata, _relationships, _paths, _dates)
    return [problem for check in checks for problem in check(files)]


def _names(files: ModelFiles) -> Iterator[str]:
    listed = [child.name for child in files.model.children if child.kind == "ref table"]
    if sorted(listed) != sorted(files.tables):
        yield f"model.tmdl names other tables than there are: {set(listed) ^ set(files.tables)}"
    for table in files.tables.values():
        names = [child.name.casefold() for child in table.of_kind("column") + table.of_kind("measure")]
        yield from (f"{table.name}: {name} appears twice" for name, times in Counter(names).items() if times > 1)
        for column in table.of_kind("column"):
            sort_by = unquoted(column.properties.get("sortByColumn", column.name))
            if sort_by not in files.columns(table.name):
                yield f"{table.name}: {column.name} is sorted by {sort_by}, which is missing"
    measures = Counter(
        measure.name.casefold() for table in files.tables.values() for measure in table.of_kind("measure")
    )
    yield from (f"measure {name} appears twice" for name, times in measures.items() if times > 1)
    tags = Counter(node.properties.get("lineageTag", "") for node in files.objects())
    yield from (f"lineage tag {tag!r} appears {times} times" for tag, times in tags.items() if times > 1 or not tag)


def _metadata(files: ModelFiles) -> Iterator[str]:
    if "discourageImplicitMeasures" not in files.model.properties:
        yield "the model has implicit measures"
    if not any(node.name == "__PBI_TimeIntelligenceEnabled" and node.value == "0" for node in files.model.children):
        yield "the model has hidden date tables"
    for node in files.objects():
        if not node.description:
            yield f"{node.kind} {node.name} has no description"
        if node.kind == "measure" and node.name not in _TEXTS and not node.properties.get("formatString"):
            yield f"measure {node.name} has no format"
        if node.kind == "column" and node.properties.get("summarizeBy") != "none":
            yield f"column {node.name} would be summed"
        if node.kind == "column" and node.name.endswith("_ID") and node.properties.get("dataType") != "string":
            yield f"column {node.name} is an ID, but no text"


def ends(node: Node) -> tuple[tuple[str, str], tuple[str, str]]:
    """The table and column of many rows, and those of one."""
    many, one = (node.properties.get(end, ".").partition(".") for end in ("fromColumn", "toColumn"))
    return (unquoted(many[0]), unquoted(many[2])), (unquoted(one[0]), unquoted(one[2]))


def _relationships(files: ModelFiles) -> Iterator[str]:
    names = Counter(node.name for node in files.relationships)
    yield from (f"relationship {name} appears twice" for name, times in names.items() if times > 1)
    for node in files.relationships:
        if node.properties.keys() != {"fromColumn", "toColumn"}:
            yield f"relationship {node.name} is more than many to one in one direction: {sorted(node.properties)}"
        types = []
        for table, column in ends(node):
            if (found := files.columns(table).get(column)) is None:
                yield f"relationship {node.name}: there is no {table}.{column}"
            else:
                types.append(found.properties.get("dataType"))
        if len(set(types)) > 1:
            yield f"relationship {node.name} relates columns of types {types}"


def _paths(files: ModelFiles) -> Iterator[str]:
    """Two ways by which a filter could reach a table."""
    edges = [(one[0], many[0]) for many, one in map(ends, files.relationships)]

    def reached(table: str, trail: tuple[str, ...]) -> Iterator[str]:
        for target in (many for one, many in edges if one == table):
            yield target
            if target not in trail:
                yield from reached(target, (*trail, target))

    for table in files.tables:
        for target, ways in Counter(reached(table, (table,))).items():
            if ways > 1 or target == table:
                yield f"filters of {table} reach {target} in {ways} ways"


def _dates(files: ModelFiles) -> Iterator[str]:
    marked = [name for name, table in files.tables.items() if table.properties.get("dataCategory") == "Time"]
    keys = [
        (name, column) for name in marked for column in files.columns(name).values() if "isKey" in column.properties
    ]
    if len(marked) != 1 or [column.properties.get("dataType") for _, column in keys] != ["dateTime"]:
        yield f"not one date table with one day as its key: {marked}"
    related = {one for _, one in map(ends, files.relationships) if one[0] in marked}
    if related != {(name, column.name) for name, column in keys}:
        yield f"the dates are related by {related}, not by their key"
