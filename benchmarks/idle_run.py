"""What a run with nothing pending costs in a large warehouse and after many objects, against a small one."""

from pathlib import Path

from benchmarks.children import Measured, median_of, run_contestant
from benchmarks.followers_file import write_followers_file
from benchmarks.jobs import run_job
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace

_MAX_RATIO = 1.2
_FEW_OBJECTS = 3
#: The rows of a few objects, and of each day that fills the large table.
_FEW_ROWS = 10_000


def measure(home: Path, objects: int, rows: int, table_rows: int, repeat: int) -> Report:
    """Load everything there is, then run the job again in turns."""
    few_rows = min(_FEW_ROWS, table_rows)
    few = f"{few_rows:,} rows, {_FEW_OBJECTS} objects"
    large, many = f"{table_rows:,} rows more", f"{objects:,} loaded objects"
    places = {
        few: Workplace(home, "FEW", "few", home),
        large: Workplace(home, "LARGE", "few", home),
        many: Workplace(home, "MANY", "many", home),
    }
    for name, (number, each) in {few: (_FEW_OBJECTS, few_rows // _FEW_OBJECTS), many: (objects, rows)}.items():
        run_contestant("bucket_steps:seed", {**places[name].arguments(), "objects": number, "rows": each})
    _fill(places[large], few_rows, table_rows)
    for place in places.values():
        run_job(place.environment(own_dagster=True))
    runs: dict[str, list[Measured]] = {name: [] for name in places}
    for _ in range(repeat):
        for name, place in places.items():
            runs[name].append(run_job(place.environment(own_dagster=True)))
    times = {name: median_of(turns).seconds for name, turns in runs.items()}
    return Report(
        "idle_run",
        {"repetitions": repeat, "seconds": {name: round(time, 3) for name, time in times.items()}},
        ("nothing pending", "median time", "relative to the small one"),
        [(name, seconds(time), f"{time / times[few]:.2f}") for name, time in times.items()],
        [Aim(f"idle run: {name}, against {few}", _MAX_RATIO, times[name] / times[few]) for name in (large, many)],
    )


def _fill(place: Workplace, rows: int, table_rows: int) -> None:
    """Give the table its rows, as if loaded day by day in earlier years."""
    csv = place.folder / "earlier.csv"
    # Another seed's users; one in a hundred rows repeats one.
    users = write_followers_file(csv, rows, seed=1).users
    past = {"csv": str(csv), "first_day": "2023-01-01", "days": -(-table_rows // users), "distinct": True}
    run_contestant("history_steps:fill", {**place.arguments(), **past})
