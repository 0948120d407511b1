"""The project's documents, and the blocks of code in them."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALL = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "powerbi" / "README.md"])
#: Those that are typed from, in the order in which a new user reads them.
GUIDES = [ROOT / "README.md", ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "how_to").glob("*.md"))]

#: A block may stand in an item of a list, and is then as far to the right as the item's text.
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: its language, and its text without indentation."""

    language: str
    text: str


def name(document: Path) -> str:
    """A document's path below the root."""
    return document.relative_to(ROOT).as_posix()


def blocks(document: Path) -> list[Block]:
    """The document's blocks, in its order."""
    text = document.read_text(encoding="utf-8")
    return [Block(match[2], textwrap.dedent(match[3])) for match in BLOCK.finditer(text)]


def blocks_below(document: Path, heading: str) -> list[Block]:
    """The blocks between a heading and the next one of its level."""
    text = document.read_text(encoding="utf-8")
    found = re.search(rf"^(#+) {re.escape(heading)}$(.*?)(?=^\1 |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, heading
    return [Block(match[2], textwrap.dedent(match[3])) for match in BLOCK.finditer(found[2])]
