"""What a run of `load_pending_objects` costs when nothing is pending, beyond an empty job's.

The empty job (`empty_job`) has as many assets and checks and loads the same libraries; what is left is this project's
own: opening sessions, listing, and asking bucket, catalog and warehouse what the checks ask.
"""

from pathlib import Path

from benchmarks.children import median_of, run_command
from benchmarks.load_memory import JOB
from benchmarks.report import Report, seconds
from benchmarks.workplace import Workplace

_EMPTY_JOB = ("dagster", "job", "execute", "-m", "benchmarks.empty_job", "-j", "empty_job")


def measure(home: Path, repeat: int) -> Report:
    """Run both jobs in turns, on a stack that runs and has its tables, as after the first run."""
    environment = Workplace(home, "BENCH", home / "nothing", home).environment()
    run_command(JOB, environment)
    ours, empty = [], []
    for _ in range(repeat):
        ours.append(run_command(JOB, environment))
        empty.append(run_command(_EMPTY_JOB, environment))
    times = {"load_pending_objects, nothing pending": median_of(ours).seconds, "empty job": median_of(empty).seconds}
    times["difference"] = times["load_pending_objects, nothing pending"] - times["empty job"]
    return Report(
        "fixed_cost",
        {"repetitions": repeat, "seconds": {name: round(time, 3) for name, time in times.items()}},
        ("`dagster job execute`", "median time"),
        [(name, seconds(time)) for name, time in times.items()],
    )
