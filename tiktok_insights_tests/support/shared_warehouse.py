"""One warehouse for all tests of a folder, emptied before each: making a database costs more than most of the tests."""

import uuid
from collections.abc import Iterator

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Session
from tiktok_insights.tables.definitions import ALL, PUBLISH_LOCK
from tiktok_insights_tests.support.loading import Loader


def empty_tables(session: Session) -> None:
    """Empty all tables; the lock keeps its row, which knows of no users then, no one who was removed, and no cut."""
    for table in ALL:
        if table is not PUBLISH_LOCK:
            session.execute(f"DELETE FROM {session.namespace.name_of(table)}")
    lock = session.namespace.name_of(PUBLISH_LOCK)
    session.execute(f"UPDATE {lock} SET USERS = NULL, SUPPRESSION = NULL, RETAINED_FROM = NULL")


class SharedDatabase:
    """The name of the folder's database."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Let the next test have a new database."""
        self.name = f"DB_{uuid.uuid4().hex[:12].upper()}"


@pytest.fixture(scope="package")
def shared_database() -> SharedDatabase:
    """The folder's database."""
    return SharedDatabase()


@pytest.fixture
def environment(
    environment: dict[str, str], shared_database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The environment of a test, with the folder's database in the place of one of its own."""
    monkeypatch.setenv("SNOWFLAKE_DATABASE", shared_database.name)
    return {**environment, "SNOWFLAKE_DATABASE": shared_database.name}


@pytest.fixture
def session(session: Session) -> Session:
    """One session in the folder's database, with all tables empty."""
    empty_tables(session)
    return session


@pytest.fixture
def loader(store: ObjectStore, session: Session, connect_warehouse: Connect) -> Loader:
    """The test's own bucket, and the folder's warehouse."""
    return Loader(store, session, connect_warehouse)


@pytest.fixture
def altered_tables(shared_database: SharedDatabase) -> Iterator[None]:
    """For a test that alters tables or views: the next test gets a new database."""
    yield
    shared_database.renew()
