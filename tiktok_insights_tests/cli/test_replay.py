"""`tiktok-insights replay`: said before it is written, loaded to the last table, and no request spent."""

import csv
import io
import json

import pytest
from click.testing import CliRunner, Result

from tiktok_insights.cli import main
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Row, Session
from tiktok_insights.dashboard.publishing import DASHBOARD_KEY
from tiktok_insights.lake.followers_csv import write_csv, write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory, csv_key
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import extract, manifest_of, requests_served

pytestmark = pytest.mark.commands

_USERS = "SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID"


@pytest.fixture
def loader(store: ObjectStore, session: Session, connect_warehouse: Connect) -> Loader:
    """The test's own bucket and warehouse."""
    return Loader(store, session, connect_warehouse)


def replay(*words: str) -> Result:
    """Run `tiktok-insights replay` with words."""
    return CliRunner().invoke(main, ["replay", *words])


def extracted(raw: RawStore, connections: Connections, *handles: str) -> list[str]:
    """Extract accounts from the stack's API, write their CSVs, and give their keys."""
    results = extract(raw, connections.api_url, *handles, key=connections.api_key)
    csvs = CsvInventory(raw.store)
    list(write_missing_csvs(raw, csvs, 0.01))
    return [csv_key(result.snapshot) for result in results if result.snapshot]


def damage(store: ObjectStore, key: str) -> None:
    """Give the first user another name and 7 videos, leave the second out and let a stranger in."""
    header, first, _, *others = store.get(key).body.splitlines()
    fields = first.split(b",")
    fields[1], fields[10] = b"old.code", b"7"
    stranger = b"77,stranger,,,,,false,false,1,2,3,4,5,6,true,2026-01-31T12:00:00Z,,,"
    store.put(key, b"\r\n".join([header, b",".join(fields), *others, stranger, b""]), "text/csv")


def listing(store: ObjectStore) -> dict[str, str]:
    """Every object's version."""
    return {info.key: info.etag for info in store.list("")}


def users(session: Session) -> list[Row]:
    """TIKTOK_DATA in one order."""
    return session.query(_USERS)


def test_a_loaded_damage_is_told_and_put_right_down_to_the_table(
    raw: RawStore, connections: Connections, loader: Loader
) -> None:
    """Of one account; the table is what it was before, the other account's CSV is left alone, nobody is asked."""
    ours, other = extracted(raw, connections, "fake.31", "fake.40.app")
    loader.load()
    before, served = users(loader.session), requests_served(Api(connections.api_url))
    versions = listing(raw.store)
    damage(raw.store, ours)
    loader.load()
    assert users(loader.session) != before
    raw.store.put(other, raw.store.get(other).body.replace(b"\r\n", b"\n"), "text/csv")
    left_alone = listing(raw.store)[other]

    answer = replay("fake.31", "--format", "json")
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    assert said["totals"] == {"rows_changed": 1, "rows_added": 1, "rows_removed": 1}
    told = [(change["change"], change["column"], change["old"]) for change in said["changes"]]
    assert told[0] == ("changed", "uniqueId", "old.code")
    assert sorted(kind for kind, *_ in told) == ["added", "changed", "changed", "removed"]
    assert {change["object"] for change in said["changes"]} == {ours}
    assert "Done in" in answer.stderr
    assert users(loader.session) == before
    written = listing(raw.store)
    assert written.pop(DASHBOARD_KEY)
    assert written == {**versions, other: left_alone}
    assert requests_served(Api(connections.api_url)) == served


def test_a_dry_run_tells_everything_and_writes_nothing(raw: RawStore, connections: Connections) -> None:
    """Each format has the changes, the totals are there whatever the limit, and every object keeps its version."""
    (key,) = extracted(raw, connections, "fake.31")
    damage(raw.store, key)
    before = listing(raw.store)

    table = replay("--dry-run").stdout
    assert f"changed: {key} (fake.31): 1 changed, 1 added, 1 removed" in table
    assert "old.code" in table
    rows = list(csv.DictReader(io.StringIO(replay("--dry-run", "--format", "csv").stdout)))
    assert [(row["change"], row["column"]) for row in rows[:2]] == [("changed", "uniqueId"), ("changed", "videoCount")]
    assert {row["user_id"] for row in rows if row["change"] == "removed"} == {"77"}
    short = replay("--dry-run", "--limit", "1").stdout
    assert "3 more changes not shown (--limit)." in short
    assert "Rows: 1 changed, 1 added, 1 removed. Nothing was written (--dry-run)." in short
    assert listing(raw.store) == before


def test_an_unchanged_bucket_has_nothing_to_tell(raw: RawStore, connections: Connections) -> None:
    """One line: nothing changes."""
    extracted(raw, connections, "fake.31", "fake.0")
    expected = (
        "CSVs of 2 snapshots: 2 unchanged, 0 to write. Rows: 0 changed, 0 added, 0 removed. "
        "Nothing was written (--dry-run).\n"
    )
    assert replay("--dry-run").output == expected


def test_a_blocked_snapshot_is_said_to_keep_its_csv(raw: RawStore) -> None:
    """With the reason."""
    page = web_page(*(web_row(str(number)) for number in range(100, 198)), "odd", "odd", total=98)
    with scripted(Reply(body=encoded(page)), info=Reply(body=encoded(user_info(followers=98)))) as script:
        (result,) = extract(raw, script.address, "some.shop")
    write_csv(raw, CsvInventory(raw.store), manifest_of(raw, result), 0.05)
    said = replay("--dry-run").stdout
    assert "blocked: csv/followers/" in said
    assert "2 of 100 rows have an unknown structure" in said
    assert "1 blocked (they keep their old CSVs)" in said


@pytest.mark.parametrize("words", [["nobody"], ["nobody", "--dry-run"]])
def test_an_unknown_account_is_an_error_in_words(store: ObjectStore, words: list[str]) -> None:
    """Exit code 1, nothing run."""
    answer = replay(*words)
    assert answer.exit_code == 1
    assert "The account 'nobody' has no raw pages. Accounts with raw pages: none." in answer.output
    assert "Running" not in answer.output
