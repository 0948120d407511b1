"""The whole job, with Dagster and all checks, against the bare load and a job that does nothing; and peak memory.

The whole job is `dagster job execute` as a person types it, so Dagster and all libraries are in its process.
"""

from pathlib import Path

from benchmarks.children import Measured, median_of, run_contestant
from benchmarks.followers_file import write_followers_file
from benchmarks.jobs import run_empty_job, run_job
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace

_MAX_RATIO = 1.25
_LOAD, _EMPTY, _JOB = "bare load", "empty job", "`dagster job execute`, with all checks"


def measure(home: Path, rows: int, repeat: int) -> Report:
    """Load one file in turns, each time into an empty database."""
    runs = _measure(home, rows, repeat)
    medians = {name: median_of(turns) for name, turns in runs.items()}
    times = {name: median.seconds for name, median in medians.items()}
    of_both = times[_LOAD] + times[_EMPTY]
    return Report(
        "whole_job",
        {"repetitions": repeat, "rows": rows, "seconds": {name: round(time, 3) for name, time in times.items()}},
        (f"{rows:,} rows", "median time", "peak memory"),
        [(name, seconds(times[name]), f"{median.peak_mb:.0f} MB") for name, median in medians.items()],
        [Aim(f"whole job, against bare load + empty job ({seconds(of_both)})", _MAX_RATIO, times[_JOB] / of_both)],
    )


def memory(home: Path, rows: int) -> Report:
    """Load one large file once in each way."""
    runs = _measure(home, rows, 1)
    table = [(name, f"{runs[name][0].peak_mb:.0f} MB", seconds(runs[name][0].seconds)) for name in (_LOAD, _JOB)]
    figures = {name: round(runs[name][0].peak_mb) for name in (_LOAD, _JOB)}
    return Report("load_memory", {"rows": rows, "peak_mb": figures}, (f"{rows:,} rows", "peak memory", "time"), table)


def _measure(home: Path, rows: int, repeat: int) -> dict[str, list[Measured]]:
    csv = home / "followers.csv"
    write_followers_file(csv, rows)
    bucket = Workplace(home, "WARM_UP", "one", home)
    # The first run of a home creates Dagster's tables and starts the stack.
    run_job(bucket.environment())
    run_contestant("ours:put_csv", {**bucket.arguments(), "csv": str(csv)})
    runs: dict[str, list[Measured]] = {_LOAD: [], _EMPTY: [], _JOB: []}
    for turn in range(repeat):
        runs[_LOAD].append(run_contestant("ours:load", Workplace(home, f"LOAD_{turn}", "one", home).arguments()))
        runs[_EMPTY].append(run_empty_job(bucket.environment()))
        runs[_JOB].append(run_job(Workplace(home, f"JOB_{turn}", "one", home).environment()))
    return runs
