"""A release that is taken back, as docs/how_to/recover.md says: tables and CSVs are then as if it had never run.

The bad release is a copy of this package with other tables, and with a bug that writes nicknames in capitals.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tiktok_insights
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Row, Session
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory, list_csvs
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.staging.batch import Staging
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights.warehouse.publish import publish_passed
from tiktok_insights_tests.support.cli_user import LIMIT_SECONDS
from tiktok_insights_tests.support.documents import ROOT, blocks_below
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import LOG, extract, requests_served
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.whole_warehouse import whole_warehouse

pytestmark = pytest.mark.deploy

_BEFORE, _MEANWHILE = "fake.90.full", "fake.60.full"
#: What the bad release does differently: a file, what it says, and what it said.
_CHANGES = (
    ("tables/definitions.py", "SCHEMA_VERSION = 2", "SCHEMA_VERSION = 1"),
    (
        "lake/csv_rows.py",
        "texts[2] = texts[2].upper(); self.rows += 1",
        "self.rows += 1",
    ),
)
#: What people do with it: load into another database, as its tables are others. It writes all CSVs, and a new one.
_MEANWHILE_RUN = """
import logging, os, sys
from contextlib import contextmanager
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory, list_csvs
from tiktok_insights.lake.replay import Replay
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.opening import open_bucket, open_session
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.staging.batch import Staging
from tiktok_insights.tables.creation import TableDriftError, ensure_tables
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights.warehouse.publish import publish_passed

api, handle = sys.argv[1:]
settings = read_settings()
with open_session(settings.snowflake, "test") as session:
    try:
        ensure_tables(session)
    except TableDriftError as error:
        print(error)
os.environ["SNOWFLAKE_DATABASE"] += "_NEWER"
settings, log = read_settings(), logging.getLogger()
store = open_bucket(settings.s3)
raw = RawStore(store)
Extractor(raw, Client(api, "local-key", RateLimiter(60_000)), SnapshotPolicy(), log).extract([handle])
print([str(item.verdict) for item in Replay(raw, CsvInventory(store), 0.01, write=True).run()])

@contextmanager
def connect():
    with open_session(settings.snowflake, "test") as session:
        ensure_tables(session)
        yield session

with connect() as session:
    Staging(store, session, 0.01, log).stage(list_csvs(store))
print(publish_passed(connect, log))
"""


@pytest.fixture
def bad_release(tmp_path: Path) -> Path:
    """The folder to import it from."""
    package = tmp_path / "bad" / "tiktok_insights"
    shutil.copytree(Path(tiktok_insights.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    for file, bad, good in _CHANGES:
        text = (package / file).read_text(encoding="utf-8")
        assert text.count(good) == 1
        (package / file).write_text(text.replace(good, bad), encoding="utf-8")
    return package.parent


def run_bad_release(folder: Path, api: Api) -> list[str]:
    """Let it do its work; gives the lines that it prints."""
    answer = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", _MEANWHILE_RUN, api.address, _MEANWHILE],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()


def load(store: ObjectStore, connect: Connect) -> None:
    """Write the CSVs that are missing, and load what is pending."""
    assert all(not csv.blocked for csv in write_missing_csvs(RawStore(store), CsvInventory(store), 0.01))
    with connect() as session:
        Staging(store, session, 0.01, LOG).stage(list_csvs(store))
    publish_passed(connect, LOG)


def csvs(store: ObjectStore) -> dict[str, bytes]:
    """The bytes of every CSV."""
    return {info.key: store.get(info.key).body for info in store.list("csv/")}


def nicknames(session: Session) -> dict[str, object]:
    """The users' nicknames in TIKTOK_DATA."""
    return dict(session.query("SELECT TIKTOK_ID, NICK_NAME FROM TIKTOK_DATA"))


@pytest.mark.full
def test_a_release_that_is_taken_back_leaves_nothing(
    api: Api, raw: RawStore, store: ObjectStore, connect_warehouse: Connect, bad_release: Path, warm_cli: Path
) -> None:
    """Each refuses the tables of the other; after the guide's replay, CSVs and tables are those of this release."""
    extract(raw, api.address, _BEFORE)
    load(store, connect_warehouse)
    written = csvs(store)
    with connect_warehouse() as session:
        before = ledger(session)
    refusal, replayed, published = run_bad_release(bad_release, api)
    told("The tables in <place> have version <number>", "version 1", "needs version 2").says(refusal)
    assert replayed == "['ReplayVerdict.CHANGED', 'ReplayVerdict.MISSING']"
    assert "loaded=2" in published
    assert any(body != written.get(key) for key, body in csvs(store).items() if key in written)

    newer = read_settings({**os.environ, "SNOWFLAKE_DATABASE": f"{os.environ['SNOWFLAKE_DATABASE']}_NEWER"})
    with open_session(newer.snowflake, "test") as session:
        assert all(name is None or str(name) == str(name).upper() for name in nicknames(session).values())
        with told("The tables in <place> have version <number>", "version 2", "needs version 1"):
            ensure_tables(session)

    served = requests_served(api)
    blocks = blocks_below(ROOT / "docs" / "how_to" / "recover.md", "A release taken back")
    (command,) = [line for block in blocks for line in re.findall(r"^\$ tiktok-insights (.*)$", block.text, re.M)]
    done = subprocess.run([str(warm_cli), *command.split()], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    assert requests_served(api) == served
    world = World()
    people = [
        person for handle in (_BEFORE, _MEANWHILE) for person in world.listed(world.account(handle), VIRTUAL_START)
    ]
    with connect_warehouse() as session:
        assert nicknames(session) == {
            person.tiktok_id: re.sub(r"\r\n|\r|\n", " ", person.nickname) or None for person in people
        }
        after = ledger(session)
        with_all = whole_warehouse(session)
    assert {key: body for key, body in csvs(store).items() if key in written} == written
    # What returned to its old bytes was not loaded again, and the bad release's CSV never was.
    assert [row for row in after if row in before] == before
    assert len(after) == len(before) + 1
    assert len(with_all['PUBLIC."ACCOUNT_SNAPSHOTS"']) == 2


def ledger(session: Session) -> list[Row]:
    """Every row of the ledger, times and batches included."""
    return session.query("SELECT * FROM LOAD_HISTORY ORDER BY LOADED_AT, OBJECT_KEY")
