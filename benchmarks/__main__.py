"""Run the benchmarks of docs/performance.md, and print a table and a line of JSON for each.

Every benchmark has its own home and local stack, which are deleted afterwards.
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
    add("--only", nargs="+", choices=_BENCHMARKS, help="run only these benchmarks")
    add("--rows", type=int, default=1_000_000, help="rows in the file that every contestant loads")
    add("--memory-rows", type=int, nargs="+", default=[1_000_000, 5_000_000], help="rows in the files for peak memory")
    add("--keys", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="objects in the sensor's bucket")
    add("--repeat", type=int, default=3, help="repetitions; the median is reported")
    add("--document", type=Path, help="also write the tables into this file, between its markers")
    return parser


if __name__ == "__main__":
    main()
