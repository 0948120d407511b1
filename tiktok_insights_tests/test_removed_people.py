"""Whole runs after somebody was removed: in process, with the list and its key as the local stack has them."""

import gzip
from collections.abc import Iterator
from typing import Any

import boto3
import dagster as dg
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.definitions import defs
from tiktok_insights.suppression.hashes import Kind
from tiktok_insights.suppression.store import SuppressionStore, secret_name
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.scripted import Reply, Script, scripted
from tiktok_insights_tests.support.suppressed_files import ANN
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.runs

OTHER = "7423456789012345150"
UPLOADED = "csv/followers/account=42/dt=2026-01-01/old.csv"


@pytest.fixture
def api(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """An API whose one list has the person."""
    page = Reply(body=encoded(web_page(web_row(ANN), web_row(OTHER), total=2)))
    with scripted(page, info=Reply(body=encoded(user_info(followers=2)))) as served:
        for name, value in {"TIKTOK_ACCOUNTS": "some.shop", "TIKTOK_API_URL": served.address}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("RAPIDAPI_KEY", "key")
        yield served


def run(job: str) -> dg.ExecuteInProcessResult:
    """Run a job in this process; a failure is a result."""
    return defs().resolve_job_def(job).execute_in_process(raise_on_error=False)


def errors_of(result: dg.ExecuteInProcessResult) -> list[str]:
    """What the failed steps say, without the error's class."""
    failed = (event.step_failure_data.error for event in result.all_events if event.is_step_failure)
    causes = ((error.cause or error).message for error in failed if error)
    return [cause.partition(": ")[2].strip() for cause in causes]


def test_neither_an_extraction_nor_a_load_brings_anybody_back(
    api: Script, store: ObjectStore, connections: Connections, connect_warehouse: Connect
) -> None:
    """A whole run with an old file in the bucket; and without the key, a run that stops before its first request."""
    secrets: Any = boto3.client("secretsmanager", **connections.aws)
    SuppressionStore(store, lambda: secrets).add([(Kind.ID, ANN)])
    store.put(UPLOADED, csv_file(row("3"), row(ANN)), "text/csv")
    done = run("tiktok_pipeline")
    assert done.success
    red = {check.check_name: check for check in done.get_asset_check_evaluations() if not check.passed}
    assert UPLOADED in (red["no_object_has_removed_people"].description or "")
    with connect_warehouse() as session:
        assert session.query("SELECT TIKTOK_ID FROM TIKTOK_DATA ORDER BY TIKTOK_ID") == [("3",), (OTHER,)]
    for info in store.list(""):
        body = store.get(info.key).body
        found = ANN.encode() in (gzip.decompress(body) if info.key.endswith(".gz") else body)
        assert found == (info.key == UPLOADED), info.key

    secrets.delete_secret(SecretId=secret_name(store.bucket), ForceDeleteWithoutRecovery=True)
    requests = len(api.asked)
    for job in ("tiktok_pipeline", "load_pending_objects"):
        (error,) = errors_of(run(job))
        told("The key of the suppression list <object> is missing").says(error)
    assert len(api.asked) == requests
