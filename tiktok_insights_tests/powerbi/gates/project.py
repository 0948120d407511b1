"""The gate of the folder: which files there are, their bytes, and which schema each names."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tiktok_insights_tests.powerbi.gates.files import PROJECT, REPORT, json_files

_MODEL = f"{PROJECT}.SemanticModel"
_THEME = f"{REPORT}/StaticResources/RegisteredResources/{PROJECT}Theme.json"
_IN_FABRIC = "https://developer.microsoft.com/json-schemas/fabric/"
_IN_REPORT = f"{_IN_FABRIC}item/report/definition/"
#: Every file that must be there, and for a JSON file its schema.
_FILES = {
    ".gitattributes": "",
    ".gitignore": "",
    "README.md": "",
    "SHA256SUMS": "",
    f"{PROJECT}.pbip": f"{_IN_FABRIC}pbip/pbipProperties/1.0.0/schema.json",
    f"{REPORT}/.platform": f"{_IN_FABRIC}gitIntegration/platformProperties/2.0.0/schema.json",
    f"{REPORT}/definition.pbir": f"{_IN_FABRIC}item/report/definitionProperties/2.0.0/schema.json",
    f"{REPORT}/definition/report.json": f"{_IN_REPORT}report/3.0.0/schema.json",
    f"{REPORT}/definition/version.json": f"{_IN_REPORT}versionMetadata/1.0.0/schema.json",
    f"{REPORT}/definition/pages/pages.json": f"{_IN_REPORT}pagesMetadata/1.0.0/schema.json",
    _THEME: "",
    f"{_MODEL}/.platform": f"{_IN_FABRIC}gitIntegration/platformProperties/2.0.0/schema.json",
    f"{_MODEL}/definition.pbism": f"{_IN_FABRIC}item/semanticModel/definitionProperties/1.0.0/schema.json",
    **{
        f"{_MODEL}/definition/{name}.tmdl": "" for name in ("database", "expressions", "model", "relationships")
    },
}  # fmt: skip
#: By the end of a path: what the file says its format's version is, and where.
_VERSIONS = {
    ".pbip": ("version", "1.0"),
    ".pbir": ("version", "4.0"),
    ".pbism": ("version", "4.2"),
    "version.json": ("version", "2.0.0"),
    ".platform": ("config", "2.0"),
}
#: Files of which there are several.
_PATTERNS = {
    re.compile(rf"{_MODEL}/definition/tables/\w+\.tmdl"): "",
    re.compile(rf"{REPORT}/definition/pages/[\w-]+/page\.json"): f"{_IN_REPORT}page/2.0.0/schema.json",
    re.compile(rf"{REPORT}/definition/pages/[\w-]+/visuals/[\w-]+/visual\.json"): (
        f"{_IN_REPORT}visualContainer/2.4.0/schema.json"
    ),
}
#: Windows allows 260 characters in a path, and a clone is in a folder of somebody's.
_LONGEST = 130
#: What must never be committed, because it has data.
_IGNORED = ("**/.pbi/localSettings.json", "**/.pbi/cache.abf")


def problems(folder: Path) -> list[str]:
    """Say what is wrong with the files of a folder."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    found = [*_files(paths), *(problem for path in paths for problem in _bytes(path, (folder / path).read_bytes()))]
    if not found:
        found += [problem for check in (_schemas, _ignored) for problem in check(folder)]
    return found


def _files(paths: list[str]) -> Iterator[str]:
    yield from (f"{path} is missing" for path in _FILES if path not in paths)
    for path in paths:
        if path not in _FILES and not path.startswith(".pbi/") and _schema(path) is None:
            yield f"{path} is no file of a project"
        if len(path) > _LONGEST:
            yield f"{path} has {len(path)} characters"
    lower = Counter(path.casefold() for path in paths)
    yield from (f"{path} is there {times} times on Windows" for path, times in lower.items() if times > 1)
    folders = {path.rsplit("/", 1)[0] for path in paths}
    for folder in {re.sub(r"/visuals/.*", "", one) for one in folders if "/visuals/" in one}:
        if f"{folder}/page.json" not in paths:
            yield f"{folder}/page.json is missing"


def _schema(path: str) -> str | None:
    """The schema of a path, an empty text for a file without; None for a path that no file has."""
    if path in _FILES:
        return _FILES[path]
    return next((schema for pattern, schema in _PATTERNS.items() if pattern.fullmatch(path)), None)


def _bytes(path: str, content: bytes) -> Iterator[str]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        yield f"{path} is no UTF-8: {error}"
        return
    if text.startswith("\ufeff"):
        yield f"{path} begins with a byte order mark"
    if "\r" in text:
        yield f"{path} has Windows' line ends"
    if not text.endswith("\n") or re.search(r"[\x00-\x08\x0b-\x1f\ufffd]", text.replace("\r", "")):
        yield f"{path} ends without a line end, or has characters that no text has"


def _schemas(folder: Path) -> Iterator[str]:
    for path in json_files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            document = json.loads(path.read_text("utf-8"), object_pairs_hook=_unique)
        except ValueError as error:
            yield f"{name}: {error}"
            continue
        if (due := _schema(name)) and document.get("$schema") != due:
            yield f"{name} names the schema {document.get('$schema')}"
        for ending, (key, version) in _VERSIONS.items():
            given = document.get(key) if path.name.endswith(ending) else version
            if (given.get("version") if isinstance(given, dict) else given) != version:
                yield f"{name} is of the version {given}, not {version}"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = Counter(name for name, _ in pairs)
    if twice := [name for name, times in names.items() if times > 1]:
        msg = f"{twice[0]} is there twice"
        raise ValueError(msg)
    return dict(pairs)


def _ignored(folder: Path) -> Iterator[str]:
    ignored = (folder / ".gitignore").read_text("utf-8").splitlines()
    yield from (f".gitignore lets {path} be committed" for path in _IGNORED if path not in ignored)
