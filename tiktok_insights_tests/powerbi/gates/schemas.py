"""The gate of Microsoft's JSON schemas: Power BI Desktop applies the same ones when it opens a project."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from tiktok_insights_tests.powerbi.gates.files import json_files, read

ADDRESS = "https://developer.microsoft.com/json-schemas/"
_FOLDER = Path(__file__).parents[1] / "schemas"
#: Its format has a schema too, but no file of it names one.
_THEME = "StaticResources"


def problems(folder: Path) -> list[str]:
    """Compare each JSON file with the schema that it names."""
    found = []
    for path in json_files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            document = read(path)
        except ValueError as error:
            found.append(f"{name}: is not JSON: {error}")
            continue
        if _THEME not in path.parts:
            found += [f"{name}: {problem}" for problem in _of_document(json.dumps(document))]
    return found


@cache
def _of_document(text: str) -> list[str]:
    """Compare a document; the same one is compared once, which the many copies of a project need."""
    document = json.loads(text)
    address = document.get("$schema", "") if isinstance(document, dict) else ""
    if address not in _registry():
        return [f"names the schema {address!r}, which is none of those in schemas/"]
    errors = Draft7Validator(_registry().contents(address), registry=_registry()).iter_errors(document)
    return [f"at {error.json_path}: {error.message[:300]}" for error in errors]


@cache
def _registry() -> Registry[Any]:
    # Some documents have an ID that is not their address, so what they refer to would be looked for elsewhere.
    return Registry().with_resources(
        (address, Resource.from_contents({**read(path), "$id": address}, default_specification=DRAFT7))
        for path in sorted(_FOLDER.rglob("*.json"))
        for address in (ADDRESS + path.relative_to(_FOLDER).as_posix(),)
    )
