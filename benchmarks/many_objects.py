"""Many small objects against one with the same rows: the whole job, and a bare read of the small objects.

Both must produce the same table. Each run has its own database and catalog, so every object is pending.
"""

from dataclasses import replace
from pathlib import Path

from benchmarks.children import Measured, median_of, run_contestant
from benchmarks.jobs import run_job
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace

_MAX_RATIO = 2.0
_MAX_EXTRA_READS = 2.0


def measure(home: Path, objects: int, rows: int, repeat: int) -> Report:
    """Load the same rows from many objects and from one, in turns. Raises AssertionError when the tables differ."""
    many, one = f"{objects:,} objects x {rows:,} rows", f"1 object x {objects * rows:,} rows"
    get = f"16-thread GET of the {objects:,} objects"
    buckets = {many: "many", one: "one"}
    small = Workplace(home, "SMALL", "many", home)
    users = run_contestant("bucket_steps:seed", {**small.arguments(), "objects": objects, "rows": rows}).result
    large = replace(small, bucket="one")
    run_contestant("bucket_steps:seed", {**large.arguments(), "objects": 1, "rows": objects * rows})
    # The first run of a home creates Dagster's tables and starts the stack.
    run_job(replace(small, database="WARM_UP", bucket="nothing").environment())
    runs: dict[str, list[Measured]] = {many: [], one: [], get: []}
    for turn in range(repeat):
        for name, bucket in buckets.items():
            place = Workplace(home, f"{bucket.upper()}_{turn}", bucket, home)
            job = run_job(place.environment())
            table = run_contestant("ours:summary", place.arguments()).result
            runs[name].append(replace(job, result=table))
        runs[get].append(run_contestant("bucket_steps:get_all", small.arguments()))
    medians = {name: median_of(turns) for name, turns in runs.items()}
    if medians[many].result != medians[one].result or medians[one].result["rows"] != str(users):
        raise AssertionError(f"The tables are not of the same {users} users: {medians}")
    times = {name: median.seconds for name, median in medians.items()}
    extra = times[many] - times[one]
    return Report(
        "many_objects",
        {"repetitions": repeat, "seconds": {name: round(time, 3) for name, time in times.items()}},
        ("`dagster job execute`", "median time", "relative to one object", "peak memory"),
        [
            (name, seconds(time), f"{time / times[one]:.2f}", f"{medians[name].peak_mb:.0f} MB")
            for name, time in times.items()
        ],
        (
            Aim(f"{many}, against 1 object", _MAX_RATIO, times[many] / times[one]),
            Aim(f"extra time of {many}, against the GET", _MAX_EXTRA_READS, extra / times[get]),
        ),
    )
