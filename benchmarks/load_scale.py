"""From the object in the bucket to the published table: against the sum of its parts, DuckDB alone, pandas and dlt.

All work on the same file and must come to the same table. The contestants take turns, so that whatever else the machine
does meets all of them alike; figures are medians of one run, and ratios within it.
"""

import importlib.util
import tempfile
from pathlib import Path

from benchmarks.children import Measured, median_of, run_contestant
from benchmarks.followers_file import write_followers_file
from benchmarks.report import Report, seconds

OURS = "object to published table"
PARTS = {
    "GET": "ours:get",
    "inspection and transform": "ours:transform",
    "`PUT`": "ours:put",
    "`COPY`": "ours:copy",
    "transaction": "ours:transaction",
}
PEERS = {
    "DuckDB alone": "peers:duckdb_alone",
    "pandas": "peers:pandas",
    "dlt, Arrow tables": "peer_dlt:arrow",
    "dlt, rows": "peer_dlt:rows",
}
_THE_PARTS = "sum of the parts"


def measure(home: Path, rows: int, repeat: int) -> Report:
    """Measure all contestants in turns. Raises AssertionError when their tables differ."""
    csv, parquet = home / "followers.csv", home / "staged.parquet"
    users = write_followers_file(csv, rows).users
    _run("ours:put_csv", home, "PREPARATION")
    _run("ours:make_parquet", home, "PREPARATION", parquet=str(parquet))
    contestants = {OURS: "ours:load", **PARTS, **_peers()}
    runs: dict[str, list[Measured]] = {name: [] for name in contestants}
    for turn in range(repeat):
        for number, (name, contestant) in enumerate(contestants.items()):
            extra = {"parquet": str(parquet)} if name in ("`PUT`", "`COPY`") else {}
            runs[name].append(_run(contestant, home, f"TURN_{turn}_{number}", **extra))
    medians = {name: median_of(turns) for name, turns in runs.items()}
    _require_same_table(medians, users)
    return _report(medians, {"rows": rows, "users": users, "bytes": csv.stat().st_size, "repetitions": repeat})


def _run(contestant: str, home: Path, database: str, **extra: str) -> Measured:
    """One run in a database and a folder of its own."""
    with tempfile.TemporaryDirectory(dir=home) as folder:
        files = {"csv": str(home / "followers.csv"), "folder": folder}
        place = {} if contestant.startswith("peer") else {"home": str(home), "database": database}
        return run_contestant(contestant, {**files, **place, **extra})


def _peers() -> dict[str, str]:
    """Dlt takes part when the extra `bench` is installed."""
    has_dlt = importlib.util.find_spec("dlt") is not None
    return {name: contestant for name, contestant in PEERS.items() if has_dlt or "dlt" not in name}


def _require_same_table(medians: dict[str, Measured], users: int) -> None:
    summaries = {name: median.result for name, median in medians.items() if name not in PARTS or name == "transaction"}
    expected = medians[OURS].result
    if different := {name: summary for name, summary in summaries.items() if summary != expected}:
        raise AssertionError(f"These tables differ from the pipeline's, {expected}: {different}")
    if expected["rows"] != str(users):
        raise AssertionError(f"The table has {expected['rows']} rows instead of {users}.")


def _report(medians: dict[str, Measured], figures: dict[str, int]) -> Report:
    ours = medians[OURS].seconds
    of_parts = sum(medians[name].seconds for name in PARTS)
    times = {OURS: ours, **{name: medians[name].seconds for name in PARTS}, _THE_PARTS: of_parts}
    times |= {name: medians[name].seconds for name in medians if name in PEERS}
    peaks = {name: round(medians[name].peak_mb) for name in times if name in medians}
    table = [
        (name, seconds(time), f"{time / ours:.2f}", f"{peaks[name]} MB" if name in peaks else "")
        for name, time in times.items()
    ]
    return Report(
        "load_scale",
        {
            **figures,
            "seconds": {name: round(time, 3) for name, time in times.items()},
            "times_of_ours": {name: round(time / ours, 3) for name, time in times.items()},
            "ours_to_sum_of_parts": round(ours / of_parts, 3),
            "peak_mb": peaks,
        },
        (f"{figures['rows']:,} rows", "median time", "relative to the pipeline", "peak memory"),
        table,
    )
