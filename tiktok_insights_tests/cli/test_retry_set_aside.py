"""`tiktok-insights retry-set-aside`: a mended object gets another chance."""

import logging

from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.object_store import ObjectStore
from tiktok_insights.staging.batch import Staging
from tiktok_insights.tables import SCHEMA_VERSION
from tiktok_insights.warehouse.publish import publish_passed
from tiktok_insights.warehouse_session import Connect

_KEY = "csv/followers/account=42/dt=2026-01-01/broken.csv"


def load(store: ObjectStore, connect: Connect) -> None:
    """Stage and publish what is pending."""
    log = logging.getLogger(__name__)
    with connect() as session:
        staging = Staging(store, session, 0.01, log)
        staging.stage(staging.listing())
    publish_passed(connect, log)


def set_aside(connect: Connect) -> list[tuple[object, ...]]:
    """What the ledger says of set-aside objects."""
    with connect() as session:
        return session.query("SELECT OBJECT_KEY FROM LOAD_HISTORY WHERE STATUS = 'set aside'")


def test_a_set_aside_object_is_pending_again(store: ObjectStore, connect_warehouse: Connect) -> None:
    """The command names the object; the next load sets it aside anew, as it is still broken."""
    store.put(_KEY, b"no,such,header\n1,2,3\n", "text/csv")
    load(store, connect_warehouse)
    assert set_aside(connect_warehouse) == [(_KEY,)]

    answer = CliRunner().invoke(main, ["retry-set-aside"])
    assert (answer.exit_code, answer.output) == (0, f"Will be tried again: {_KEY}\n")
    assert set_aside(connect_warehouse) == []

    load(store, connect_warehouse)
    assert set_aside(connect_warehouse) == [(_KEY,)]


def test_another_key_is_left_alone(store: ObjectStore, connect_warehouse: Connect) -> None:
    """With a key only that object is forgotten, and an unknown one is said to be unknown."""
    store.put(_KEY, b"no,such,header\n1,2,3\n", "text/csv")
    load(store, connect_warehouse)
    answer = CliRunner().invoke(main, ["retry-set-aside", "csv/other.csv"])
    assert answer.output == "No object with the key csv/other.csv is set aside.\n"
    assert set_aside(connect_warehouse) == [(_KEY,)]


def test_tables_that_drifted_are_an_error_message(connect_warehouse: Connect) -> None:
    """The difference in a sentence, and no traceback."""
    with connect_warehouse() as session:
        session.execute("ALTER TABLE LOAD_HISTORY DROP COLUMN REASON")
    answer = CliRunner().invoke(main, ["retry-set-aside"])
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: In DB_")
    assert f"not the table of version {SCHEMA_VERSION}: column REASON (VARCHAR) is missing." in answer.output
