"""A day's publication after a year of daily lists, against that of the second day; and each mart after that year.

Lists are cut and change every day, so the spells of presence change with them.
"""

from pathlib import Path

from benchmarks.children import Measured, median_of, run_contestant
from benchmarks.presence_steps import ACCOUNTS
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.local import stack

_MAX_RATIO = 1.3
_MAX_MART_SECONDS = 3


def measure(home: Path, days: int, rows: int, repeat: int) -> Report:
    """Publish day after day into a young warehouse and into an old one, in turns; then read the marts."""
    places = {2: Workplace(home, "YOUNG", "young", home), days: Workplace(home, "OLD", "old", home)}
    recomputed = {}
    for day, place in places.items():
        filled = run_contestant("presence_steps:fill", {**place.arguments(), "rows": rows, "days": day - 1})
        recomputed[day] = filled
    # A year does not pass in one process; what it took to fill the past is not in the days after it.
    stack.stop(home)
    steps: dict[tuple[int, str], list[Measured]] = {(day, step): [] for step in ("stage", "publish") for day in places}
    for turn in range(1 + repeat):
        for day, place in places.items():
            run_contestant("presence_steps:put_day", {**place.arguments(), "rows": rows, "day": day + turn})
            for step in ("stage", "publish"):
                measured = run_contestant(f"presence_steps:{step}", place.arguments())
                # The first day also opens the tables.
                steps[day, step] += [measured] * bool(turn)
    times = {name: median_of(turns).seconds for name, turns in steps.items()}
    old = places[days]
    marts = {
        one.name: run_contestant("presence_steps:mart", {**old.arguments(), "name": one.name}).seconds
        for one in all_marts()
    }
    slowest = sorted(marts, key=lambda name: -marts[name])
    ratio = times[days, "publish"] / times[2, "publish"]
    table = [
        (step, seconds(times[2, step]), seconds(times[days, step]), f"{times[days, step] / times[2, step]:.2f}")
        for step in ("stage", "publish")
    ]
    table.append(("all spells recomputed", seconds(recomputed[2].seconds), seconds(recomputed[days].seconds), ""))
    table += [(f"mart `{name}`", "", seconds(marts[name]), "") for name in slowest[:8]]
    return Report(
        "presence",
        {
            "repetitions": repeat,
            "rows": recomputed[days].result,
            "ratio": round(ratio, 3),
            "marts": {name: round(marts[name], 2) for name in slowest},
        },
        (f"{ACCOUNTS} accounts, {rows:,} users a day", "day 2", f"day {days}", "ratio"),
        table,
        [
            Aim(f"publication: day {days}, against day 2", _MAX_RATIO, ratio),
            Aim("slowest mart", _MAX_MART_SECONDS, marts[slowest[0]], "s"),
        ],
    )
