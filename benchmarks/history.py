"""A day's load after a year of daily snapshots, against that of the second day, whose past is short.

The past is filled, but for the day before, which is loaded. The repetitions are the days that follow, one after the
other; each day is loaded by the whole job and, in turns, by the bare load.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks import ours
from benchmarks.children import Measured, Stopwatch, median_of, run_contestant
from benchmarks.followers_file import write_followers_file
from benchmarks.jobs import run_job
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace, csv_key

_MAX_RATIO = 1.3
_FIRST_DAY = date(2025, 1, 1)
_JOB, _LOAD = "`dagster job execute`", "bare load"


def measure(home: Path, days: int, rows: int, repeat: int) -> Report:
    """Load day after day into a young warehouse and into an old one, in turns."""
    young, old = Workplace(home, "YOUNG", "young", home), Workplace(home, "OLD", "old", home)
    csv = home / "day.csv"
    write_followers_file(csv, rows)
    past = {"csv": str(csv), "first_day": str(_FIRST_DAY), "days": days - 2, "distinct": False}
    run_contestant("history_steps:fill", {**old.arguments(), **past})
    last = {young: 1, old: days - 1}
    for place, number in last.items():
        _put_day(place, rows, number)
        run_job(place.environment())
    runs: dict[tuple[Workplace, str], list[Measured]] = {(p, way): [] for p in (young, old) for way in (_JOB, _LOAD)}
    for _ in range(repeat):
        for (place, way), turns in runs.items():
            last[place] += 1
            _put_day(place, rows, last[place])
            if way is _JOB:
                turns.append(run_job(place.environment()))
            else:
                turns.append(run_contestant("history:load", place.arguments()))
    times = {name: median_of(turns).seconds for name, turns in runs.items()}
    ratios = {way: times[old, way] / times[young, way] for way in (_JOB, _LOAD)}
    return Report(
        "history",
        {"repetitions": repeat, "ratios": {way: round(ratio, 3) for way, ratio in ratios.items()}},
        (f"{rows:,} rows a day", "day 2 and later", f"day {days} and later", "ratio"),
        [(way, seconds(times[young, way]), seconds(times[old, way]), f"{ratios[way]:.2f}") for way in ratios],
        [Aim(f"{way}: day {days}, against day 2", _MAX_RATIO, ratio) for way, ratio in ratios.items()],
    )


def load(watch: Stopwatch, **place: str) -> None:
    """The bare load. The tables differ from day to day, so nothing is said of them."""
    ours.load(watch, **place)


def _put_day(place: Workplace, rows: int, number: int) -> None:
    """Put the file of the day with this number, the first being 1: the same users, at another time."""
    day = _FIRST_DAY + timedelta(days=number - 1)
    csv = place.folder / "day.csv"
    write_followers_file(csv, rows, started=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    run_contestant("ours:put_csv", {**place.arguments(), "csv": str(csv), "key": csv_key(str(day))})
