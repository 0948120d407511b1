"""What a benchmark has found, as one line of JSON and as Markdown tables, and writing the tables into a document."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should be at most, and what it is; both in the unit, which is empty for a ratio."""

    name: str
    at_most: float
    measured: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the figure is small enough, exactly and not as it is printed."""
        return self.measured <= self.at_most

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The aim as the documents have it."""
        unit = f" {self.unit}" if self.unit else ""
        measured = f"{self.measured:.0f}" if self.unit else f"{self.measured:.2f}"
        return self.name, f"{self.at_most:g}{unit}", f"{measured}{unit}", "yes" if self.is_met else "**no**"


_AIM_HEADER = ("aim", "at most", "measured", "met")


@dataclass(frozen=True, slots=True)
class Report:
    """The figures by name, the table for people, whose first column says what was measured, and the aims."""

    benchmark: str
    figures: dict[str, Any]
    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    aims: Sequence[Aim] = ()

    @property
    def json_line(self) -> str:
        """All figures."""
        aims = {"aims": [{**asdict(aim), "is_met": aim.is_met} for aim in self.aims]} if self.aims else {}
        return json.dumps({"benchmark": self.benchmark, **self.figures, **aims})

    @property
    def markdown(self) -> str:
        """The table, and the aims below it."""
        aims = _table(_AIM_HEADER, [aim.row for aim in self.aims]) if self.aims else ""
        return _table(self.header, self.rows) + (f"\n{aims}" if aims else "")


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def write_into(document: Path, report: Report) -> None:
    """Put the tables where the document has the benchmark's marks, in the place of those that are there."""
    begin, end = f"<!-- {report.benchmark} -->\n", f"<!-- end of {report.benchmark} -->"
    text = document.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        raise ValueError(f"{document} has no markers for {report.benchmark}: add the lines {begin.strip()} and {end}.")
    place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    document.write_text(place.sub(lambda _: f"{begin}{report.markdown}{end}", text), encoding="utf-8")


def seconds(value: float) -> str:
    """Seconds, as exact as they are worth."""
    return f"{value:.1f} s" if value >= 1 else f"{value * 1000:.0f} ms"
