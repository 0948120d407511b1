"""A small reader of TMDL, which shares nothing with the writer: objects, properties and expressions by their tabs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

_OBJECT = re.compile(
    r"(ref table|database|model|table|column|measure|partition|expression|relationship|annotation)"
    r"(?: (?P<name>'(?:[^']|'')+'|[^\s=']+))?(?: = ?(?P<value>.*)|(?P<open> =))?"
)
_PROPERTY = re.compile(r"(?P<name>[a-zA-Z]\w*)(?:: (?P<value>.+)|(?P<open> =))?")


class TmdlError(ValueError):
    """A line that is no TMDL as this project has it."""


@dataclass
class Node:
    """One object: its kind and name, what follows its equals sign, its properties, and what is in it."""

    kind: str
    name: str
    value: str = ""
    description: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    def of_kind(self, kind: str) -> "list[Node]":
        """The objects of a kind in it."""
        return [child for child in self.children if child.kind == kind]


@cache
def read(text: str) -> list[Node]:
    """Read a file's objects, once for equal files, so do not change them. Raises TmdlError with the line's number."""
    lines = text.split("\n")
    root = Node("file", "")
    _read_into(root, lines, 0, 0)
    return root.children


def unquoted(name: str) -> str:
    """A name without its quotes."""
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _read_into(parent: Node, lines: Sequence[str], at: int, depth: int) -> int:
    description: list[str] = []
    while at < len(lines):
        line = lines[at]
        tabs = len(line) - len(line.lstrip("\t"))
        if not line.strip():
            at += 1
        elif tabs < depth:
            break
        elif tabs > depth or line != line.rstrip():
            raise TmdlError(f"line {at + 1}: {line!r} is indented wrongly, or ends with blanks")
        elif line[tabs:].startswith("/// "):
            description.append(line[tabs + 4 :])
            at += 1
        else:
            at = _read_line(parent, lines, at, depth, " ".join(description))
            description = []
    return at


def _read_line(parent: Node, lines: Sequence[str], at: int, depth: int, description: str) -> int:
    line = lines[at][depth:]
    if found := _OBJECT.fullmatch(line):
        node = Node(found[1], unquoted(found["name"] or ""), (found["value"] or "").strip(), description)
        parent.children.append(node)
        at += 1
        if line.endswith(" ="):
            block = list(_block(lines, at, depth + 2))
            node.value, at = "\n".join(block), at + len(block)
        return _read_into(node, lines, at, depth + 1)
    if not (found := _PROPERTY.fullmatch(line)) or found["name"] in parent.properties:
        raise TmdlError(f"line {at + 1}: {line!r} is no object, and no new property")
    block = list(_block(lines, at + 1, depth + 2)) if found["open"] else []
    parent.properties[found["name"]] = "\n".join(block) if found["open"] else found["value"] or "true"
    return at + 1 + len(block)


def _block(lines: Sequence[str], at: int, depth: int) -> Iterator[str]:
    """The lines of an expression, without its tabs."""
    while at < len(lines) and lines[at].startswith("\t" * depth):
        yield lines[at][depth:]
        at += 1
