"""From the object in the bucket to the published table: against the sum of its parts, and DuckDB alone on the file.

All produce the same table. The contestants take turns, so that whatever else the machine does meets all of them alike;
figures are medians of one run, and ratios within it.
"""

import tempfile
from pathlib import Path

from benchmarks.children import Measured, median_of, run_contestant
from benchmarks.followers_file import write_followers_file
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace

_MAX_RATIO = 2.0
_OURS, _ALONE = "object to published table", "DuckDB alone"
_PARTS = {"GET": "bucket_steps:get_all", "`PUT`": "ours:put", "`COPY`": "ours:copy", "transaction": "ours:transaction"}
_REST = "the rest: inspection, transform, audit"
_CONTESTANTS = {_OURS: "ours:load", **_PARTS, _ALONE: "duckdb_alone:users"}


def measure(home: Path, rows: int, repeat: int) -> Report:
    """Measure all contestants in turns. Raises AssertionError when their tables differ."""
    csv, parquet = home / "followers.csv", home / "staged.parquet"
    users = write_followers_file(csv, rows).users
    preparation = Workplace(home, "PREPARATION", "one", home)
    run_contestant("ours:put_csv", {**preparation.arguments(), "csv": str(csv)})
    run_contestant("ours:make_parquet", {**preparation.arguments(), "parquet": str(parquet)})
    extras = {"`PUT`": {"parquet": str(parquet)}, "`COPY`": {"parquet": str(parquet)}, _ALONE: {"csv": str(csv)}}
    runs: dict[str, list[Measured]] = {name: [] for name in _CONTESTANTS}
    for turn in range(repeat):
        for number, (name, contestant) in enumerate(_CONTESTANTS.items()):
            with tempfile.TemporaryDirectory(dir=home) as folder:
                place = Workplace(home, f"TURN_{turn}_{number}", "one", Path(folder))
                runs[name].append(run_contestant(contestant, {**place.arguments(), **extras.get(name, {})}))
    medians = {name: median_of(turns) for name, turns in runs.items()}
    _require_same_table(medians, users)
    return _report(medians, rows, repeat)


def _require_same_table(medians: dict[str, Measured], users: int) -> None:
    expected = medians[_OURS].result
    if expected["rows"] != str(users):
        raise AssertionError(f"The table has {expected['rows']} rows instead of {users}.")
    for name in ("transaction", _ALONE):
        if medians[name].result != expected:
            raise AssertionError(f"The table of {name} differs from the pipeline's, {expected}: {medians[name].result}")


def _report(medians: dict[str, Measured], rows: int, repeat: int) -> Report:
    times = {name: median.seconds for name, median in medians.items()}
    rest = times[_OURS] - sum(times[name] for name in _PARTS)
    times = {_OURS: times[_OURS], **{name: times[name] for name in _PARTS}, _REST: rest, _ALONE: times[_ALONE]}
    table = [
        (
            name,
            seconds(time),
            f"{time / times[_OURS]:.2f}",
            f"{medians[name].peak_mb:.0f} MB" if name in medians else "",
        )
        for name, time in times.items()
    ]
    return Report(
        "load_scale",
        {"rows": rows, "repetitions": repeat, "seconds": {name: round(time, 3) for name, time in times.items()}},
        (f"{rows:,} rows", "median time", "relative to the pipeline", "peak memory"),
        table,
        [Aim("load minus GET, `PUT`, `COPY` and transaction, against DuckDB alone", _MAX_RATIO, rest / times[_ALONE])],
    )
