"""Staging very many small objects against a bare read of them with 16 threads, and its peak memory."""

from pathlib import Path

from benchmarks.children import Measured, median_of, run_contestant
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace

_MAX_RATIO, _MAX_MB = 1.3, 500.0
_STAGING, _GET = "staging", "16-thread GET"


def measure(home: Path, objects: int, rows: int, repeat: int) -> Report:
    """Stage all objects and read them, in turns. Raises AssertionError when not every object's users were staged."""
    bucket = Workplace(home, "SEEDED", "many", home)
    run_contestant("bucket_steps:seed", {**bucket.arguments(), "objects": objects, "rows": rows})
    runs: dict[str, list[Measured]] = {_STAGING: [], _GET: []}
    for turn in range(repeat):
        runs[_GET].append(run_contestant("bucket_steps:get_all", bucket.arguments()))
        runs[_STAGING].append(run_contestant("ours:stage", Workplace(home, f"T_{turn}", "many", home).arguments()))
    staging, get = (median_of(runs[name]) for name in (_STAGING, _GET))
    if staging.result != objects * rows:
        raise AssertionError(f"{staging.result} rows were staged instead of {objects * rows}.")
    times = {_STAGING: staging.seconds, _GET: get.seconds}
    return Report(
        "staging_scale",
        {"repetitions": repeat, "seconds": {name: round(time, 3) for name, time in times.items()}},
        (f"{objects:,} objects x {rows:,} rows", "median time", "peak memory"),
        [(name, seconds(run.seconds), f"{run.peak_mb:.0f} MB") for name, run in ((_STAGING, staging), (_GET, get))],
        [
            Aim("staging, against the GET", _MAX_RATIO, staging.seconds / get.seconds),
            Aim("peak memory of staging", _MAX_MB, staging.peak_mb, "MB"),
        ],
    )
