"""The benchmarks measure what they say, shown at a small size; the figures themselves are docs/performance.md's."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import bucket_steps, duckdb_alone, empty_job, engine_steps, glue_model, ours, peer_script
from benchmarks.children import Measured, Stopwatch, median_of, run_contestant
from benchmarks.followers_file import write_followers_file
from benchmarks.jobs import run_job
from benchmarks.pipeline import handles
from benchmarks.process_tree import TreeWatch
from benchmarks.report import Aim, Report, write_into
from benchmarks.workplace import Workplace, csv_key
from tiktok_insights.definitions import defs
from tiktok_insights.local import stack
from tiktok_insights.schema import CSV_HEADER

pytestmark = pytest.mark.docs

ROWS = 2_000


@pytest.fixture
def place(home: Path, environment: dict[str, str], tmp_path: Path) -> Workplace:
    """A workplace on the worker's stack, with a bucket of its own."""
    database = environment["SNOWFLAKE_DATABASE"]
    return Workplace(home, database, database.lower().replace("_", "-"), tmp_path)


@pytest.fixture
def csv_file(place: Workplace) -> Path:
    """A followers file that is in the place's bucket, too."""
    path = place.folder / "followers.csv"
    write_followers_file(path, ROWS)
    place.put_csv(path, csv_key())
    return path


def test_a_followers_file_is_the_contracts_and_the_same_each_time(tmp_path: Path) -> None:
    """Its rows have all columns, its users are as many as it says, and a second file has the same bytes."""
    file = write_followers_file(tmp_path / "a.csv", ROWS)
    again = write_followers_file(tmp_path / "b.csv", ROWS)
    assert file.path.read_bytes() == again.path.read_bytes()
    with file.path.open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    assert tuple(header) == CSV_HEADER
    assert {len(row) for row in rows} == {len(CSV_HEADER)}
    assert (len(rows), len({row[0] for row in rows})) == (file.rows, file.users) == (2_000, 1_980)
    assert any(row[header.index("heartCount")].startswith("-") for row in rows)


def test_every_contestant_makes_the_same_table(place: Workplace, csv_file: Path) -> None:
    """Ours, a script and DuckDB alone come to the same users and values, and each takes time and memory."""
    watches = [Stopwatch() for _ in range(3)]
    tables = [
        ours.load(watches[0], **place.arguments()),
        duckdb_alone.users(watches[1], csv=str(csv_file), folder=str(place.folder)),
        peer_script.load(watches[2], **{**place.arguments(), "database": f"{place.database}_SCRIPT"}),
    ]
    assert tables[0] == tables[1] == tables[2]
    assert tables[0]["rows"] == tables[0]["users"] == "1980"
    assert all(watch.seconds > 0 and watch.peak_mb > 0 for watch in watches)


def test_the_parts_of_the_load_run_one_by_one(place: Workplace, csv_file: Path) -> None:
    """Each part leaves what the next one takes."""
    arguments, parquet = place.arguments(), str(place.folder / "made.parquet")
    others = {**arguments, "database": f"{place.database}_OTHER"}
    assert bucket_steps.get_all(Stopwatch(), **arguments) == csv_file.stat().st_size
    assert ours.make_parquet(Stopwatch(), parquet=parquet, **others) == 1_980
    ours.put(Stopwatch(), parquet=parquet, **arguments)
    assert ours.copy(Stopwatch(), parquet=parquet, **arguments) == 1_980
    assert ours.transaction(Stopwatch(), **{**arguments, "database": f"{place.database}_THIRD"})["rows"] == "1980"


@pytest.mark.full
def test_a_load_and_its_checks_accept_the_filled_past(place: Workplace) -> None:
    """The first load after it succeeds with all blocking checks, and finds the past's users in the table."""
    csv_file = place.folder / "followers.csv"
    write_followers_file(csv_file, ROWS)
    past = {"csv": str(csv_file), "first_day": "2026-01-28", "days": 3}
    same = run_contestant("history_steps:fill", {**place.arguments(), **past, "distinct": False}).result
    place.put_csv(csv_file, csv_key())
    run_job(place.environment())
    assert (same, ours.summary(Stopwatch(), **place.arguments())["rows"]) == (3 * 1_980, "1980")
    others = {**place.arguments(), "database": f"{place.database}_OTHER"}
    run_contestant("history_steps:fill", {**others, **past, "distinct": True})
    assert ours.summary(Stopwatch(), **others)["users"] == str(3 * 1_980)


def test_as_many_accounts_as_asked_have_about_the_followers() -> None:
    """No handle is there twice, however many are asked for."""
    accounts = handles(1_000, 100)
    sizes = [int(handle.split(".")[1]) for handle in accounts]
    assert len(set(accounts)) == 1_000
    assert (min(sizes), max(sizes)) == (50, 149)
    assert len(set(handles(95, 3))) == 95


@pytest.fixture
def own_home(tmp_path: Path) -> Iterator[Path]:
    """A home whose stack has not run yet."""
    yield tmp_path
    stack.stop(tmp_path)


def test_the_sensor_finds_the_seeded_objects_loaded(own_home: Path) -> None:
    """A stack that starts over the seeded bucket lists all of it, and the sensor sees nothing to do."""
    place = Workplace(own_home, "BENCH", "objects", own_home)
    run_contestant("sensor_steps:seed", {**place.arguments(), "objects": 30})
    run_contestant("sensor_steps:settle", place.arguments())
    assert run_contestant("sensor_steps:listing", place.arguments()).result == 30
    assert run_contestant("sensor_steps:answers", place.arguments()).result == 1
    warm = run_contestant("sensor_steps:warm", place.arguments(), place.environment())
    assert warm.result == "Nothing has changed. Objects: 30."


def test_the_empty_job_has_as_many_assets_and_checks_as_ours() -> None:
    """So the difference between the two is not Dagster's; and it succeeds."""
    sizes = []
    for definitions, name in ((defs(), "load_pending_objects"), (empty_job.defs(), "empty_job")):
        job = definitions.resolve_job_def(name)
        graph = definitions.resolve_asset_graph()
        nodes = sorted(len(node.definition.output_defs) for node in job.graph.nodes)
        sizes.append((len(graph.get_all_asset_keys()), len(graph.asset_check_keys), nodes, len(job.resource_defs)))
    assert sizes[0] == sizes[1]
    assert definitions.resolve_job_def("empty_job").execute_in_process().success


def test_both_engines_stage_the_same_rows_and_their_processes_are_counted(place: Workplace, csv_file: Path) -> None:
    """The local engine alone here; `measure` compares it with Spark's, which needs the extra."""
    found = engine_steps.local(Stopwatch(), **place.arguments())
    assert found["summary"]["rows"] == "1980"
    assert found["cpu_seconds"] > 0
    assert found["peak_mb"] > 50


def test_what_other_processes_use_is_part_of_the_tree() -> None:
    """A process that is started and has ended inside counts with its CPU time and memory."""
    code = "import time; kept = b'x' * 200_000_000\nwhile time.process_time() < 1: pass"
    with TreeWatch() as alone:
        pass
    with TreeWatch() as tree:
        subprocess.run([sys.executable, "-c", code], check=True, timeout=120)  # noqa: S603  # our own interpreter
    assert tree.cpu_seconds > 0.5
    assert tree.peak_mb > alone.peak_mb + 150


def test_the_model_of_a_glue_job_is_its_formula() -> None:
    """A run by hand: 10,000,000 rows in 100 objects on 5 workers, and the same with one object of them all."""
    inputs = glue_model.Inputs(
        cpu_seconds=80, object_cpu_seconds=40, get_seconds=0.1, driver_seconds=0.01, start_seconds=60,
        copy_seconds=2, parquet_mb=50, copy_mb_per_second=25, copy_threads=2, cores=4, dpus=1, dollars=0.44,
    )  # fmt: skip
    shared = glue_model.estimate(inputs, 10_000_000, 100, 5)
    assert (shared.start, shared.driver, shared.copy) == (60, 1, 12)
    assert shared.tasks == pytest.approx((800 + 10) / 16)
    assert shared.dpu_hours == pytest.approx((60 + 1 + 12 + 50.625) * 5 / 3600)
    assert shared.cost == pytest.approx(shared.dpu_hours * 0.44)
    assert shared.longest == "start"
    assert glue_model.estimate(inputs, 10_000_000, 1, 500).tasks == pytest.approx(400.1)
    assert glue_model.estimate(inputs, 10_000_000, 100, 2).longest == "tasks"


def test_repetitions_that_differ_are_no_measurement() -> None:
    """The median is of runs that did the same; its peak is the highest."""
    runs = [Measured(3.0, 10.0, "a"), Measured(1.0, 30.0, "a"), Measured(2.0, 20.0, "a")]
    assert median_of(runs) == Measured(2.0, 30.0, "a")
    with pytest.raises(AssertionError, match="different results"):
        median_of([*runs, Measured(1.0, 1.0, "b")])


def test_an_aim_is_met_by_what_was_measured_and_not_by_what_is_printed() -> None:
    """A ratio a little above the aim misses it, although it is printed like the aim; a unit is shown."""
    close = Aim("speed", 2.0, 2.001)
    assert (close.is_met, close.row) == (False, ("speed", "2", "2.00", "**no**"))
    assert Aim("memory", 500, 499.6, "MB").row == ("memory", "500 MB", "500 MB", "yes")
    report = Report("speed", {}, ("what", "time"), [("a", "2 s")], [close])
    aims = "| aim | at most | measured | met |\n| --- | --: | --: | --: |\n| speed | 2 | 2.00 | **no** |\n"
    assert report.markdown == f"| what | time |\n| --- | --: |\n| a | 2 s |\n\n{aims}"
    assert json.loads(report.json_line)["aims"][0]["is_met"] is False


def test_a_table_is_written_between_its_marks_only(tmp_path: Path) -> None:
    """The old table goes, everything around it stays, and a document without the marks is refused."""
    report = Report("speed", {"seconds": 1.5}, ("what", "time"), [("a", "2 s"), ("b", 3)])
    table = "| what | time |\n| --- | --: |\n| a | 2 s |\n| b | 3 |\n"
    document = tmp_path / "performance.md"
    document.write_text("before\n<!-- speed -->\nold\n<!-- end of speed -->\nafter\n", encoding="utf-8")
    write_into(document, report)
    assert document.read_text() == f"before\n<!-- speed -->\n{table}<!-- end of speed -->\nafter\n"
    assert json.loads(report.json_line) == {"benchmark": "speed", "seconds": 1.5}
    document.write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="no markers for speed"):
        write_into(document, report)
