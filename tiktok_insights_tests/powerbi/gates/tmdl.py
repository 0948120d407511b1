"""The gate of TMDL's words: which objects are in which, which properties they have, and what values those may have.

The reader accepts any word, as this gate should not depend on how it reads. Microsoft's parser accepts no other words.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tiktok_insights_tests.powerbi.gates.model_reader import FOLDER, read_model
from tiktok_insights_tests.powerbi.gates.tmdl_reader import Node, read

_TAG = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ANY = r"[\s\S]+"
#: Numbers, shares, changes, and times; another one is shown as it is written.
_FORMAT = r"#,0(\.0+)?|0|0\.0%|\+#,0;-#,0;0|General Date|Short Date|mmm yyyy|yyyy-mm-dd hh:nn"
#: By kind of object: the properties that it must have.
_REQUIRED: Mapping[str, Mapping[str, str]] = {
    "database": {"compatibilityLevel": r"16\d\d"},
    "model": {
        "culture": "en-US",
        "sourceQueryCulture": "en-US",
        "defaultPowerBIDataSourceVersion": "powerBI_V3",
        "discourageImplicitMeasures": "true",
    },
    "table": {"lineageTag": _TAG},
    "measure": {"lineageTag": _TAG, "displayFolder": _ANY},
    "column": {
        "lineageTag": _TAG,
        "dataType": "string|int64|double|boolean|dateTime",
        "summarizeBy": "none|sum|average|min|max|count|distinctCount",
    },
    "partition": {"mode": "import|directQuery|dual", "source": _ANY},
    "expression": {"lineageTag": _TAG},
    "relationship": {"fromColumn": r"\w+\.\w+", "toColumn": r"\w+\.\w+"},
    "annotation": {},
    "ref table": {},
}
#: Those that it may have.
_OPTIONAL: Mapping[str, Mapping[str, str]] = {
    "table": {"dataCategory": "Time"},
    "measure": {"formatString": _FORMAT},
    "column": {
        "formatString": _FORMAT,
        "isHidden": "true",
        "isKey": "true",
        "sourceColumn": r"\w+|\[\w+\]",
        "sortByColumn": _ANY,
    },
    "relationship": {"isActive": "true|false", "crossFilteringBehavior": "oneDirection|bothDirections"},
}
#: What may be in an object; an empty kind is the file.
_CHILDREN: Mapping[str, set[str]] = {
    "database.tmdl": {"database"},
    "model.tmdl": {"model", "annotation", "ref table"},
    "expressions.tmdl": {"expression"},
    "relationships.tmdl": {"relationship"},
    "table": {"measure", "column", "partition"},
    "expression": {"annotation"},
}


def problems(folder: Path) -> list[str]:
    """Say where the TMDL files of a folder have words that TMDL or this project does not have."""
    try:
        read_model(folder)
        found = []
        for path in sorted((folder / FOLDER).rglob("*.tmdl")):
            nodes = read(path.read_text("utf-8"))
            found += [f"{path.name}: {problem}" for problem in _of_file(path, nodes)]
    except (ValueError, OSError) as error:
        return [str(error)]
    return found


def _of_file(path: Path, nodes: list[Node]) -> Iterator[str]:
    if path.parent.name == "tables":
        if [(node.kind, node.name) for node in nodes] != [("table", path.stem)]:
            yield f"has {[f'{node.kind} {node.name}' for node in nodes]}, not the table of its name"
    else:
        yield from (f"has a {node.kind}" for node in nodes if node.kind not in _CHILDREN.get(path.name, ()))
    for node in nodes:
        yield from _of_node(node)


def _of_node(node: Node) -> Iterator[str]:
    required, optional = _REQUIRED[node.kind], _OPTIONAL.get(node.kind, {})
    here = f"{node.kind} {node.name}"
    yield from (f"{here} has no {name}" for name in required.keys() - node.properties.keys())
    for name, value in node.properties.items():
        if (pattern := required.get(name) or optional.get(name)) is None:
            yield f"{here} has the unknown property {name}"
        elif not re.fullmatch(pattern, value):
            yield f"{here} has {name}: {value}"
    if node.kind == "column" and bool(node.value) == ("sourceColumn" in node.properties):
        yield f"{here} is both computed and read, or neither"
    if (
        node.kind == "column"
        and node.properties.get("dataType") == "dateTime"
        and "formatString" not in node.properties
    ):
        yield f"{here} is a time without a format"
    if node.kind == "relationship" and not re.fullmatch(_TAG, node.name):
        yield f"{here} has no UUID as its name"
    if node.kind == "model" and node.name != "Model":
        yield f"{here} has a name of its own"
    if node.kind == "partition" and node.value not in ("m", "calculated"):
        yield f"{here} is of the kind {node.value}"
    for child in node.children:
        if child.kind not in _CHILDREN.get(node.kind, ()):
            yield f"{here} has a {child.kind}"
        else:
            yield from _of_node(child)
