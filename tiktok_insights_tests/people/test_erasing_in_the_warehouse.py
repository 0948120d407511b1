"""A person's rows go from every table in one step, and nothing else changes; the ledger fits the CSVs without them."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from snowflake.connector.errors import OperationalError

from tiktok_insights.clients.snowflake_session import Connect, Row, Session
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.people.erasing.bucket_csv import prepare_csvs
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.ledger import UNKNOWN
from tiktok_insights.people.erasing.texts import without_names
from tiktok_insights.people.erasing.warehouse import erase_in_warehouse
from tiktok_insights.people.erasing.warehouse_search import found_in_warehouse
from tiktok_insights.staging.batch import Batch, Staging
from tiktok_insights.staging.content import known_contents
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.suppression.hashes import NOBODY
from tiktok_insights.tables.definitions import ALL, STAGED_OBJECTS, STAGED_TIKTOK_DATA
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights.warehouse.full_checks import FULL_CHECKS
from tiktok_insights.warehouse.lost_ids import RereadInput, no_id_is_lost
from tiktok_insights.warehouse.scope import mark_checked, unchecked
from tiktok_insights.warehouse.table_checks import TableCheckInput, no_object_is_refused, step_7
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.cut_csvs import CutCsv
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import Loader, put_upload
from tiktok_insights_tests.support.suppressed_files import ANN, LIST
from tiktok_insights_tests.support.warehouse_contents import Killed, MortalSession

pytestmark = pytest.mark.people

SIGN = "the person"
NOON, LATE = "2026-01-31T12:00:00Z", "2026-01-31T13:00:00Z"
TABLES_WITH_ROWS = {"PUBLIC.TIKTOK_DATA": 1, "PUBLIC.FOLLOWER_SNAPSHOTS": 3, "PUBLIC.PRESENCE_SPELLS": 2}
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def ann(**texts: str) -> str:
    """A row of the person who is removed."""
    return row(ANN, **{"nickname": SIGN, **texts})


@pytest.fixture
def loaded(loader: Loader) -> list[Upload]:
    """A follower of two accounts, twice in one object, under two handles; and an object that she is not in."""
    uploads = [
        loader.upload("a", row("1", extracted_at=LATE), ann(list_position="7"), row("2"), ann(), row("x")),
        loader.upload("b", row("2", extracted_at=LATE), ann(uniqueId="new.ann", extracted_at=LATE), row(f"{ANN}0")),
        loader.upload("c", row("3"), ann(uniqueId="new.ann"), account="43"),
        loader.upload("d", row("1"), row(ANN[:-1]), account="43"),
    ]
    loader.load()
    return uploads


def cut(loader: Loader, uploads: list[Upload]) -> list[CutCsv]:
    """The objects that have the person."""
    csvs = [CutCsv(loader.store, upload.key, upload.body, SIGN) for upload in uploads]
    return [csv for csv in csvs if csv.body != csv.old]


def on(session: Session) -> Connect:
    """A log-in costs as much as a load."""
    return lambda: nullcontext(session)


def erase(loader: Loader, csvs: list[CutCsv]) -> list[Cleaned]:
    """On the session that is open."""
    return erase_in_warehouse(on(loader.session), LIST, [ANN], csvs)


def load_again(loader: Loader) -> list[Batch]:
    """What the next run does, which has read the list."""
    engine = LocalEngine(loader.store, loader.session, LIST)
    batches = Staging(loader.store, loader.session, 1.0, loader.log, engine=engine).stage(loader.listing())
    loader.publish()
    return batches


def rows_of(loader: Loader) -> dict[str, list[Row]]:
    """All tables, in one order; but for the lock's holder."""
    names = [loader.session.namespace.name_of(table) for table in ALL]
    return {name: sorted(loader.rows(f"SELECT * FROM {name}"), key=repr) for name in names if "LOCK" not in name}


def ask(loader: Loader) -> TableCheckInput:
    """What `verify` asks."""
    statements = step_7("ACCOUNTADMIN", "COMPUTE_WH", loader.session.namespace.database, "Main")
    given = TableCheckInput(loader.session, loader.store, statements, NOW)
    return replace(given, scope=replace(given.scope, objects=1, is_everything=True))


def assert_all_green(loader: Loader) -> None:
    """Every check of the tables, and the bucket read again."""
    outcomes = [check(ask(loader)) for check in (*FULL_CHECKS, no_object_is_refused)]
    outcomes.append(no_id_is_lost(RereadInput(loader.session, loader.store, NOW)))
    assert {outcome.name: outcome.offenders for outcome in outcomes if outcome.offenders} == {}


def test_the_tables_are_as_if_the_person_had_never_been_in_the_files(loader: Loader, loaded: list[Upload]) -> None:
    """The oracle's tables of the cut files, ledger included; others' rows are the same, and all checks are green."""
    kept = "SELECT OBJECT_KEY, FIRST_MODIFIED, LOADED_AT, BATCH_ID FROM LOAD_HISTORY ORDER BY 1"
    ledger = loader.rows(kept)
    of_objects = ("LOAD_", "ACCOUNT_SNAPSHOTS")
    others = [
        line for line in history.lines(loader.tables()) if ANN + "'" not in line and not line.startswith(of_objects)
    ]
    csvs = cut(loader, loaded)
    removed = {item.place: item.copies for item in erase(loader, csvs)}
    assert removed == TABLES_WITH_ROWS
    for csv in csvs:
        assert loader.store.get(csv.key).body == csv.body
    bodies = {csv.key: csv.body for csv in csvs}
    expected = history.tables(replace(upload, body=bodies.get(upload.key, upload.body)) for upload in loaded)
    found = loader.tables()
    same = ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS", "ACCOUNT_SNAPSHOTS", "PRESENCE_SPELLS", "LOAD_HISTORY")
    assert {name: found[name] for name in same} == {name: expected[name] for name in same}
    assert set(others) <= set(history.lines(found))
    assert loader.rows(kept) == ledger
    assert loader.rows("SELECT USERS, SUPPRESSION FROM TIKTOK_INTERNAL.PUBLISH_LOCK") == [
        (len(found["TIKTOK_DATA"]), LIST.fingerprint)
    ]
    assert_all_green(loader)
    assert load_again(loader) == []


def test_the_buckets_own_csvs_fit_the_ledger(loader: Loader, loaded: list[Upload], tmp_path: Path) -> None:
    """As prepared from the bucket, also after a process that had written one and died: the same ledger, all green."""
    keys = [upload.key for upload in loaded]
    known = known_contents(loader.session, keys)
    prepare_csvs(loader.store, LIST, tmp_path / "first", contents=known).csvs[0].put()
    prepared = prepare_csvs(loader.store, LIST, tmp_path / "second", contents=known)
    removed = erase_in_warehouse(on(loader.session), LIST, [ANN], prepared.csvs)
    assert {item.place: item.copies for item in removed} == TABLES_WITH_ROWS
    bodies = {csv.key: csv.body for csv in cut(loader, loaded)}
    expected = history.tables(replace(upload, body=bodies.get(upload.key, upload.body)) for upload in loaded)
    found = loader.tables()
    same = ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS", "PRESENCE_SPELLS", "LOAD_HISTORY")
    assert {name: found[name] for name in same} == {name: expected[name] for name in same}
    assert_all_green(loader)


def test_a_second_time_changes_nothing(loader: Loader, loaded: list[Upload]) -> None:
    """As when it was killed after the commit: nothing is left to remove, and the CSVs are found written."""
    csvs = cut(loader, loaded)
    erase(loader, csvs)
    once = rows_of(loader)
    assert erase(loader, csvs) == []
    assert erase(loader, []) == []
    assert rows_of(loader) == once


class FragileSession(Session):
    """A session on which every statement that changes something runs twice, and COMMIT may get no answer."""

    def __init__(self, session: Session, *, commits: bool | None = None) -> None:
        self._session = session
        self.namespace = session.namespace
        self._commits = commits

    def table(self, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[Row]]:
        """Run a statement that changes nothing."""
        return self._session.table(sql, values)

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement, and again if it is part of a transaction."""
        if sql == "COMMIT" and self._commits is not None:
            self._session.execute("COMMIT" if self._commits else "ROLLBACK")
            raise OperationalError(msg="No answer.")
        rows = self._session.execute(sql, values)
        return rows if sql in ("BEGIN", "COMMIT", "ROLLBACK") else self._session.execute(sql, values)


@pytest.mark.parametrize("commits", [None, True])
def test_every_answer_may_be_lost(loader: Loader, loaded: list[Upload], commits: bool | None) -> None:
    """Each statement runs twice, and COMMIT may get no answer: what was removed is counted once."""
    session = FragileSession(loader.session, commits=commits)
    removed = erase_in_warehouse(on(session), LIST, [ANN], cut(loader, loaded))
    assert {item.place: item.copies for item in removed} == TABLES_WITH_ROWS
    assert_all_green(loader)


def test_a_commit_that_did_not_arrive_is_an_error(loader: Loader, loaded: list[Upload]) -> None:
    """The tables are as they were."""
    before = rows_of(loader)
    session = FragileSession(loader.session, commits=False)
    with pytest.raises(OperationalError):
        erase_in_warehouse(on(session), LIST, [ANN], cut(loader, loaded))
    assert rows_of(loader) == before


@pytest.mark.full
def test_whoever_is_killed_leaves_the_tables_as_they_were(loader: Loader, loaded: list[Upload]) -> None:
    """Before each statement in turn, with more and more CSVs written: the next attempt comes to the same end."""
    before = rows_of(loader)
    csvs = cut(loader, loaded)
    statements = 0
    while True:
        mortal = MortalSession(loader.session, statements)
        try:
            removed = erase_in_warehouse(on(mortal), LIST, [ANN], csvs)
            break
        except Killed:
            loader.session.execute("ROLLBACK")
        assert rows_of(loader) == before
        statements += 1
    assert statements > len(csvs) + len(TABLES_WITH_ROWS)
    assert {item.place: item.copies for item in removed} == TABLES_WITH_ROWS
    assert_all_green(loader)


def test_what_waits_for_its_publication_is_staged_again_without_the_person(
    loader: Loader, loaded: list[Upload]
) -> None:
    """A batch that passed before: nobody publishes it, none of it is left, and the next run loads the others' rows."""
    waiting = loader.upload("e", row("5"), ann(), account="43")
    loader.stage()
    erase(loader, [*cut(loader, loaded), *cut(loader, [waiting])])
    for table in (STAGED_OBJECTS, STAGED_TIKTOK_DATA):
        assert loader.rows(f"SELECT * FROM {loader.session.namespace.name_of(table)}") == []
    assert loader.publish() == []
    load_again(loader)
    assert loader.rows("SELECT TIKTOK_ID FROM FOLLOWER_SNAPSHOTS WHERE OBJECT_KEY LIKE '%/e.csv'") == [("5",)]
    assert_all_green(loader)


def test_no_sum_is_left_of_a_content_that_is_in_no_table(loader: Loader, loaded: list[Upload]) -> None:
    """Neither of a version that was superseded nor of a refused one; what had the person and was refused is pending."""
    loader.upload("d", row("1"), account="43")
    refused = loader.upload("r", ann(extracted_at="no time"), row("y"), row("6"))
    loader.load(max_rejected_share=0.1)
    statuses = {status for (status,) in loader.rows("SELECT STATUS FROM LOAD_HISTORY")}
    assert statuses == {LoadStatus.LOADED, LoadStatus.REFUSED, LoadStatus.SUPERSEDED}
    erase(loader, cut(loader, [*loaded, refused]))
    assert {status for (status,) in loader.rows("SELECT STATUS FROM LOAD_HISTORY")} == {LoadStatus.LOADED}
    load_again(loader)
    assert_all_green(loader)


def test_an_object_that_is_gone_loses_what_tells_whose_rows_it_had(loader: Loader, loaded: list[Upload]) -> None:
    """Its ledger says what is in the tables; the same file, uploaded again, is new, and loses the row in the load."""
    gone = loaded[0]
    loader.store.delete(gone.key)
    erase(loader, cut(loader, loaded[1:]))
    columns = "ETAG, LATEST_ETAG, CONTENT_SHA256, ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, ROWS_REJECTED"
    assert loader.ledger(columns)["a"] == (UNKNOWN, UNKNOWN, UNKNOWN, 2, 2, 0, 0)
    assert_all_green(loader)
    before = loader.rows("SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID")
    put_upload(loader.store, gone)
    (batch,) = load_again(loader)
    assert batch.objects[0].counts.suppressed == 2
    assert loader.rows("SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID") == before


def test_the_next_run_checks_what_was_changed(loader: Loader, loaded: list[Upload]) -> None:
    """And so makes the marts' pages and the dashboard again, which depend on it."""
    mark_checked(loader.session, unchecked(loader.session), NOW)
    data = Marts(loader.session).data()
    assert unchecked(loader.session).objects == 0
    erase(loader, cut(loader, loaded))
    assert unchecked(loader.session).objects == len(loaded)
    assert Marts(loader.session).data() != data


def test_who_is_in_tables_and_marts_is_found_there_until_erased(loader: Loader, loaded: list[Upload]) -> None:
    """With the number of rows; the marts fit the tables afterwards. With nobody on the list, no one is found."""
    marts = Marts(loader.session)
    for mart in all_marts():
        marts.make(mart)
    found = {item.place: item.copies for item in found_in_warehouse(loader.session, LIST)}
    assert found.items() >= TABLES_WITH_ROWS.items()
    assert found["MAIN.LISTED_FOLLOWERS"] == 2
    assert not any(item.copies for item in found_in_warehouse(loader.session, NOBODY))
    erase(loader, cut(loader, loaded))
    assert not any(item.copies for item in found_in_warehouse(loader.session, LIST))
    measured = marts.measure(all_marts())
    assert {name: each.finding.offenders for name, each in measured.items() if each.finding.offenders} == {}


TEXTS = {
    "such as 7423456789012345149 and 7423456789012345150": "such as [removed] and 7423456789012345150",
    "174234567890123451491": "174234567890123451491",
    "line 1, column 1 is 'Ann.Lee', not 'Tiktok_id'": "line 1, column 1 is '[removed]', not 'Tiktok_id'",
    '{"a": ["k: 1 ID, such as 7423\\u20265149"]}': '{"a": ["k: 1 ID, such as [removed]"]}',
    "the row of user 7423…5149, or 97423…5149": "the row of user [removed], or 97423…5149",
    "12 rows of 'ann.leech'": "12 rows of 'ann.leech'",
}


def test_texts_lose_the_names_of_removed_people(loader: Loader, loaded: list[Upload]) -> None:
    """As an ID, quoted, or shortened; what only looks like it stays."""
    assert [without_names(text, LIST, [ANN]) for text in TEXTS] == list(TEXTS.values())
    for number, column in enumerate(("LOAD_HISTORY SET REASON", "LOAD_BATCHES SET CHECKS")):
        loader.session.execute(f"UPDATE {column} = ?", (list(TEXTS)[3 * number],))
    loader.session.execute("UPDATE ACCOUNT_SNAPSHOTS SET OUTCOME_REASON = ?", (list(TEXTS)[2],))
    removed = {item.place: item.copies for item in erase(loader, cut(loader, loaded))}
    assert removed.items() >= {"PUBLIC.LOAD_HISTORY.REASON": 4, "PUBLIC.LOAD_BATCHES.CHECKS": 1}.items()
    assert loader.rows("SELECT DISTINCT REASON FROM LOAD_HISTORY") == [(next(iter(TEXTS.values())),)]
    assert loader.rows("SELECT CHECKS FROM LOAD_BATCHES") == [(TEXTS[list(TEXTS)[3]],)]
    assert loader.rows("SELECT DISTINCT OUTCOME_REASON FROM ACCOUNT_SNAPSHOTS") == [(TEXTS[list(TEXTS)[2]],)]
