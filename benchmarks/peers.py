"""Another way from objects in S3 to a merged table on the same Snowflake endpoint: a script with boto3 and pandas.

Both must produce the same table. One large object and many small ones are loaded, in turns. dlt cannot take part; the
document says why.
"""

import tempfile
from pathlib import Path

from benchmarks.children import Measured, median_of, run_contestant
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace

_MAX_TIME, _MAX_MEMORY = 1.0, 0.5
_OURS = "ours"
_CONTESTANTS = {_OURS: "ours:load", "boto3, pandas, `COPY`": "peer_script:load"}


def measure(home: Path, rows: int, objects: int, object_rows: int, repeat: int) -> Report:
    """Load both buckets in both ways. Raises AssertionError when the tables differ."""
    buckets = {f"1 x {rows:,} rows": (1, rows), f"{objects:,} x {object_rows:,} rows": (objects, object_rows)}
    for number, (parts, each) in enumerate(buckets.values()):
        place = Workplace(home, "SEEDED", f"bucket-{number}", home)
        run_contestant("bucket_steps:seed", {**place.arguments(), "objects": parts, "rows": each})
    medians = {name: _measure(home, f"bucket-{number}", repeat) for number, name in enumerate(buckets)}
    table, aims = [], []
    for name, found in medians.items():
        ours = found[_OURS]
        for way, run in found.items():
            ratio = f"{run.seconds / ours.seconds:.2f}"
            table.append((f"{name}: {way}", seconds(run.seconds), ratio, f"{run.peak_mb:.0f} MB"))
            if way != _OURS:
                aims.append(Aim(f"{name}: time, against {way}", _MAX_TIME, ours.seconds / run.seconds))
                aims.append(Aim(f"{name}: peak memory, against {way}", _MAX_MEMORY, ours.peak_mb / run.peak_mb))
    figures = {
        name: {way: [round(run.seconds, 3), round(run.peak_mb)] for way, run in found.items()}
        for name, found in medians.items()
    }
    return Report(
        "peers",
        {"repetitions": repeat, "seconds_and_peak_mb": figures},
        ("objects in S3 to a merged table", "median time", "relative to ours", "peak memory"),
        table,
        aims,
    )


def _measure(home: Path, bucket: str, repeat: int) -> dict[str, Measured]:
    runs: dict[str, list[Measured]] = {way: [] for way in _CONTESTANTS}
    for turn in range(repeat):
        for number, (way, contestant) in enumerate(_CONTESTANTS.items()):
            with tempfile.TemporaryDirectory(dir=home) as folder:
                database = f"{bucket.replace('-', '_')}_{turn}_{number}".upper()
                place = Workplace(home, database, bucket, Path(folder))
                runs[way].append(run_contestant(contestant, place.arguments()))
    medians = {way: median_of(turns) for way, turns in runs.items()}
    for way, run in medians.items():
        if run.result != medians[_OURS].result:
            raise AssertionError(f"The table of {way} differs from ours, {medians[_OURS].result}: {run.result}")
    return medians
