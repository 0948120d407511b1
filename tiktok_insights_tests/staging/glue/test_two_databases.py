"""The same batch, loaded by each engine into a database of its own: from Dagster's step to the published tables.

Everything is as users have it: assets, launcher, the local Glue, the packaged job in an environment of its own, audit
and publication. Each rule of staging is compared in staging/test_spark_engine.py.
"""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.definitions import defs
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.staging.quarantine import QUARANTINE_PREFIX
from tiktok_insights.tables.definitions import ALL, STAGED_OBJECTS, STAGED_TIKTOK_DATA
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import Moment
from tiktok_insights_tests.support.glue_fail_points import JobFailPoints
from tiktok_insights_tests.support.history import Tables
from tiktok_insights_tests.support.hostile_rows import files
from tiktok_insights_tests.support.job_package import build_job_package
from tiktok_insights_tests.support.refused_objects import archive
from tiktok_insights_tests.support.third_party_csvs import CASES

pytestmark = [pytest.mark.spark, pytest.mark.full]

#: Large objects are compared elsewhere.
_SMALL = 5_000
_PLACE = "csv/followers/account=42/dt=2026-01-31/"
#: Where a worker's process is killed: it reads, it has written to the quarantine, it sends a file, it has sent one.
WORKERS_KILLED = (
    ("S3 GET csv/", Moment.AFTER),
    ("S3 PUT quarantine/", Moment.AFTER),
    ("PUT", Moment.BEFORE),
    ("PUT", Moment.AFTER),
)
#: A load makes its own.
_OF_A_LOAD = {"BATCH_ID", "STAGED_AT", "CHECKED_AT", "PUBLISHED_AT", "LOADED_AT"}


def test_two_databases_cannot_be_told_apart(
    environment: dict[str, str], store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every table, the ledger, the quarantine and the counts on the run's page, but for batches and times.

    The Glue job loses a worker's process at each of a worker's effects, and so does the task that is tried again.
    """
    points = JobFailPoints(tmp_path / "points")
    build_job_package(tmp_path, points)
    points.kill_at(*WORKERS_KILLED)
    # The job's package is looked for where a user works.
    monkeypatch.chdir(tmp_path)
    databases = {engine: f"{environment['SNOWFLAKE_DATABASE']}_{engine.upper()}" for engine in ("local", "glue")}
    put_first(store)
    for database in databases.values():
        load(database, "local", monkeypatch)
    quarantine_of(store)
    put_more(store)
    pages, tables, quarantines = {}, {}, {}
    for engine, database in databases.items():
        pages[engine] = load(database, engine, monkeypatch)
        tables[engine] = rows_of(read_settings())
        quarantines[engine] = quarantine_of(store)
    assert points.reached == len(WORKERS_KILLED)
    assert pages["glue"].pop("engine") == "glue"
    assert pages["local"].pop("engine") == "local"
    assert pages["glue"].pop("glue_job_run").startswith("jr_")
    assert pages["glue"].pop("dpu_seconds") > 0
    assert pages["glue"].pop("estimated_cost_usd") > 0
    assert len(pages["glue"].pop("spark_stages").records) > 3
    assert pages["glue"].keys() == pages["local"].keys()
    assert tables["local"].keys() == {table.name for table in ALL}
    for name, rows in tables["local"].items():
        assert tables["glue"][name] == rows, name
    ledger = tables["local"]["LOAD_HISTORY"]
    assert {row[2] for row in ledger} == {"loaded", "refused", "superseded"}
    assert len(ledger) > 70
    assert len(tables["local"]["FOLLOWER_SNAPSHOTS"]) > 100
    assert tables["local"][STAGED_OBJECTS.name] == tables["local"][STAGED_TIKTOK_DATA.name] == []
    assert quarantines["glue"] == quarantines["local"]
    assert len(quarantines["local"]) > 20


def put_first(store: ObjectStore) -> None:
    """Objects of which the later load knows something: each will be another version, or the same bytes again."""
    for name in ("changed", "again", "back"):
        store.put(f"{_PLACE}{name}.csv", csv_file(row("1", uniqueId=name), row("2"), row("x")), "text/csv")


def put_more(store: ObjectStore) -> None:
    """Whatever anybody may put into the bucket: replaced, refused, unreadable, with hostile keys, rows and bytes."""
    store.put(f"{_PLACE}changed.csv", csv_file(row("1", uniqueId="renamed"), row("3"), row("3")), "text/csv")
    store.put(f"{_PLACE}again.csv", csv_file(row("1", uniqueId="again"), row("2"), row("x")), "text/plain")
    store.put(f"{_PLACE}back.csv", csv_file(), "text/csv")
    for case in CASES:
        if len(case.body) < _SMALL:
            store.put(case.key, case.body, "text/csv")
    for number, body in enumerate(files(20261127, 5)):
        store.put(f"{_PLACE}{{}} [{number}] * ? %2F +&=é {number % 7}.csv", body, "text/csv")
    ids = ("9007199254740993", "9223372036854775808", "18446744073709551615", "99999999999999999999", "1")
    several = [
        row(n, uniqueId=f"u{n[:3]}", nickname=f'"{name}"') for n in ids for name in ("🎉", "\uffef", "''\\", "\0")
    ]
    store.put("csv/followers/account=43/dt=2026-01-31/several.csv", csv_file(*several), "text/csv")
    store.put(f"{_PLACE}archived.csv", csv_file(row("7")), "text/csv")
    archive(store, f"{_PLACE}archived.csv")


def load(database: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Bring what is pending into this database, in a Dagster run; give the metadata of its staging."""
    monkeypatch.setenv("SNOWFLAKE_DATABASE", database)
    job = defs().resolve_implicit_global_asset_job_def()
    keys = [dg.AssetKey("staged_tiktok_data"), dg.AssetKey("tiktok_data")]
    config = {"ops": {"staged_tiktok_data": {"config": {"engine": engine, "max_rejected_share": 0.5}}}}
    result = job.execute_in_process(asset_selection=keys, run_config=config, raise_on_error=False)
    assert result.asset_materializations_for_node("tiktok_data"), "nothing was published"
    (staged,) = result.asset_materializations_for_node("staged_tiktok_data")
    return {name: entry.value if name != "spark_stages" else entry for name, entry in staged.metadata.items()}


def quarantine_of(store: ObjectStore) -> dict[str, bytes]:
    """What is in the quarantine, and nothing any more afterwards."""
    found = {info.key: store.get(info.key).body for info in store.list(QUARANTINE_PREFIX)}
    for key in found:
        store.delete(key)
    return found


def rows_of(settings: Settings) -> Tables:
    """Every row of every table, without what each load makes for itself."""
    with open_session(settings.snowflake, "test") as session:
        found = {}
        for table in ALL:
            columns = ", ".join(name for name in table.names if name not in _OF_A_LOAD)
            rows = session.query(f"SELECT {columns} FROM {session.namespace.name_of(table)}")
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
        return found
