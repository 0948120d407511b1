"""docs/explanation/what_it_costs.md: its sums are those of a calculation by hand, and its counts those of a run."""

import re
from collections import Counter

import pytest

from docs.generate.monthly_costs import (
    CAP,
    CSV_BYTES,
    GETS_A_SNAPSHOT,
    KEYS_A_LIST,
    LISTS_A_SNAPSHOT,
    MACHINE,
    PAGE,
    PUTS_A_SNAPSHOT,
    RAW_BYTES,
    SENSOR_SECONDS,
    SUSPEND_SECONDS,
    VOLUME_GB,
    Installation,
    costs,
    glue_job,
)
from docs.generate.snowflake_setup import snowflake_setup
from docs.generate.tutorial_costs import ONE_ACCOUNT, step_costs
from docs.generate.what_it_costs import INSTALLATIONS
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.defs.sensors import new_s3_objects_sensor
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.inventory import RawInventory
from tiktok_insights.staging.batch import Staging
from tiktok_insights.tiktok.pagination import KNOWN_CAPS
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import LOG, client_for

pytestmark = pytest.mark.deploy

#: Listings of the CSVs and of the raw pages, of which a run makes one each.
_LISTS_A_RUN = 2


@pytest.mark.parametrize(("handle", "pages"), [("fake.90.full", 3), ("fake.600.full", 20)])
def test_a_snapshot_takes_the_requests_and_bytes_that_are_paid_for(
    api: Api, store: ObjectStore, connect_warehouse: Connect, handle: str, pages: int
) -> None:
    """From the first page to the staged batch, whatever the length of the list."""
    requests = Requests()
    with connect_warehouse() as session, requests.watched():
        raw, csvs = RawInventory(store), CsvInventory(store)
        Extractor(raw, client_for(api.address), SnapshotPolicy(), LOG).extract([handle])
        assert all(not csv.blocked for csv in write_missing_csvs(raw, csvs, 0.01))
        Staging(store, session, 0.01, LOG, raw=raw).stage(csvs.listing())
    made = Counter(" ".join(name.split()[:2]) for name in requests.names if name.startswith("S3 "))
    assert made["S3 PUT"] == pages + PUTS_A_SNAPSHOT
    assert made["S3 GET"] + made["S3 HEAD"] == GETS_A_SNAPSHOT
    assert made["S3 list"] == LISTS_A_SNAPSHOT + _LISTS_A_RUN
    assert made.keys() == {"S3 PUT", "S3 GET", "S3 HEAD", "S3 list"}
    stored = Counter[str]()
    for info in store.list(""):
        stored["raw" if "/page-" in info.key else info.key.partition("/")[0] + " other"] += info.size
    assert stored["raw"] / (pages * PAGE) == pytest.approx(RAW_BYTES, rel=0.1)
    assert stored["csv other"] / (pages * PAGE) == pytest.approx(CSV_BYTES, rel=0.1)


def test_the_sums_are_those_of_a_calculation_by_hand() -> None:
    """One account at the cap, in its first month."""
    installation = Installation(1, 25_000, month=1)
    found = costs(installation)
    assert found["EC2 t4g.large, with a public address"] == pytest.approx(730 * 0.0722)
    assert found["EBS gp3, 60 GB"] == pytest.approx(4.80)
    assert found["CloudWatch metrics"] == pytest.approx(2.40)
    assert found["Secrets Manager"] == pytest.approx(0.80)
    assert found["S3 storage"] == pytest.approx(334 * 30 * (RAW_BYTES + CSV_BYTES) * 30 / 1e9 * 0.023)
    assert found["S3 requests of the runs"] == pytest.approx(30 * (334 + 5) * 0.000005 + 30 * 5 * 0.0000004)
    assert found["S3 requests of the sensor"] == pytest.approx(86_400 * 0.000005)
    assert found["Snowflake, X-Small"] == pytest.approx(30 * (120 + 6.5 * 0.01002) / 3_600 * 2)
    assert installation.api_requests == 30 * 335
    assert glue_job(10, 15) == pytest.approx(1.10)
    assert glue_job(2, 0.1) == pytest.approx(2 / 60 * 0.44)


def test_an_incremental_month_reads_each_list_to_its_end_once_a_week() -> None:
    """The other six days cost two pages each; who the account is is asked every day."""
    week = 334 + 6 * 2 + 7
    assert Installation(1_000, CAP, full_walk_days=7).api_requests == pytest.approx(1_000 * week * 30 / 7, abs=1)


def test_what_the_calculation_takes_from_the_code_is_so() -> None:
    """The API's cap, the sensor's interval, the keys of a listing, the machine, and when the warehouse is suspended."""
    template = (ROOT / "deploy/cloudformation/orchestrator.yaml").read_text(encoding="utf-8")
    assert f"Default: {MACHINE}\n" in template
    assert "VolumeSize: 20\n" in template
    assert f"Default: {VOLUME_GB - 20}\n" in template
    assert max(KNOWN_CAPS) == CAP
    assert new_s3_objects_sensor.minimum_interval_seconds == SENSOR_SECONDS
    assert KEYS_A_LIST == 1_000
    assert f"WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = {SUSPEND_SECONDS} " in snowflake_setup()


def test_the_steps_of_the_tutorial_cost_what_the_whole_costs() -> None:
    """Each item is in one step, and each step's calculation, done as it is written, gives the step's dollars."""
    steps = step_costs()
    assert next(iter(INSTALLATIONS.values())) == ONE_ACCOUNT
    assert sorted(item for step in steps for item in step.items) == sorted(costs(ONE_ACCOUNT))
    assert sum(step.usd for step in steps) == pytest.approx(sum(costs(ONE_ACCOUNT).values()))
    for step in steps:
        if step.items:
            written = re.sub(r"[^0-9.+*/()]", "", step.calculation.replace(" x ", "*"))
            assert eval(written) == pytest.approx(step.usd, abs=0.005)  # noqa: S307  # digits and signs of our own


def test_the_guide_says_of_each_step_what_it_costs() -> None:
    """In the words that are calculated; a price that changes makes this fail until the guide has it."""
    guide = (ROOT / "docs/how_to/from_the_tutorial.md").read_text(encoding="utf-8")
    sections = re.split(r"^## \d\. ", guide, flags=re.MULTILINE)[1:]
    said = [re.findall(r"- \*\*Costs a month:\*\* (.+?)\n- ", section, re.DOTALL) for section in sections]
    calculated = [[step.sentence] for step in step_costs()]
    assert [[" ".join(words.split()) for words in found] for found in said] == calculated
