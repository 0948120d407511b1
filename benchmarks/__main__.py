"""Runs the benchmarks of docs/performance.md: a table for people and a line of JSON for each.

Every benchmark has a home and a local stack of its own, which are gone afterwards.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import extraction_rate, fixed_cost, load_memory, load_scale, sensor_tick
from benchmarks.report import Report, write_into
from tiktok_insights.local import stack

_BENCHMARKS: dict[str, Callable[[Path, argparse.Namespace], Report]] = {
    "extraction_rate": lambda home, _: extraction_rate.measure(home),
    "fixed_cost": lambda home, asked: fixed_cost.measure(home, asked.repeat),
    "sensor_tick": lambda home, asked: sensor_tick.measure(home, asked.keys, asked.repeat),
    "load_scale": lambda home, asked: load_scale.measure(home, asked.rows, asked.repeat),
    "load_memory": lambda home, asked: load_memory.measure(home, asked.memory_rows),
}


def main() -> None:
    """Run the benchmarks that are asked for, all by default."""
    asked = _parser().parse_args()
    for name in asked.only or _BENCHMARKS:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            try:
                report = _BENCHMARKS[name](home, asked)
            finally:
                stack.stop(home)
        sys.stdout.write(f"\n{name}\n\n{report.markdown}\n{report.json_line}\n")
        sys.stdout.flush()
        if asked.document:
            write_into(asked.document, report)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--only", nargs="+", choices=_BENCHMARKS, help="leave out the others")
    add("--rows", type=int, default=1_000_000, help="rows of the file that all contestants load")
    add("--memory-rows", type=int, nargs="+", default=[1_000_000, 5_000_000], help="rows of the files for peak memory")
    add("--keys", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="objects in the sensor's bucket")
    add("--repeat", type=int, default=3, help="repetitions, of which the median counts")
    add("--document", type=Path, help="write the tables into this file too, where its marks are")
    return parser


if __name__ == "__main__":
    main()
