"""The project's folder: which files it has, and how it is brought up to date without losing what a person changed.

SHA256SUMS in the folder says what was written last. A file that is no longer as it says was edited, usually by Power BI
Desktop. Files that it does not name, such as those below .pbi/, are a person's own and are left alone.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tiktok_insights.powerbi import semantic_model
from tiktok_insights.powerbi.model import MODEL
from tiktok_insights.powerbi.report import files as report_files

#: What Power BI Desktop writes for one machine only; it writes the same file itself.
_GIT_IGNORE = "**/.pbi/localSettings.json\n**/.pbi/cache.abf\n"
#: Without it, Git may take the files for binary, or keep Windows' line ends.
_GIT_ATTRIBUTES = "*.tmdl text\n*.json text\n*.pbip text\n*.pbir text\n*.pbism text\n.platform text\n"
#: In the format of `sha256sum --check`.
_RECORD = "SHA256SUMS"
_NAMED = 3


class EditedFilesError(RuntimeError):
    """Files would be replaced that a person, or Power BI Desktop, has changed; the message names them."""


class Change(Enum):
    """What a build does with a file."""

    ADDED = "added"
    REPLACED = "replaced"
    REMOVED = "removed"
    #: No longer made, but edited, so it is left.
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as the code makes it, what a build does with it, and whether somebody has edited it."""

    path: str
    change: Change
    is_edited: bool


def files() -> Mapping[str, str]:
    """Make the whole project: each file's text by its path in the folder."""
    texts = {
        ".gitignore": _GIT_IGNORE,
        ".gitattributes": _GIT_ATTRIBUTES,
        **semantic_model.files(MODEL),
        **report_files.files(),
    }
    record = "".join(f"{_digest(text)}  {path}\n" for path, text in sorted(texts.items()))
    return {**texts, _RECORD: record}


def differences(folder: Path) -> tuple[Difference, ...]:
    """Compare the folder with what the code makes; none is good."""
    wanted, recorded = files(), _recorded(folder)
    found = []
    for path, text in wanted.items():
        if (actual := _read(folder / path)) is None:
            found.append(Difference(path, Change.ADDED, is_edited=False))
        elif actual != text:
            # The beginning of the text alone is what a build leaves that was killed while it wrote.
            is_ours = (
                path == _RECORD or recorded.get(path) == _digest(actual) or text.startswith(actual.rstrip("\ufffd"))
            )
            found.append(Difference(path, Change.REPLACED, not is_ours))
    for path in recorded.keys() - wanted.keys():
        if (actual := _read(folder / path)) is not None:
            is_edited = recorded[path] != _digest(actual)
            found.append(Difference(path, Change.LEFT if is_edited else Change.REMOVED, is_edited))
    return tuple(sorted(found, key=lambda difference: difference.path))


def write(folder: Path, *, replaces_edited: bool = False) -> tuple[Difference, ...]:
    """Make the folder what the code says, and say what was different. Files that are as they should be are not touched.

    Raises EditedFilesError, and writes nothing, when edits would be lost.
    """
    found = differences(folder)
    edited = [difference.path for difference in found if difference.is_edited and difference.change is Change.REPLACED]
    if edited and not replaces_edited:
        named = ", ".join(edited[:_NAMED]) + f" and {len(edited) - _NAMED} more" * (len(edited) > _NAMED)
        raise EditedFilesError(
            f"Files in {folder} are not as a build wrote them, such as after a save in Power BI Desktop: {named}. "
            "Nothing was written. Save what you want to keep, such as in a commit, and add --replace-edited."
        )
    wanted = files()
    # The record last: a build that is cut off continues with the next one.
    for difference in sorted(found, key=lambda difference: difference.path == _RECORD):
        path = folder / difference.path
        if difference.change is Change.REMOVED:
            path.unlink()
        elif difference.change is not Change.LEFT:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[difference.path], encoding="utf-8", newline="\n")
    return found


def _recorded(folder: Path) -> dict[str, str]:
    lines = (_read(folder / _RECORD) or "").splitlines()
    pairs = [line.split("  ", 1) for line in lines if "  " in line]
    # A path that leaves the folder was not written by a build.
    return {path: digest for digest, path in pairs if ".." not in Path(path).parts and not Path(path).is_absolute()}


def _read(path: Path) -> str | None:
    """Read a file as the code makes it: without Windows' line ends and byte order mark. None if there is none."""
    try:
        return path.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
