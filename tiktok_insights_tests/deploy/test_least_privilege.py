"""The policies of the stages, compared with every AWS call of whole runs: nothing is missing, and nothing is unused.

The deployment `aws` runs on what the template made, and signs with another access key in each stage. What the Glue job
and its launcher call is compared in test_glue_on_the_stack.py.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from tiktok_insights.catalog.table_definition import partition_input, table_input
from tiktok_insights.cli import main
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.dashboard.publishing import DASHBOARD_KEY
from tiktok_insights.definitions import resources_for
from tiktok_insights.defs.sensors import new_s3_objects_sensor
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.dashboard import renew_dashboard
from tiktok_insights.people.forget import Reach, forget
from tiktok_insights.people.forget_account import forget_account
from tiktok_insights.people.receipt_text import receipt_text
from tiktok_insights.progress import SILENT
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.expiring import open_retention
from tiktok_insights.resources.forgetting import open_reach
from tiktok_insights.resources.opening import open_bucket, open_session
from tiktok_insights.retention.expiry import Reach as Retention
from tiktok_insights.retention.expiry import Renewing, expire
from tiktok_insights.warehouse.verification import PROGRESS_KEY
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.support.aws_calls import Call, RecordedAws
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.deployed import Deployed, new_stack, use
from tiktok_insights_tests.support.policies import Grant, missing, unused

pytestmark = pytest.mark.deploy

#: Some rows of the second account have no ID.
_ACCOUNTS = "fake.30,fake.60.fault-id-absent"
#: Each stage signs with its name as the key, and has the policy of that name.
_STAGES = ("extraction", "lake", "catalog", "staging", "dashboard")
#: With which somebody removes people; no role has this policy.
_REMOVER = "removal"
_ORCHESTRATOR = "orchestrator"


@pytest.fixture(scope="module")
def deployed(aws: RecordedAws, home: Path) -> Iterator[Deployed]:
    """A stack on which everything has run once, stage by stage, and then as one job."""
    with pytest.MonkeyPatch.context() as patch:
        set_environment(home, patch)
        stack = new_stack(aws)
        stack.create()
        stack.client("s3").delete_bucket_policy(Bucket=stack.parameters["BucketName"])  # it demands TLS
        found = use(stack, aws, home, _ACCOUNTS, patch)
        _extract(found)
        _write_csvs(found)
        _register(found)
        _load(found)
        _run_all(found)
        _remove_somebody(found)
        yield found


def _extract(deployed: Deployed) -> None:
    assert deployed.run("extraction", "raw_followers").asset_materializations_for_node("raw_followers")
    answer = CliRunner().invoke(main, ["probe", "fake.30"])
    assert answer.exit_code == 0, answer.output


def _write_csvs(deployed: Deployed) -> None:
    """Write the CSVs, and replay them after one was damaged, and a manifest is of the first version."""
    config = {"max_rejected_share": 0.9}
    assert deployed.run("lake", "followers_csv", followers_csv=config).asset_materializations_for_node("followers_csv")
    raw = RawStore(_store(deployed))
    for info in list(raw.store.list("csv/followers/")):
        raw.store.put(info.key, raw.store.get(info.key).body.replace(b"true", b"false", 1), "text/csv")
    for account in raw.accounts():
        (snapshot,) = raw.snapshots(account)
        manifest = json.loads(raw.store.get(snapshot.manifest).body)
        raw.store.put(
            snapshot.manifest, json.dumps({**manifest, "version": 1, "holes": []}).encode(), "application/json"
        )
    for info in list(raw.store.list("quarantine/raw/")):
        raw.store.put(info.key, b"damaged", "application/jsonl")
    replay = deployed.run("lake", "followers_csv", followers_csv={**config, "replay": True})
    assert replay.asset_materializations_for_node("followers_csv")


def _register(deployed: Deployed) -> None:
    """Register a table that has a column less than the contract, and a partition without files."""
    glue, place = deployed.client("glue"), {"DatabaseName": deployed.stack.parameters["DatabaseName"]}
    location = f"s3://{deployed.stack.parameters['BucketName']}/csv/followers/"
    table, partition = table_input(location), partition_input(location, ("9", "2026-01-01"))
    for entry in (table, partition):
        entry["StorageDescriptor"]["Columns"].pop()
    glue.update_table(**place, TableInput=table)
    glue.create_partition(**place, TableName=table["Name"], PartitionInput=partition)
    assert deployed.run("catalog", "tiktok_user_data").success


def _load(deployed: Deployed) -> None:
    """Load a file with a rejected row, too; verify it, try what is refused again, and let the sensor look."""
    body = csv_file(row("1"), row("x"), row("3"))
    _store(deployed).put("csv/followers/account=42/dt=2026-01-31/partner.csv", body, "text/csv")
    assets, config = ("staged_tiktok_data", "tiktok_data"), {"max_rejected_share": 0.5}
    assert deployed.run("staging", *assets, staged_tiktok_data=config).asset_materializations_for_node("tiktok_data")
    assert deployed.run("staging", job="verify").success
    deployed.run("staging", *assets, staged_tiktok_data={**config, "retry_refused": True})
    every = resources_for(deployed.settings())
    needed = {name: every[name] for name in ("s3", "snowflake")}
    with dg.build_sensor_context(instance=deployed.instance, resources=needed) as context:
        new_s3_objects_sensor(context)


def _remove_somebody(deployed: Deployed) -> None:
    """Remove users from every place, and both accounts; who extracts or loads from now on needs the list's key, too."""
    store = _store(deployed)
    with open_session(deployed.settings().snowflake, "test") as session:
        (partner, *_), (listed, *_) = (
            session.query(
                "SELECT TIKTOK_ID FROM FOLLOWER_SNAPSHOTS JOIN ACCOUNT_SNAPSHOTS USING (OBJECT_KEY, ACCOUNT_ID) "
                f"WHERE {condition} ORDER BY LIST_POSITION"
            )
            for condition in ("OBJECT_KEY LIKE '%partner.csv'", "HANDLE = 'fake.30'")
        )
        accounts = session.query("SELECT DISTINCT ACCOUNT_ID FROM ACCOUNT_SNAPSHOTS WHERE HANDLE IS NOT NULL")
    ((quarantined, *_), *_) = (
        [json.loads(json.loads(line)["raw"])["user"]["uniqueId"] for line in store.get(info.key).body.splitlines()]
        for info in store.list("quarantine/raw/")
    )
    store.put(PROGRESS_KEY, json.dumps({"offenders": ["row 1"]}).encode(), "application/json")
    store.put("glue/results/one.json", b"{}", "application/json")
    deployed.be(_REMOVER)
    for name in (*partner, *listed, quarantined):
        receipt = forget(_reach(deployed), name)
        assert receipt.is_complete, receipt_text(receipt)
    for (account,) in accounts:
        assert forget_account(_reach(deployed), account).is_complete
    # The partner's file is old.
    assert dict(expire(_retention(deployed), 1, datetime.now(UTC)).places)["csv"] == 1
    assert deployed.run("extraction", "raw_followers", raw_followers={"force_new_snapshot": True}).success
    deployed.run("lake", "followers_csv", followers_csv={"max_rejected_share": 0.9})
    loaded = deployed.run("staging", "staged_tiktok_data", "tiktok_data")
    assert loaded.asset_materializations_for_node("tiktok_data")


def _reach(deployed: Deployed) -> Reach:
    """What a removal reaches, but for this machine: the warehouse of this test is on it, and must not be stopped."""
    settings = deployed.settings()

    def renew(_: object) -> Iterator[Cleaned]:
        with open_session(settings.snowflake, "test") as session:
            yield renew_dashboard(session, open_bucket(settings.s3), settings.dashboard)

    return replace(open_reach(settings, SILENT, logging.getLogger(__name__)), clean_machine=renew)


def _retention(deployed: Deployed) -> Retention:
    """What a retention run reaches, but for this machine; the dashboard is made again as by a removal."""
    reach = open_retention(deployed.settings(), SILENT, logging.getLogger(__name__))
    return replace(reach, renewing=Renewing(lambda: False, nullcontext))


def _run_all(deployed: Deployed) -> None:
    """Run the whole pipeline for new lists, and make the dashboard; a second time, it is there already."""
    config = {"force_new_snapshot": True}
    done = deployed.run(_ORCHESTRATOR, job="tiktok_pipeline", raw_followers=config)
    assert done.asset_materializations_for_node("tiktok_data")
    deployed.client("s3").delete_object(Bucket=deployed.stack.parameters["BucketName"], Key=DASHBOARD_KEY)
    for _ in range(2):
        assert deployed.run("dashboard", "dashboard").success


def _store(deployed: Deployed) -> ObjectStore:
    return ObjectStore(deployed.client("s3"), deployed.stack.parameters["BucketName"])


@pytest.mark.parametrize("stage", [*_STAGES, _REMOVER])
def test_a_stage_has_what_it_needs_and_nothing_else(deployed: Deployed, stage: str) -> None:
    """Per action and resource, by the policy of that stage alone."""
    calls, grants = deployed.aws.calls(stage), deployed.grants(stage)
    assert calls
    assert (missing(calls, grants), unused(calls, grants)) == ([], [])


def test_the_whole_pipeline_needs_nothing_else(deployed: Deployed) -> None:
    """One job from the API to the marts, with all of those policies together, as the orchestrator has them."""
    calls = deployed.aws.calls(_ORCHESTRATOR)
    assert len(calls) > 30
    assert missing(calls, deployed.grants(*_STAGES, "glue")) == []


def test_the_pipeline_ran_to_the_end(deployed: Deployed) -> None:
    """The users of the accounts are in the table, of the bucket that the template made."""
    with open_session(deployed.settings().snowflake, "test") as session:
        ((users,),) = session.query("SELECT COUNT(*) FROM TIKTOK_DATA")
    assert users > 60
    assert _store(deployed).exists(DASHBOARD_KEY)


def test_a_wildcard_and_a_needless_grant_are_unused() -> None:
    """Of the comparison itself: what is found, and what is not."""
    call = Call("who", "s3:GetObject", "arn:aws:s3:::b/raw/a")
    good = Grant("p", "s", "s3:GetObject", "arn:aws:s3:::b/raw/*")
    wild = Grant("p", "s", "s3:*", "arn:aws:s3:::b/raw/*")
    elsewhere = Grant("p", "s", "s3:GetObject", "arn:aws:s3:::b/csv/*")
    assert {*unused([call], [good, wild, elsewhere])} == {wild, elsewhere}
    assert missing([call], [wild, elsewhere]) == [call]
    assert missing([call], [good]) == []
