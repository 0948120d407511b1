"""docs/how_to/recover.md, case by case: its own commands are typed after each loss, and all tables and marts compared.

The tests follow one another, as the losses of one unlucky user. Keys are in test_recover_keys.py, the release that is
taken back in test_recover_release.py.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Row, Session
from tiktok_insights.lake.listing import list_csvs
from tiktok_insights.local import stack
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.staging.batch import Staging
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights.tables.definitions import ALL
from tiktok_insights.warehouse.publish import publish_passed
from tiktok_insights_tests.support.cli_user import CliUser, cli_user_in
from tiktok_insights_tests.support.connections import connect
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.documents import ROOT, blocks_below
from tiktok_insights_tests.support.sources import LOG
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.whole_warehouse import whole_warehouse

pytestmark = pytest.mark.deploy

_GUIDE = ROOT / "docs" / "how_to" / "recover.md"
_BUCKET, _MOVED = "project-with-tiktok-data", "new-bucket"
_WHOLE, _OPEN = "fake.90.full", "fake.300.full"
#: One request for each account and all three pages of the smaller one; the list of the other stays open.
_BUDGET = 9
#: Users of other producers' files: of one that is loaded, one that is staged when the machine is lost, one that waits.
_PARTNER, _STAGED, _WAITING = "7423456789012345149", "7423456789012345150", "7423456789012345151"
#: What other people keep beside our objects.
_STRANGERS = ("reports/sales.csv", "csv/followers.csv", "raw/followers/notes.txt", "raw/followers/account=42/notes.txt")


def partner_key(name: str) -> str:
    """The key of another producer's file."""
    return f"csv/followers/account=42/dt=2026-01-31/{name}.csv"


class Unlucky:
    """A user to whom things happen; `cli` is where the user works now."""

    def __init__(self, cli: CliUser) -> None:
        self.cli = cli

    @property
    def variables(self) -> dict[str, str]:
        """The settings in .env, which the machine's home is added to."""
        lines = (self.cli.home / ".env").read_text(encoding="utf-8").splitlines()
        settings = dict(line.split("=", 1) for line in lines if re.match(r"(?!DAGSTER_HOME)[A-Z]\w+=", line))
        return {**settings, "TIKTOK_INSIGHTS_HOME": str(self.cli.home / ".local")}

    @property
    def aws(self) -> dict[str, Any]:
        """How to reach the bucket and Glue."""
        return connect(read_settings({"TIKTOK_INSIGHTS_HOME": str(self.cli.home / ".local")})).aws

    def set(self, text: str) -> None:
        """Add lines to .env; the last of a variable counts."""
        with (self.cli.home / ".env").open("a", encoding="utf-8") as file:
            file.write(text)

    def store(self, bucket: str = _BUCKET) -> ObjectStore:
        """A bucket."""
        return ObjectStore(boto3.client("s3", **self.aws), bucket)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session in the database that .env names."""
        with open_session(read_settings(self.variables).snowflake, "test") as session:
            yield session

    def warehouse(self) -> dict[str, list[Row]]:
        """All that people can read."""
        with self.session() as session:
            return whole_warehouse(session)

    def do(self, heading: str, *, code: int = 0) -> str:
        """Do what the guide says below a heading: settings, then each command. Gives what was printed."""
        said = ""
        for block in blocks_below(_GUIDE, heading):
            if block.language == "ini":
                self.set(block.text)
            for command in re.findall(r"^\$ (tiktok-insights .*|mkdir .*)$", block.text, re.MULTILINE):
                answer = self.cli.shell(command)
                said += answer.stdout + answer.stderr
                assert answer.returncode == code, said
        return said


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory, warm_cli: Path) -> Iterator[Unlucky]:
    """After a first run: one list is whole, one is open, a partner's file is loaded, and strangers have objects."""
    with cli_user_in(tmp_path_factory.mktemp("first") / "clone", warm_cli) as cli:
        cli.home.mkdir()
        assert cli.command("init").returncode == 0
        user = Unlucky(cli)
        user.set(f"TIKTOK_ACCOUNTS={_WHOLE},{_OPEN}\nTIKTOK_REQUEST_BUDGET={_BUDGET}\n")
        store = user.store()
        store.ensure_bucket()
        store.put(partner_key("a"), csv_file(row(_PARTNER)), "text/csv")
        for key in _STRANGERS:
            store.put(key, b"somebody's", "text/plain")
        run = cli.command("run")
        assert run.returncode == 0, run.stdout + run.stderr
        yield user
        stack.stop(user.cli.home / ".local")


def listed(*handles: str) -> set[str]:
    """The users on these accounts' lists, as the generator says."""
    world = World()
    return {person.tiktok_id for handle in handles for person in world.listed(world.account(handle), VIRTUAL_START)}


def pages(store: ObjectStore) -> int:
    """How many pages are stored."""
    return sum("/page-" in info.key for info in store.list("raw/followers/"))


def ids(user: Unlucky) -> set[str]:
    """The users in TIKTOK_DATA."""
    with user.session() as session:
        return {tiktok_id for (tiktok_id,) in session.query("SELECT TIKTOK_ID FROM TIKTOK_DATA")}


def differing(before: dict[str, list[Row]], after: dict[str, list[Row]]) -> set[str]:
    """The tables and marts that have other rows, or are in one of the two only."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_a_new_warehouse_comes_from_the_bucket_alone(user: Unlucky) -> None:
    """In another database, where half of the tables are there and empty: all tables and marts are what they were."""
    before, served = user.warehouse(), user.cli.requests_served()
    assert len(before) > 30
    assert len(before['PUBLIC."FOLLOWER_SNAPSHOTS"']) == 91
    assert before['PUBLIC."TIKTOK_DATA"']
    assert ids(user) == listed(_WHOLE) | {_PARTNER}
    restored = replace(read_settings(user.variables).snowflake, database="RESTORED")
    with open_session(restored, "test") as session:
        ensure_tables(session)
        for table in ALL[1::2]:
            session.execute(f"DROP TABLE {restored.namespace.name_of(table)}")
    user.do("A new warehouse")
    assert user.variables["SNOWFLAKE_DATABASE"] == "RESTORED"
    assert differing(before, user.warehouse()) == set()
    assert user.cli.requests_served() == served


def test_a_refused_api_key_loses_nothing(user: Unlucky) -> None:
    """The run says that the key is refused; the open snapshot is as it was, and waits for the new key."""
    stored, env = pages(user.store()), (user.cli.home / ".env").read_text(encoding="utf-8")
    api = stack.ensure_running(user.cli.home / ".local").tiktok_api
    user.set(f"TIKTOK_API_URL={api}\nRAPIDAPI_KEY=invalid-key\n")
    refused = user.cli.command("run")
    assert refused.returncode == 1
    assert "RAPIDAPI_KEY" in refused.stdout
    assert "invalid-key" not in refused.stdout + refused.stderr
    assert pages(user.store()) == stored
    (user.cli.home / ".env").write_text(env, encoding="utf-8")


def test_after_a_lost_machine_the_next_one_goes_on(user: Unlucky, warm_cli: Path) -> None:
    """Killed with a batch staged and an object waiting: both are loaded, and no stored page is requested again."""
    store = user.store()
    settings = read_settings(user.variables)
    store.put(partner_key("b"), csv_file(row(_STAGED)), "text/csv")
    with user.session() as session:
        (batch,) = Staging(store, session, 1.0, LOG).stage(list_csvs(store))
    assert batch.verdict.passed
    store.put(partner_key("c"), csv_file(row(_WAITING)), "text/csv")
    stored, served, env = pages(store), user.cli.requests_served(), user.cli.home / ".env"
    process = psutil.Process(stack.ensure_running(settings.home).pid)
    process.kill()
    process.wait(30)

    # The local stack's folder stands for S3, Glue and Snowflake. Nothing else is left.
    there = user.cli.home.with_name("another clone")
    (there / ".local").mkdir(parents=True)
    (settings.home / "stack").rename(there / ".local" / "stack")
    kept = [line for line in env.read_text(encoding="utf-8").splitlines(True) if "DAGSTER_HOME" not in line]
    shutil.rmtree(user.cli.home)
    user.cli = CliUser(there, {**user.cli.environment, "PWD": str(there)})
    (there / ".env").write_text("".join(kept), encoding="utf-8")
    assert user.cli.command("init").returncode == 0

    user.do("A lost machine")
    assert ids(user) == listed(_WHOLE, _OPEN) | {_PARTNER, _STAGED, _WAITING}
    assert user.cli.requests_served() - served == pages(user.store()) - stored == 6
    with user.session() as session:
        twice = "SELECT OBJECT_KEY FROM LOAD_HISTORY GROUP BY OBJECT_KEY HAVING COUNT(*) > 1"
        assert session.query(twice) == []


def copy(user: Unlucky, keys: list[str]) -> None:
    """Do as `aws s3 sync` does: metadata stays, and an object that is copied in parts gets another ETag."""
    s3 = boto3.client("s3", **user.aws)
    for key in keys:
        source: Any = {"Bucket": _BUCKET, "Key": key}
        if not key.startswith("csv/"):
            s3.copy_object(Bucket=_MOVED, Key=key, CopySource=source)
            continue
        metadata = s3.head_object(**source)["Metadata"]
        upload = s3.create_multipart_upload(Bucket=_MOVED, Key=key, Metadata=metadata)["UploadId"]
        place: Any = {"Bucket": _MOVED, "Key": key, "UploadId": upload}
        part = s3.upload_part_copy(**place, PartNumber=1, CopySource=source)["CopyPartResult"]
        parts: Any = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        s3.complete_multipart_upload(**place, MultipartUpload=parts)


def test_after_a_move_of_the_bucket_nothing_is_loaded_twice(user: Unlucky) -> None:
    """With half of the objects copied, and with all: the tables stay, and only the ledger knows the new uploads."""
    before, served = user.warehouse(), user.cli.requests_served()
    etags = {info.key: info.etag for info in user.store().list("csv/")}
    keys = [info.key for info in user.store().list("")]
    boto3.client("s3", **user.aws).create_bucket(Bucket=_MOVED)
    # CSVs come first: of the raw pages there is none yet.
    copy(user, keys[: len(keys) // 3])
    half = user.store(_MOVED)
    with user.session() as session:
        assert Staging(half, session, 1.0, LOG).stage(list_csvs(half))
        publish_passed(lambda: nullcontext(session), LOG)
    assert differing(before, user.warehouse()) <= {'PUBLIC."LOAD_HISTORY"'}

    copy(user, keys[len(keys) // 3 :])
    user.set(f"TIKTOK_INSIGHTS_BUCKET={_MOVED}\n")
    refused = user.cli.command("run")
    assert refused.returncode == 1
    said = re.search(r"(The Glue table .*)", refused.stdout)
    assert said
    told("The Glue table <table> differs from the contract", _BUCKET, _MOVED).says(said[1])
    (command,) = re.findall(r"^ *\$ aws glue delete-table (.*)$", _GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert command == "--database-name tiktok --name tiktok_user_data"
    boto3.client("glue", **user.aws).delete_table(DatabaseName="tiktok", Name="tiktok_user_data")
    user.do("A moved bucket")
    after, moved = user.warehouse(), {info.key: info.etag for info in user.store(_MOVED).list("csv/")}
    assert all(moved[key] != etag for key, etag in etags.items())
    assert differing(before, after) == {'PUBLIC."LOAD_HISTORY"'}
    with user.session() as session:
        loaded = session.query("SELECT OBJECT_KEY, LATEST_ETAG FROM LOAD_HISTORY")
    assert sorted(loaded) == sorted((key, etag) for key, etag in moved.items() if "account=" in key)
    assert user.cli.requests_served() == served
    replay = user.cli.command("replay", "--dry-run")
    assert "CSVs of 2 snapshots: 2 unchanged, 0 to write." in replay.stdout, replay.stdout + replay.stderr
