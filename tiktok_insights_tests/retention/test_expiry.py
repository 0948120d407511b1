"""Old snapshots expire everywhere: what is left is what the retained ones show, and nothing comes back.

The expectations are an oracle's in plain Python, of the objects that were planted and are not old.
"""

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Row, Session
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.lake.replay import Replay
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.retention.expiry import Expired, Reach, Renewing, expire, look
from tiktok_insights.settings.environment import Settings
from tiktok_insights.staging.open_snapshots import record_open_snapshots
from tiktok_insights.tables.definitions import ALL, LOAD_BATCHES, LOAD_HISTORY, PUBLISH_LOCK
from tiktok_insights.warehouse.full_checks import FULL_CHECKS
from tiktok_insights.warehouse.lost_ids import RereadInput, no_id_is_lost
from tiktok_insights.warehouse.scope import everything
from tiktok_insights.warehouse.table_checks import TableCheckInput, step_7
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import Loader, put_in_parts, put_upload
from tiktok_insights_tests.support.planted_snapshots import CUT, DAYS, NOW, Planted, ours
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.warehouse_contents import contents

pytestmark = pytest.mark.people

NOTHING = Renewing(lambda: False, nullcontext)
#: Columns of PRESENCE_SPELLS that are NULL if the first sighting is before the retained history.
_FIRST = slice(3, 5)


def without_first(row: Row) -> Row:
    """A spell without its first sighting."""
    return row[: _FIRST.start] + row[_FIRST.stop :]


def run(loader: Loader, days: int = DAYS) -> Expired:
    """Let snapshots expire, on the session that is open."""
    return expire(reach(loader), days, NOW)


def reach(loader: Loader) -> Reach:
    """What a retention run reaches here."""

    def connect() -> AbstractContextManager[Session]:
        return nullcontext(loader.session)

    return Reach(loader.store, connect, nullcontext, NOTHING)


@pytest.fixture
def planted(loader: Loader) -> Planted:
    """Snapshots before and after the cut, all that can be loaded loaded."""
    planted = Planted(loader.store)
    loader.load()
    record_open_snapshots(loader.session, RawStore(loader.store))
    return planted


def keys(store: ObjectStore) -> set[str]:
    """Every key in the bucket."""
    return {info.key for info in store.list("")}


def test_what_is_left_is_what_the_retained_snapshots_show(loader: Loader, planted: Planted) -> None:
    """Objects, rows of users and spells are those of the retained snapshots alone; counts of all snapshots stay."""
    before = loader.tables()
    quarantined = {key for key in keys(loader.store) if key.startswith("quarantine/csv/")}
    assert len(quarantined) == 2
    said = look(loader.store, lambda: nullcontext(loader.session), DAYS, NOW)
    assert loader.tables() == before
    done = run(loader)
    assert (done, done.retained_from) == (said, CUT)

    expected, found = history.tables(planted.retained), loader.tables()
    for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS"):
        assert found[table] == expected[table], table
    assert [without_first(row) for row in found["PRESENCE_SPELLS"]] == list(
        map(without_first, expected["PRESENCE_SPELLS"])
    )
    assert found["ACCOUNT_SNAPSHOTS"] == [row for row in before["ACCOUNT_SNAPSHOTS"] if "account=45/" not in row[0]]
    assert keys(loader.store) == planted.keys_left() | {key for key in quarantined if "/new.csv" in key}
    assert loader.rows(f"SELECT USERS FROM {loader.session.namespace.name_of(PUBLISH_LOCK)}") == [(4,)]


def test_who_was_listed_at_the_cut_was_first_seen_before_it(loader: Loader, planted: Planted) -> None:
    """Of these, FIRST_SEEN_AT is NULL; who followed after the cut, or in an account without a cut, has it."""
    assert planted.expired
    run(loader)
    first_seen = dict(loader.rows("SELECT ACCOUNT_ID || ' ' || TIKTOK_ID, FIRST_SEEN_AT FROM PRESENCE_SPELLS"))
    assert [who for who, moment in first_seen.items() if moment] == ["42 4"]
    assert set(first_seen) == {"42 1", "42 3", "42 4", "44 7"}
    kept = loader.rows("SELECT ACCOUNT_ID, SUM(FIRST_SEEN), SUM(GONE) FROM DAILY_TOTALS GROUP BY 1 ORDER BY 1")
    assert [(account, int(seen), int(gone)) for account, seen, gone in kept] == [
        ("42", 4, 0), ("43", 2, 0), ("44", 3, 0),
    ]  # fmt: skip


def test_the_ledger_keeps_a_row_of_each_version_that_tells_of_no_one(loader: Loader, planted: Planted) -> None:
    """Versions that have expired have no sums and no reason; all others are as they were."""
    columns = "OBJECT_KEY, STATUS, REASON, ROWS_IN, ID_SUM_IN, ID_SUM_STAGED, ID_SUM_DUPLICATE, ID_SUM_REJECTED"
    sql = f"SELECT {columns} FROM LOAD_HISTORY ORDER BY 1"
    before = loader.rows(sql)
    assert {row[1] for row in before} == {"loaded", "refused"}
    run(loader)
    assert loader.rows(sql) == [
        (row[0], "expired", None, row[3], 0, 0, 0, 0) if planted.is_old[row[0]] else row for row in before
    ]


def test_a_second_run_writes_nothing(loader: Loader, planted: Planted) -> None:
    """It finds nothing to expire, and leaves every row, object and time of writing as it is."""
    assert planted.expired
    run(loader)
    tables, objects = contents(loader.session), list(loader.store.list(""))
    assert run(loader) == Expired(CUT, ())
    assert contents(loader.session) == tables
    assert list(loader.store.list("")) == objects


def come_back(loader: Loader, upload: Upload, way: str) -> None:
    """Upload an expired object again as a person might."""
    key = "csv/followers/account=42/dt=2026-02-08/copy.csv" if way == "another key" else upload.key
    loader.store.put(key, upload.body + (b"\r\n" if way == "changed" else b""), "text/csv")
    if way == "multipart":
        put_in_parts(loader.store, key)
    loader.staging().stage(loader.listing())


@pytest.mark.parametrize("way", ["same", "another key", "changed", "multipart", "staged before", "more days"])
def test_nothing_comes_back(loader: Loader, planted: Planted, way: str) -> None:
    """However rows that have expired are uploaded again, they reach no table, and the next run deletes the object."""
    if way == "staged before":
        planted.add(ours("42", "2026-01-30T12", ("1", "8")))
        loader.stage()
    run(loader)
    tables, objects = people_in(loader), keys(loader.store)
    if way == "more days":
        run(loader, days=1000)
    if way != "staged before":
        come_back(loader, planted.expired[0], way)
    assert sum(done.loaded for done in loader.publish()) == 0
    assert people_in(loader) == tables
    run(loader)
    assert (people_in(loader), keys(loader.store)) == (tables, objects)
    assert loader.rows("SELECT DISTINCT ID_SUM_IN FROM LOAD_HISTORY WHERE STATUS = 'expired'") == [(0,)]


def people_in(loader: Loader) -> dict[str, list[Row]]:
    """Every row of the tables but those of runs and of the ledger."""
    names = [table for table in ALL if table not in (LOAD_HISTORY, LOAD_BATCHES, PUBLISH_LOCK)]
    return {
        table.name: sorted(loader.rows(f"SELECT * FROM {loader.session.namespace.name_of(table)}"), key=repr)
        for table in names
    }


def test_nothing_expired_is_rendered_again(loader: Loader, planted: Planted) -> None:
    """From pages that someone restores, neither a run nor a replay makes a CSV while they are older than the days."""
    old = next(upload for upload in planted.expired if upload.snapshot_id)
    run(loader)
    put_upload(loader.store, old)
    loader.store.delete(old.key)
    raw, csvs = RawStore(loader.store), CsvInventory(loader.store)
    retained = sum(1 for upload in planted.retained if upload.snapshot_id)
    assert len(list(write_missing_csvs(raw, csvs, 1, CUT))) == 0
    assert len(list(Replay(raw, csvs, 1, write=True, retained_from=CUT).run())) == retained
    assert len(list(Replay(raw, csvs, 1, write=False).run())) == retained + 1


def test_when_everything_is_old_nothing_is_left(loader: Loader, planted: Planted) -> None:
    """Of objects from other sources that were refused, and of those that no load has seen, the upload counts."""
    loader.put("refused", b"no,header\r\n1,2\r\n", account="47", day="2026-02-05")
    loader.load()
    loader.put("pending", planted.uploads[0].body, account="47", day="2026-02-06")
    loader.store.put("glue/results/x.json", b"{}", "application/json")
    expire(reach(loader), DAYS, datetime.now(UTC) + timedelta(days=DAYS + 2))
    assert keys(loader.store) == {"raw/accounts/ann.b.json"}
    rows = {name: len(rows) for name, rows in people_in(loader).items() if rows}
    assert rows.keys() == {"ACCOUNT_SNAPSHOTS", "DAILY_TOTALS"}
    assert loader.rows("SELECT DISTINCT STATUS FROM LOAD_HISTORY") == [("expired",)]


def test_one_object_that_s3_keeps_stops_nothing_else(
    loader: Loader, planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run deletes everything else, and then names what is left."""
    kept = planted.expired[0].key
    delete = loader.store._s3.delete_object

    def refuse(**request: str) -> object:
        if request["Key"] == kept:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "DeleteObject")
        return delete(**request)

    monkeypatch.setattr(loader.store._s3, "delete_object", refuse)
    with told("Objects that have expired and are still in the bucket", "s3:DeleteObject"):
        run(loader)
    assert keys(loader.store) & planted.is_old.keys() == planted.keys_left() | {kept}
    assert loader.tables()["FOLLOWER_SNAPSHOTS"] == history.tables(planted.retained)["FOLLOWER_SNAPSHOTS"]


def test_the_checks_of_everything_pass_afterwards(loader: Loader, planted: Planted, settings: Settings) -> None:
    """All that `verify` asks, and that a run asks of what it has published."""
    run(loader)
    loader.upload("later", row("8", extracted_at="2026-02-09T12:00:00Z"), account="43")
    loader.load()
    step = step_7("ACCOUNTADMIN", "COMPUTE_WH", settings.snowflake.database, "Main")
    given = TableCheckInput(loader.session, loader.store, step, NOW, scope=everything(loader.session))
    for check in FULL_CHECKS:
        assert check(given).passed, check(given)
    assert no_id_is_lost(RereadInput(loader.session, loader.store, NOW)).passed
