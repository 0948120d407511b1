"""The engine on Spark beside the local one: the same objects, the same local stack, one run.

Time, CPU time and peak memory of all processes of an engine, and how they grow with the rows. What Spark's cluster
would take is `glue_model`'s business, which takes the figures of this benchmark.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.children import Measured, run_contestant
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace

_LOCAL, _SPARK = "local", "Spark, local[2]"
_CONTESTANTS = {_LOCAL: "engine_steps:local", _SPARK: "engine_steps:spark"}
#: Memory should not follow the rows.
_MAX_GROWTH = 1.5


@dataclass(frozen=True, slots=True)
class _Load:
    """What is in a bucket."""

    bucket: str
    objects: int
    rows: int

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"{self.objects * self.rows:,} rows in {self.objects:,} object{'s' * (self.objects > 1)}"


def measure(home: Path, rows: Sequence[int], object_rows: int, objects: int, small_rows: int) -> Report:
    """Stage each load with both engines. Raises AssertionError when their staged rows differ.

    `rows` are the totals of loads in objects of `object_rows` rows; the first of them is also staged as one object, and
    beside them so many `objects` of `small_rows` rows.
    """
    large = [_Load(f"large-{n}", max(1, n // object_rows), min(n, object_rows)) for n in rows]
    loads = [*large, _Load("one", 1, rows[0]), _Load("small", objects, small_rows)]
    # Objects are seeded while the stack does not run.
    for load in loads:
        place = Workplace(home, "SEEDED", load.bucket, home)
        run_contestant("bucket_steps:seed", {**place.arguments(), "objects": load.objects, "rows": load.rows})
        (home / "followers.csv").unlink()
    # The first one to ask starts the stack.
    run_contestant("bucket_steps:get_all", Workplace(home, "WARM", "small", home).arguments())
    found = {load: {engine: _staged(home, load, engine) for engine in _CONTESTANTS} for load in loads}
    for load, runs in found.items():
        summaries = {engine: run.result["summary"] for engine, run in runs.items()}
        if summaries[_LOCAL] != summaries[_SPARK] or summaries[_LOCAL]["rows"] == "0":
            raise AssertionError(f"The engines have staged different rows of {load.name}: {summaries}")
    return _report(found, large)


def _staged(home: Path, load: _Load, engine: str) -> Measured:
    with tempfile.TemporaryDirectory(dir=home) as folder:
        database = f"{load.bucket}_{_CONTESTANTS[engine].partition(':')[2]}".upper().replace("-", "_")
        place = Workplace(home, database, load.bucket, Path(folder))
        return run_contestant(_CONTESTANTS[engine], place.arguments())


def _report(found: Mapping[_Load, Mapping[str, Measured]], large: Sequence[_Load]) -> Report:
    table: list[tuple[str, ...]] = [
        (
            f"{load.name}: {engine}",
            seconds(run.seconds),
            seconds(run.result["cpu_seconds"]),
            f"{run.result['peak_mb']:.0f} MB",
            seconds(run.result["start_seconds"]) if engine == _SPARK else "",
        )
        for load, runs in found.items()
        for engine, run in runs.items()
    ]
    aims: list[Aim] = []
    few, many = large[0], large[-1]
    for engine in _CONTESTANTS:
        growth = {name: after / before for name, before, after in _both(found[few][engine], found[many][engine])}
        table.append(
            (f"growth with {many.objects / few.objects:g} x the rows: {engine}", *map(_times, growth.values()), "")
        )
        name = f"peak memory with {many.objects / few.objects:g} x the rows: {engine}"
        aims.append(Aim(name, _MAX_GROWTH, growth["peak_mb"]))
    figures: dict[str, Any] = {
        load.name: {
            engine: {"seconds": round(run.seconds, 3), **{n: round(run.result[n], 3) for n in _FIGURES}}
            for engine, run in runs.items()
        }
        for load, runs in found.items()
    }
    return Report(
        "engines",
        {"loads": figures},
        ("staging", "time", "CPU time", "peak memory", "Spark's start, before that"),
        table,
        aims,
    )


_FIGURES = ("cpu_seconds", "peak_mb", "start_seconds")


def _both(before: Measured, after: Measured) -> Sequence[tuple[str, float, float]]:
    return [
        ("seconds", before.seconds, after.seconds),
        *((name, before.result[name], after.result[name]) for name in _FIGURES[:2]),
    ]


def _times(growth: float) -> str:
    return f"x {growth:.2f}"
