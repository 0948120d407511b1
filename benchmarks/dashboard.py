"""Making the dashboard of accounts with a year of daily lists: reading the marts, and drawing the page."""

from pathlib import Path

from benchmarks.children import median_of, run_contestant
from benchmarks.presence_steps import ACCOUNTS
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace
from tiktok_insights.local import stack

_MAX_SECONDS = 20
_MAX_KILOBYTES = 1_200
_KILOBYTE = 1_000


def measure(home: Path, days: int, rows: int, repeat: int) -> Report:
    """Fill the history, and make the page of all accounts."""
    place = Workplace(home, "DASHBOARD", "dashboard", home)
    run_contestant("presence_steps:fill", {**place.arguments(), "rows": rows, "days": days})
    run_contestant("dashboard_steps:make_marts", place.arguments())
    # What filling a year took is not in what follows.
    stack.stop(home)
    page = median_of([run_contestant("dashboard_steps:make", place.arguments()) for _ in range(repeat)])
    kilobytes = page.result / _KILOBYTE
    return Report(
        "dashboard",
        {
            "repetitions": repeat,
            "accounts": ACCOUNTS,
            "snapshots": ACCOUNTS * days,
            "seconds": round(page.seconds, 2),
            "kilobytes": round(kilobytes),
        },
        (f"{ACCOUNTS} accounts, {days} snapshots of {rows:,} users each", "time", "memory", "file"),
        [("read the marts and draw the page", seconds(page.seconds), f"{page.peak_mb:.0f} MB", f"{kilobytes:.0f} kB")],
        [
            Aim("time", _MAX_SECONDS, page.seconds, "s"),
            Aim("file", _MAX_KILOBYTES, kilobytes, "kB"),
        ],
    )
