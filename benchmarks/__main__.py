"""Run the benchmarks of docs/performance.md, and print their tables and a line of JSON for each.

Every benchmark has its own home and local stack, which are deleted afterwards.
"""

import argparse
import importlib.util
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import (
    dashboard,
    engines,
    extraction_rate,
    fixed_cost,
    history,
    idle_run,
    load_scale,
    many_objects,
    peers,
    pipeline,
    presence,
    sensor_tick,
    staging_scale,
    whole_job,
)
from benchmarks.report import Report, write_into
from tiktok_insights.local import stack


@dataclass(frozen=True, slots=True)
class _Benchmark:
    """How to measure, how often, and how many minutes that takes on two cores with the default sizes.

    `quick` are smaller sizes for a quick run, which then takes `quick_minutes`; a benchmark that is short needs none.
    `needs` is a package that may be missing.
    """

    measure: Callable[[Path, argparse.Namespace], Report]
    repeat: int
    minutes: float
    quick: Mapping[str, object] = field(default_factory=dict)
    quick_minutes: float = 0.0
    needs: str = ""


_BENCHMARKS = {
    "many_objects": _Benchmark(lambda home, a: many_objects.measure(home, a.objects, a.object_rows, a.repeat), 3, 2),
    "idle_run": _Benchmark(
        lambda home, a: idle_run.measure(home, a.objects, a.object_rows, a.table_rows, a.repeat), 3, 4
    ),
    "staging_scale": _Benchmark(
        lambda home, a: staging_scale.measure(home, a.staged_objects, a.object_rows, a.repeat), 1, 4
    ),
    "pipeline": _Benchmark(lambda home, a: pipeline.measure(home, a.accounts, a.followers), 1, 5),
    "history": _Benchmark(lambda home, a: history.measure(home, a.days, a.day_rows, a.repeat), 1, 4),
    "dashboard": _Benchmark(lambda home, a: dashboard.measure(home, a.days, a.day_rows, a.repeat), 3, 4),
    "presence": _Benchmark(lambda home, a: presence.measure(home, a.days, a.day_rows, a.repeat), 1, 6),
    "load_scale": _Benchmark(lambda home, a: load_scale.measure(home, a.rows, a.repeat), 3, 4),
    "whole_job": _Benchmark(lambda home, a: whole_job.measure(home, a.rows, a.repeat), 3, 4),
    "peers": _Benchmark(lambda home, a: peers.measure(home, a.rows, a.objects, a.object_rows, a.repeat), 1, 4),
    "engines": _Benchmark(
        lambda home, a: engines.measure(home, a.engine_rows, a.engine_object_rows, a.engine_objects, a.object_rows),
        1,
        20,
        {"engine_rows": [100_000, 500_000], "engine_object_rows": 20_000, "engine_objects": 200},
        4,
        "pyspark",
    ),
    "load_memory": _Benchmark(lambda home, a: whole_job.memory(home, a.memory_rows), 1, 6),
    "sensor_tick": _Benchmark(lambda home, a: sensor_tick.measure(home, a.keys, a.repeat), 1, 3),
    "fixed_cost": _Benchmark(lambda home, a: fixed_cost.measure(home, a.repeat), 3, 1),
    "extraction_rate": _Benchmark(lambda home, _: extraction_rate.measure(home), 1, 1.2),
}
#: At most so many minutes make a benchmark a quick one.
_QUICK_MINUTES = 4


def main() -> None:
    """Run the benchmarks that are asked for, all by default."""
    parser = _parser()
    asked = parser.parse_args()
    names = asked.only or [
        name for name, item in _BENCHMARKS.items() if _minutes(item, asked) <= _QUICK_MINUTES or not asked.quick
    ]
    if missing := [name for name in names if not _has(_BENCHMARKS[name].needs)]:
        sys.stdout.write(
            f"Not run, because Spark is not installed (make test-spark installs it): {', '.join(missing)}.\n"
        )
        names = [name for name in names if name not in missing]
    minutes = sum(_minutes(_BENCHMARKS[name], asked) for name in names)
    sys.stdout.write(f"About {minutes:.0f} minutes with the default sizes: {', '.join(names)}.\n")
    for name in names:
        benchmark = _BENCHMARKS[name]
        sizes = {**vars(asked), "repeat": asked.repeat or benchmark.repeat}
        if asked.quick:
            sizes |= {size: value for size, value in benchmark.quick.items() if sizes[size] == parser.get_default(size)}
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            try:
                report = benchmark.measure(home, argparse.Namespace(**sizes))
            finally:
                stack.stop(home)
        sys.stdout.write(f"\n{name}\n\n{report.markdown}\n{report.json_line}\n")
        sys.stdout.flush()
        if asked.document:
            write_into(asked.document, report)


def _minutes(benchmark: _Benchmark, asked: argparse.Namespace) -> float:
    return benchmark.quick_minutes if asked.quick and benchmark.quick else benchmark.minutes


def _has(package: str) -> bool:
    return not package or importlib.util.find_spec(package) is not None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--only", nargs="+", choices=_BENCHMARKS, help="run only these benchmarks")
    add(
        "--quick",
        action="store_true",
        help=f"run only those that take at most {_QUICK_MINUTES} minutes, some of them smaller",
    )
    add("--repeat", type=int, help="repetitions, of which the median is reported; by default 1 or 3")
    add("--objects", type=int, default=1_000, help="small objects")
    add("--object-rows", type=int, default=30, help="rows in a small object")
    add("--rows", type=int, default=1_000_000, help="rows in one large object")
    add("--table-rows", type=int, default=5_000_000, help="rows that the large table has before an idle run")
    add("--staged-objects", type=int, default=20_000, help="small objects for staging alone")
    add("--accounts", type=int, default=1_000, help="accounts that the whole pipeline extracts")
    add("--followers", type=int, default=100, help="about so many followers of each")
    add("--days", type=int, default=365, help="daily snapshots")
    add("--day-rows", type=int, default=20_000, help="rows in a daily snapshot")
    add("--memory-rows", type=int, default=5_000_000, help="rows in the object for peak memory")
    add("--engine-rows", type=int, nargs="+", default=[1_000_000, 5_000_000], help="rows that both engines stage")
    add("--engine-object-rows", type=int, default=100_000, help="rows in an object of theirs")
    add("--engine-objects", type=int, default=2_000, help="small objects that both engines stage")
    add("--keys", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="objects in the sensor's bucket")
    add("--document", type=Path, help="also write the tables into this file, between its markers")
    return parser


if __name__ == "__main__":
    main()
