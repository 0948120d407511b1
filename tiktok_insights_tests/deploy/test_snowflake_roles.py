"""Who reads what after setup.sql, with the marts made by the loading role: readers see nobody's name, analysts do.

The local stack refuses what a role was not granted. That Snowflake does so in the same way, only an account can show.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Session, session_on
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.tables.definitions import ALL, VIEWED
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.deploy.test_snowflake_setup import rendered
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader

pytestmark = pytest.mark.deploy

LOADER, ANALYST, READER = "ROLES_LOADER", "ROLES_ANALYST", "ROLES_READER"
ID = "7423456789012345149"


@contextmanager
def signed_in(connections: Connections, role: str) -> Iterator[Session]:
    """A session with a role."""
    with session_on(
        snowflake.connector.connect(**{**connections.snowflake, "role": role}), connections.namespace
    ) as one:
        yield one


@pytest.fixture
def prepared(connections: Connections, session: Session, store: ObjectStore, connect_warehouse: Connect) -> Namespace:
    """An account where setup.sql was run and one follower was loaded; the loading role has made the marts."""
    names = {"role": LOADER, "analyst_role": ANALYST, "reader_role": READER}
    session.script(rendered("setup.sql", public_key="MIIB", database=session.namespace.database, **names))
    loader = Loader(store, session, connect_warehouse)
    loader.put("a", csv_file(row(ID, uniqueId="planted.handle", nickname="Planted Name")))
    loader.load()
    with signed_in(connections, LOADER) as own:
        marts = Marts(own)
        marts.states(marts.data())
        for mart in all_marts():
            marts.make(mart)
    return session.namespace


def refusal(session: Session, name: str) -> str:
    """What is said to the session's role when it reads; empty if it may."""
    try:
        session.query(f"SELECT * FROM {name}")
    except ProgrammingError as error:
        return f"{error.errno} {error.msg}"
    return ""


def test_each_role_reads_its_views_and_nothing_else(prepared: Namespace, connections: Connections) -> None:
    """No role but the loading one reads a table, least of all the one with the key."""
    views = {*(mart.view for mart in all_marts()), *(table.name for table in VIEWED)}
    of_readers = {f"{prepared.reader_schema}.{name}" for name in views - {"RUN_COSTS"}}
    of_analysts = {f"{prepared.view_schema}.{name}" for name in views}
    tables = {prepared.name_of(table) for table in ALL}
    assert f"{prepared.internal_schema}.READER_KEY" in tables
    for role, may in {LOADER: of_readers | of_analysts | tables, ANALYST: of_analysts, READER: of_readers}.items():
        with signed_in(connections, role) as session:
            said = {name: refusal(session, name) for name in of_readers | of_analysts | tables}
        assert {name for name, text in said.items() if not text} == may, role
        assert all(text.startswith("2003 ") and "not authorized" in text for text in said.values() if text)
    assert_the_same_query_shows_readers_a_pseudonym(prepared, connections)


def assert_the_same_query_shows_readers_a_pseudonym(prepared: Namespace, connections: Connections) -> None:
    """With the schema of the session changed, and nothing else; an analyst sees who it is."""
    query = "SELECT TIKTOK_ID, USER_NAME, NICK_NAME, FOLLOWERS FROM FOLLOWERS_BY_USER"
    seen = {}
    for role, schema in ((ANALYST, prepared.view_schema), (READER, prepared.reader_schema)):
        with signed_in(connections, role) as session:
            session.execute(f"USE SCHEMA {schema}")
            (seen[role],) = session.query(query)
    assert seen[ANALYST][:3] == (ID, "planted.handle", "Planted Name")
    assert [text.partition("-")[0] for text in seen[READER][:3]] == ["user", "handle", "name"]
    assert seen[ANALYST][3] == seen[READER][3]
