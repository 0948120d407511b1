"""What a run of `load_pending_objects` costs when nothing is pending, beyond an empty job's.

The empty job (`empty_job`) has as many assets and checks and loads the same libraries; what is left is this project's
own: opening sessions, listing, and asking bucket, catalog and warehouse what the checks ask.
"""

from pathlib import Path

from benchmarks.children import median_of
from benchmarks.jobs import run_empty_job, run_job
from benchmarks.report import Report, seconds
from benchmarks.workplace import Workplace


def measure(home: Path, repeat: int) -> Report:
    """Run both jobs in turns, on a stack that runs and has its tables, as after the first run."""
    environment = Workplace(home, "BENCH", "nothing", home).environment()
    run_job(environment)
    ours, empty = [], []
    for _ in range(repeat):
        ours.append(run_job(environment))
        empty.append(run_empty_job(environment))
    times = {"load_pending_objects, nothing pending": median_of(ours).seconds, "empty job": median_of(empty).seconds}
    times["difference"] = times["load_pending_objects, nothing pending"] - times["empty job"]
    return Report(
        "fixed_cost",
        {"repetitions": repeat, "seconds": {name: round(time, 3) for name, time in times.items()}},
        ("`dagster job execute`", "median time"),
        [(name, seconds(time)) for name, time in times.items()],
    )
