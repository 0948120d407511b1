"""Old snapshots expire everywhere: what is left is what the retained ones show, and nothing comes back.

The expectations are an oracle's in plain Python, of the objects that were planted and are not old.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Row, Session
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.lake.replay import Replay
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.expiring import required_days
from tiktok_insights.retention.expiry import Expired, Reach, Renewing, expire, look
from tiktok_insights.retention.warehouse import expire_rows
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.staging.open_snapshots import record_open_snapshots
from tiktok_insights.staging.staging_result import as_published, result_of
from tiktok_insights.tables.definitions import ALL, LOAD_BATCHES, LOAD_HISTORY, PUBLISH_LOCK
from tiktok_insights.warehouse.full_checks import FULL_CHECKS
from tiktok_insights.warehouse.lost_ids import RereadInput, no_id_is_lost
from tiktok_insights.warehouse.scope import everything
from tiktok_insights.warehouse.table_checks import TableCheckInput, every_account_is_fresh, step_7
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.loading import Loader, put_in_parts, put_upload
from tiktok_insights_tests.support.planted_snapshots import CUT, DAYS, NOW, Planted, ours
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.warehouse_contents import contents

pytestmark = pytest.mark.people

NOTHING = Renewing(lambda: False, nullcontext)
LEDGER = (
    "SELECT OBJECT_KEY, STATUS, REASON, ROWS_IN, ID_SUM_IN, ID_SUM_STAGED, ID_SUM_DUPLICATE, ID_SUM_REJECTED "
    "FROM LOAD_HISTORY ORDER BY 1"
)


def without_first(spell: tuple[object, ...]) -> tuple[object, ...]:
    """The spell of a user who was first seen before the retained history."""
    return (*spell[:3], None, None, *spell[5:])


def run(loader: Loader, days: int = DAYS) -> Expired:
    """Let snapshots expire, on the session that is open."""
    return expire(reach(loader), days, NOW)


def reach(loader: Loader) -> Reach:
    """What a retention run reaches here."""

    def connect() -> AbstractContextManager[Session]:
        return nullcontext(loader.session)

    return Reach(loader.store, connect, nullcontext, NOTHING)


class TwiceSession(Session):
    """A session whose client sends a statement again, as after an answer that was lost."""

    def __init__(self, session: Session, beginning: str) -> None:
        self._session = session
        self.namespace = session.namespace
        self._beginning = beginning

    def table(self, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[Row]]:
        """Run a statement that changes nothing."""
        return self._session.table(sql, values)

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement, and that one twice."""
        if sql.strip().startswith(self._beginning):
            self._session.execute(sql, values)
        return self._session.execute(sql, values)


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
    """Objects, rows of users and spells are those of the retained snapshots alone; counts of all snapshots stay.

    A statement that runs twice, as after an answer that was lost, is noticed, and the tables stay as they were.
    """
    before, ledger = loader.tables(), loader.rows(LEDGER)
    quarantined = {key for key in keys(loader.store) if key.startswith("quarantine/csv/")}
    assert len(quarantined) == 2
    said = look(loader.store, lambda: nullcontext(loader.session), DAYS, NOW)
    with told("<number> rows were left in TIKTOK_DATA", "for 4 users"):
        expire_rows(lambda: nullcontext(TwiceSession(loader.session, "INSERT INTO TIKTOK_DATA")), CUT)
    assert loader.tables() == before
    done = run(loader)
    assert (done, done.retained_from) == (said, CUT)

    expected, found = history.tables(planted.retained), loader.tables()
    for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS"):
        assert found[table] == expected[table], table
    assert sorted(found["PRESENCE_SPELLS"], key=repr) == sorted(
        (spell if spell[:2] == ("42", "4") else without_first(spell) for spell in expected["PRESENCE_SPELLS"]), key=repr
    )
    assert found["ACCOUNT_SNAPSHOTS"] == [row for row in before["ACCOUNT_SNAPSHOTS"] if "account=45/" not in row[0]]
    assert keys(loader.store) == planted.keys_left() | {key for key in quarantined if "/new.csv" in key}
    assert loader.rows(f"SELECT USERS FROM {loader.session.namespace.name_of(PUBLISH_LOCK)}") == [(4,)]
    assert loader.rows(LEDGER) == [
        (row[0], "expired", None, row[3], 0, 0, 0, 0) if planted.is_old[row[0]] else row for row in ledger
    ]
    # Users 2 and 9 were missed twice, the first time before the cut.
    kept = loader.rows("SELECT ACCOUNT_ID, SUM(FIRST_SEEN), SUM(GONE) FROM DAILY_TOTALS GROUP BY 1 ORDER BY 1")
    assert [tuple(map(int, row)) for row in kept] == [(42, 4, 2), (43, 2, 0), (44, 3, 0)]


def test_a_second_run_writes_nothing_and_nothing_comes_back(loader: Loader, planted: Planted) -> None:
    """However rows that have expired are uploaded again, they reach no table, and the next run deletes the object.

    Staged before; under the same key; with another ETag, as multipart; with other bytes; under another key; and when
    more days are kept than before.
    """
    planted.add(ours("42", "2026-01-30T12", ("1", "8")))
    loader.stage()
    run(loader)
    tables, objects = contents(loader.session), list(loader.store.list(""))
    for days in (DAYS, 1000):
        assert run(loader, days).total == 0
    assert contents(loader.session) == tables
    assert list(loader.store.list("")) == objects

    people = people_in(loader)
    same, parts, changed, copied, *_ = planted.expired
    loader.store.put(same.key, same.body, "text/csv")
    loader.store.put(parts.key, parts.body, "text/csv")
    put_in_parts(loader.store, parts.key)
    loader.store.put(changed.key, changed.body + b"\r\n", "text/csv")
    loader.put("copy", copied.body, day="2026-02-08")
    staged = result_of(loader.staging().stage(loader.listing()))
    assert [(done.objects, done.loaded) for done in loader.publish()] == [(1, 0), (3, 0)]
    report = as_published(loader.session, staged)
    assert (staged.objects_loaded, report.objects_loaded) == (3, 0)
    assert {(one.status, one.reason[:31]) for one in report.objects} == {("expired", "it is older than the retained h")}
    assert people_in(loader) == people
    run(loader)
    assert (people_in(loader), list(loader.store.list(""))) == (people, objects)
    assert loader.rows("SELECT DISTINCT ID_SUM_IN FROM LOAD_HISTORY WHERE STATUS = 'expired'") == [(0,)]


def people_in(loader: Loader) -> dict[str, list[Row]]:
    """Every row of the tables that people read, but for those of runs and of the ledger."""
    names = [table for table in ALL if table not in (LOAD_HISTORY, LOAD_BATCHES) and not table.is_internal]
    return {
        table.name: sorted(loader.rows(f"SELECT * FROM {loader.session.namespace.name_of(table)}"), key=repr)
        for table in names
    }


def test_nothing_expired_is_rendered_again(loader: Loader) -> None:
    """From pages that someone restores, neither a run nor a replay makes a CSV while they are older than the days."""
    for hour in ("2026-01-31T12", "2026-02-01T00"):
        upload = put_upload(loader.store, ours("42", hour, ("1",)))
        loader.store.delete(upload.key)
    raw, csvs = RawStore(loader.store), CsvInventory(loader.store)
    made = list(write_missing_csvs(raw, csvs, 1, CUT))
    assert [one.snapshot.moment for one in made] == [CUT]
    assert [one.csv.snapshot.moment for one in Replay(raw, csvs, 1, write=True, retained_from=CUT).run()] == [CUT]
    assert len(list(Replay(raw, csvs, 1, write=False).run())) == 2


def test_when_everything_is_old_nothing_is_left(loader: Loader) -> None:
    """Of objects from other sources that were refused, and of those that no load has seen, the upload counts."""
    body = put_upload(loader.store, ours("42", "2026-01-31T12", ("1",))).body
    loader.put("refused", b"no,header\r\n1,2\r\n", account="47", day="2026-02-05")
    loader.load()
    loader.put("pending", body, account="47", day="2026-02-06")
    loader.store.put("glue/results/x.json", b"{}", "application/json")
    RawStore(loader.store).remember_account("ann.b", "42")
    expire(reach(loader), DAYS, datetime.now(UTC) + timedelta(days=DAYS + 2))
    assert keys(loader.store) == {"raw/accounts/ann.b.json"}
    rows = {name: len(rows) for name, rows in people_in(loader).items() if rows}
    assert rows == {"ACCOUNT_SNAPSHOTS": 1, "DAILY_TOTALS": 1}
    assert loader.rows("SELECT DISTINCT STATUS FROM LOAD_HISTORY") == [("expired",)]


def test_what_s3_keeps_stops_nothing_else_and_all_checks_pass(
    loader: Loader, planted: Planted, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """The run deletes everything else and names what is left; then a load, and all that `verify` asks, are fine."""
    kept = planted.expired[0].key
    delete = loader.store._s3.delete_object

    def refuse(**request: Any) -> object:
        if request["Key"] == kept:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "DeleteObject")
        return delete(**request)

    with monkeypatch.context() as patched:
        patched.setattr(loader.store._s3, "delete_object", refuse)
        with told("Objects that have expired and are still in the bucket", "s3:DeleteObject"):
            run(loader)
    assert keys(loader.store) & planted.is_old.keys() == planted.keys_left() | {kept}
    assert loader.tables()["FOLLOWER_SNAPSHOTS"] == history.tables(planted.retained)["FOLLOWER_SNAPSHOTS"]

    loader.upload("later", row("8", extracted_at="2026-02-09T12:00:00Z"), account="43")
    loader.load()
    step = step_7("ACCOUNTADMIN", "COMPUTE_WH", settings.snowflake.database, "Main")
    given = TableCheckInput(loader.session, loader.store, step, NOW, scope=everything(loader.session))
    for check in FULL_CHECKS:
        assert check(given).passed, check(given)
    assert no_id_is_lost(RereadInput(loader.session, loader.store, NOW)).passed
    assert [offender[:5] for offender in every_account_is_fresh(given).offenders] == ["ann.b", "ann.b", "44: n"]


def test_without_the_setting_nothing_expires() -> None:
    """The command and the job say so."""
    with told("TIKTOK_RETENTION_DAYS is empty"):
        required_days(read_settings({}))
