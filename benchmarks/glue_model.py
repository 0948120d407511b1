"""What a Glue job would take and cost, computed from measured and assumed inputs: no cluster was ever measured.

The formula is `estimate`. Each input says where it comes from; whoever knows better gives another value.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from benchmarks.report import Report, write_into

_MILLION = 1_000_000
_LEAST_BILLED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the model takes. The first ones were measured here, on two cores; the others are assumed or AWS's own."""

    #: CPU seconds of all of Spark's processes for a million rows (measured: the benchmark `engines`).
    cpu_seconds: float = 82.0
    #: CPU seconds for a million rows of one object, which is read by one task (measured: 8 to inspect, 30 to split).
    object_cpu_seconds: float = 38.0
    #: Seconds for each object beside its rows, most of them waiting for S3 (assumed).
    get_seconds: float = 0.1
    #: Seconds of the driver for each object: its outcome, and its row of the ledger (assumed).
    driver_seconds: float = 0.002
    #: Seconds from the start of a run to its first task (assumed).
    start_seconds: float = 60.0
    #: Seconds of the one COPY beside its bytes (assumed).
    copy_seconds: float = 5.0
    #: Megabytes of Parquet for a million staged rows, and those that one thread loads in a second (assumed).
    parquet_mb: float = 60.0
    copy_mb_per_second: float = 20.0
    #: Files that a warehouse of the size XS loads at once; each size has twice as many as the one below (Snowflake).
    copy_threads: float = 8.0
    #: Of a worker of type G.1X: cores and DPUs (AWS).
    cores: float = 4.0
    dpus: float = 1.0
    #: US dollars for a DPU-hour (AWS, us-east-1).
    dollars: float = 0.44


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds of each part, the cost in US dollars, and the part that takes longest."""

    start: float
    driver: float
    tasks: float
    copy: float
    dpu_hours: float
    cost: float

    @property
    def seconds(self) -> float:
        """The whole run."""
        return self.start + self.driver + self.tasks + self.copy

    @property
    def longest(self) -> str:
        """The name of the part that takes longest."""
        parts = {"start": self.start, "driver": self.driver, "tasks": self.tasks, "COPY": self.copy}
        return max(parts, key=lambda name: parts[name])


def estimate(inputs: Inputs, rows: float, objects: int, workers: int, largest: float = 0.0) -> Estimate:
    """Estimate a run that stages rows in so many objects, of which the largest has `largest` rows.

    One worker is the driver's. No run is faster than the task that has the largest object.
    """
    cores = (workers - 1) * inputs.cores
    shared = (rows / _MILLION * inputs.cpu_seconds + objects * inputs.get_seconds) / cores
    alone = max(largest, rows / objects) / _MILLION * inputs.object_cpu_seconds + inputs.get_seconds
    megabytes_a_second = inputs.copy_mb_per_second * inputs.copy_threads
    copy = inputs.copy_seconds + rows / _MILLION * inputs.parquet_mb / megabytes_a_second
    parts = (inputs.start_seconds, objects * inputs.driver_seconds, max(shared, alone), copy)
    dpu_hours = max(sum(parts), _LEAST_BILLED_SECONDS) / 3600 * workers * inputs.dpus
    return Estimate(*parts, dpu_hours, dpu_hours * inputs.dollars)


def report(inputs: Inputs, rows: Sequence[int], objects: int, workers: Sequence[int]) -> Report:
    """Make the table for all rows and workers."""
    return Report(
        "glue_model",
        {"inputs": {item.name: getattr(inputs, item.name) for item in fields(inputs)}},
        ("rows, workers", "time", "tasks", "COPY", "driver", "DPU-hours", "cost", "longest"),
        list(_rows(inputs, rows, objects, workers)),
    )


def _rows(inputs: Inputs, rows: Sequence[int], objects: int, workers: Sequence[int]) -> Iterator[tuple[str, ...]]:
    for number in rows:
        for count in workers:
            found = estimate(inputs, number, objects, count)
            times = (found.seconds, found.tasks, found.copy, found.driver)
            name = f"{number:,} rows in {objects:,} objects, {count} x G.1X"
            yield name, *map(_minutes, times), f"{found.dpu_hours:.1f}", f"${found.cost:.2f}", found.longest


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.glue_model", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000_000, 1_000_000_000])
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 5, 10, 20, 40])
    for item in fields(Inputs):
        parser.add_argument(f"--{item.name.replace('_', '-')}", type=float, default=item.default)
    parser.add_argument("--document", type=Path, help="write the table into this file, between its markers")
    asked = parser.parse_args()
    if min(asked.workers) < 2:
        parser.error("one worker is the driver's, so --workers must be at least 2")
    inputs = Inputs(**{item.name: getattr(asked, item.name) for item in fields(Inputs)})
    made = report(inputs, asked.rows, asked.objects, asked.workers)
    sys.stdout.write(made.markdown)
    if asked.document:
        write_into(asked.document, made)


if __name__ == "__main__":
    main()
