"""A person's rows go from every table in one step, and nothing else changes; the ledger fits the CSVs without them."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from snowflake.connector.errors import Error

from tiktok_insights.clients.snowflake_session import Row
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.lake.listing import Listing
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.texts import without_names
from tiktok_insights.people.erasing.warehouse import UNKNOWN, erase_in_warehouse
from tiktok_insights.people.erasing.warehouse_search import found_in_warehouse
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.suppression import NOBODY
from tiktok_insights.tables.definitions import ALL
from tiktok_insights.warehouse.full_checks import FULL_CHECKS
from tiktok_insights.warehouse.lost_ids import RereadInput, no_id_is_lost
from tiktok_insights.warehouse.scope import mark_checked, unchecked
from tiktok_insights.warehouse.table_checks import TableCheckInput, no_object_is_refused, step_7
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.cut_csvs import CutCsv
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.suppressed_files import ANN, LIST

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


def erase(loader: Loader, csvs: list[CutCsv]) -> list[Cleaned]:
    """On the session that is open."""
    return erase_in_warehouse(lambda: nullcontext(loader.session), LIST, [ANN], csvs)


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
    """Every check of the tables and the marts, and the bucket read again."""
    outcomes = [check(ask(loader)) for check in (*FULL_CHECKS, no_object_is_refused)]
    outcomes.append(no_id_is_lost(RereadInput(loader.session, loader.store, NOW)))
    marts = Marts(loader.session)
    for mart in all_marts():
        marts.make(mart)
    measured = marts.measure(all_marts())
    found = {outcome.name: outcome.offenders for outcome in outcomes}
    found |= {name: each.finding.offenders for name, each in measured.items()}
    assert {name: offenders for name, offenders in found.items() if offenders} == {}


def test_the_tables_are_as_if_the_person_had_never_been_in_the_files(loader: Loader, loaded: list[Upload]) -> None:
    """The oracle's tables of the cut files, ledger included; others' rows are the same, and all checks are green."""
    before = rows_of(loader)
    others = [line for line in history.lines(loader.tables()) if ANN + "'" not in line and "LOAD_" not in line]
    csvs = cut(loader, loaded)
    removed = {item.place: item.copies for item in erase(loader, csvs)}
    assert removed == TABLES_WITH_ROWS
    for csv in csvs:
        assert loader.store.get(csv.key).body == csv.body
    bodies = {csv.key: csv.body for csv in csvs}
    expected = history.tables(replace(upload, body=bodies.get(upload.key, upload.body)) for upload in loaded)
    found = loader.tables()
    # Of an account, how many were seen stays.
    same = ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS", "PRESENCE_SPELLS", "LOAD_HISTORY")
    assert {name: found[name] for name in same} == {name: expected[name] for name in same}
    assert found["ACCOUNT_SNAPSHOTS"] == before["PUBLIC.ACCOUNT_SNAPSHOTS"]
    assert set(others) <= set(history.lines(found))
    kept = "SELECT OBJECT_KEY, FIRST_MODIFIED, LOADED_AT, BATCH_ID FROM LOAD_HISTORY"
    ledger = [loader_row for loader_row in before["PUBLIC.LOAD_HISTORY"]]
    assert {(each[0], *each[-3:-1]) for each in ledger} == {(key, batch, at) for key, _, at, batch in loader.rows(kept)}
    assert loader.rows("SELECT USERS, SUPPRESSION FROM TIKTOK_INTERNAL.PUBLISH_LOCK") == [
        (len(found["TIKTOK_DATA"]), LIST.fingerprint)
    ]
    assert_all_green(loader)
    assert found_in_warehouse(loader.session, LIST) == []
    staging = Staging(loader.store, loader.session, 1.0, loader.log, engine=LocalEngine(loader.store, loader.session))
    assert staging.stage(loader.listing()) == []
