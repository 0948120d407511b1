"""What a tick of the sensor costs against the number of objects in the bucket, all of them loaded already.

A cold tick is the first of a process: it loads the clients' libraries, lists the bucket and asks the ledger. A warm one
finds the listing unchanged. A warm tick's listing is measured alone too, and without boto, to see who takes the time.
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.children import Measured, median_of, run_contestant
from benchmarks.report import Report, seconds
from benchmarks.workplace import Workplace
from tiktok_insights.local import stack

_STEPS = {
    "cold tick": "cold",
    "warm tick": "warm",
    "of which listing": "listing",
    "of which server responses": "answers",
    "sorting and fingerprint": "fingerprint",
}


def measure(home: Path, keys: Sequence[int], repeat: int) -> Report:
    """Measure every step at every number of objects."""
    figures = {number: _measure(home / str(number), number, repeat) for number in keys}
    table = [(name, *(seconds(figures[number][name]) for number in keys)) for name in _STEPS]
    return Report(
        "sensor_tick",
        {"repetitions": repeat, "seconds": {str(number): steps for number, steps in figures.items()}},
        ("", *(f"{number:,} objects" for number in keys)),
        table,
    )


def _measure(home: Path, objects: int, repeat: int) -> dict[str, float]:
    place = Workplace(home, "BENCH", "objects", home)
    environment = place.environment()
    try:
        run_contestant("sensor_steps:seed", {**place.arguments(), "objects": objects})
        run_contestant("sensor_steps:settle", place.arguments())
        runs: dict[str, list[Measured]] = {name: [] for name in _STEPS}
        for _ in range(repeat):
            for name, step in _STEPS.items():
                runs[name].append(run_contestant(f"sensor_steps:{step}", place.arguments(), environment))
    finally:
        stack.stop(home)
    return {name: round(median_of(turns).seconds, 3) for name, turns in runs.items()}
