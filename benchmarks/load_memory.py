"""Peak memory of our load at several sizes: of the load itself, and of the whole job with its checks.

The whole job is `dagster job execute` as a person types it, with Dagster and all its libraries in the process.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.children import run_command, run_contestant
from benchmarks.followers_file import write_followers_file
from benchmarks.report import Report, seconds
from benchmarks.workplace import Workplace

JOB = ("dagster", "job", "execute", "-m", "tiktok_insights.definitions", "-j", "load_pending_objects")


def measure(home: Path, sizes: Sequence[int]) -> Report:
    """Load a file of each size twice, each time into an empty database."""
    figures: dict[str, object] = {}
    table = []
    for rows in sizes:
        csv = home / f"followers-{rows}.csv"
        write_followers_file(csv, rows)
        with tempfile.TemporaryDirectory(dir=home) as folder:
            place = Workplace(home, f"LOAD_{rows}", csv, Path(folder))
            run_contestant("ours:put_csv", place.arguments())
            load = run_contestant("ours:load", place.arguments())
            job = run_command(JOB, Workplace(home, f"JOB_{rows}", csv, Path(folder)).environment())
        figures[str(rows)] = {
            "bytes": csv.stat().st_size,
            "load": {"peak_mb": round(load.peak_mb), "seconds": round(load.seconds, 1)},
            "job": {"peak_mb": round(job.peak_mb), "seconds": round(job.seconds, 1)},
        }
        for name, run in (("load", load), ("`dagster job execute`, with all checks", job)):
            table.append((f"{rows:,} rows: {name}", f"{run.peak_mb:.0f} MB", seconds(run.seconds)))
    return Report("load_memory", figures, ("", "peak memory", "time"), table)
