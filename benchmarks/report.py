"""What a benchmark has found, as one line of JSON and as a Markdown table, and writing the table into a document."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Report:
    """The figures by name, and the table for people; the first column of the table says what was measured."""

    benchmark: str
    figures: dict[str, Any]
    header: Sequence[str]
    rows: Sequence[Sequence[object]]

    @property
    def json_line(self) -> str:
        """All figures."""
        return json.dumps({"benchmark": self.benchmark, **self.figures})

    @property
    def markdown(self) -> str:
        """The table."""
        lines = [self.header, ["---", *["--:"] * (len(self.header) - 1)], *self.rows]
        return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def write_into(document: Path, report: Report) -> None:
    """Put the table where the document has the benchmark's marks, in the place of the one that is there."""
    begin, end = f"<!-- {report.benchmark} -->\n", f"<!-- end of {report.benchmark} -->"
    text = document.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        raise ValueError(f"{document} has no markers for {report.benchmark}: add the lines {begin.strip()} and {end}.")
    place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    document.write_text(place.sub(lambda _: f"{begin}{report.markdown}{end}", text), encoding="utf-8")


def seconds(value: float) -> str:
    """Seconds, as exact as they are worth."""
    return f"{value:.1f} s" if value >= 1 else f"{value * 1000:.0f} ms"
