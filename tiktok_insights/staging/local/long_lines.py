"""Lines at the limit of their length, of which DuckDB's reader thinks differently from place to place in a file.

It counts the line ending, also where there is none, but not in the line after the header. So its own limit is a little
higher, and it gets a copy in which a line that the inspection calls too long is far longer. Only this engine's reader
needs that: which lines are too long belongs in `inspection.py`.
"""

from pathlib import Path

from tiktok_insights.staging.inspection import LONGEST_LINE_BYTES, MAX_LINE_BYTES

#: What the reader differs in is 2 bytes.
_LEEWAY_BYTES = 100
#: No line that may be a row is longer to the reader.
READER_LINE_BYTES = MAX_LINE_BYTES + _LEEWAY_BYTES
#: Another field, with which the line is too long to the reader as well.
_FIELD = b"," + b"x" * (2 * _LEEWAY_BYTES)
#: A line that is too long fills at least one such block of the file.
_BLOCK_BYTES = MAX_LINE_BYTES // 2


def with_long_lines_told(path: Path) -> Path:
    """The file that the reader should get instead, under the same name; the file itself where no line is too long."""
    if not _may_have_long_lines(path):
        return path
    (folder := path.parent / "long").mkdir(exist_ok=True)
    copy = folder / path.name
    with path.open("rb") as file, copy.open("wb") as out:
        # A line that is longer than one read comes in parts, the first of which is long enough as it is.
        while line := file.readline(LONGEST_LINE_BYTES):
            content = line.removesuffix(b"\n").removesuffix(b"\r")
            is_told = MAX_LINE_BYTES < len(content) <= READER_LINE_BYTES
            out.write(content + _FIELD + line[len(content) :] if is_told else line)
    return copy


def _may_have_long_lines(path: Path) -> bool:
    """Whether a whole block is without a line end."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            if len(block) == _BLOCK_BYTES and b"\n" not in block:
                return True
    return False
