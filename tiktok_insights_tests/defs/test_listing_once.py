"""A run lists the CSV prefix once, counted at the HTTP door of the real client; what it writes itself is added."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.definitions import defs
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import Requests

pytestmark = pytest.mark.runs

_KEY = "csv/followers/account=42/dt=2026-01-31/partner.csv"
_PIPELINE = {"ops": {"raw_followers": {"config": {"accounts": ["fake.31.full"]}}}}


def listings(job: str, config: Mapping[str, Any] | None = None) -> list[str]:
    """Run a job, which must succeed; give its requests that list CSVs."""
    requests = Requests()
    with requests.watched():
        result = defs().resolve_job_def(job).execute_in_process(config and dict(config), raise_on_error=False)
    assert result.success
    return [name for name in requests.names if name.startswith("S3 list csv/")]


def test_a_run_lists_the_csvs_once(environment: dict[str, str], store: ObjectStore, connect_warehouse: Connect) -> None:
    """It loads what it has written itself, and the next run in the same process lists again."""

    def users() -> int:
        with connect_warehouse() as session:
            ((count,),) = session.query("SELECT COUNT(*) FROM TIKTOK_DATA")
        return int(count)

    assert listings("tiktok_pipeline", _PIPELINE) == ["S3 list csv/followers/"]
    assert users() == 31
    store.put(_KEY, csv_file(row("1"), row("2")), "text/csv")
    assert listings("load_pending_objects") == ["S3 list csv/followers/"]
    assert users() == 33
    (ours,) = (info for info in store.list("csv/") if info.key != _KEY)
    store.put(ours.key, store.get(ours.key).body.splitlines(keepends=True)[0], "text/csv")
    assert listings("replay_snapshots") == ["S3 list csv/followers/"]
    assert next(iter(store.list(ours.key))).etag == ours.etag
    assert users() == 33


def test_an_asset_that_is_materialized_alone_lists_for_itself(environment: dict[str, str], store: ObjectStore) -> None:
    """As from its page in the UI."""
    store.put(_KEY, csv_file(row("1")), "text/csv")
    job = defs().resolve_implicit_global_asset_job_def()
    requests = Requests()
    with requests.watched():
        result = job.execute_in_process(asset_selection=[dg.AssetKey("staged_tiktok_data")])
    assert requests.names.count("S3 list csv/followers/") == 1
    (event,) = result.get_asset_materialization_events()
    assert event.materialization.metadata["objects_loaded"].value == 1
