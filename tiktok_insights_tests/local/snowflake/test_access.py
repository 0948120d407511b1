"""Roles on the local Snowflake: each reads and changes what it was granted, and is refused the rest as by Snowflake."""

from collections.abc import Callable

import pytest
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import ProgrammingError

Connect = Callable[..., SnowflakeConnection]

#: A role that owns, and one that reads the views of one schema; also those that come later.
SETUP = """
CREATE DATABASE IF NOT EXISTS LIMITS; CREATE SCHEMA IF NOT EXISTS LIMITS.SEEN; CREATE SCHEMA IF NOT EXISTS LIMITS.KEPT;
CREATE TABLE IF NOT EXISTS LIMITS.KEPT.T (A VARCHAR); INSERT INTO LIMITS.KEPT.T SELECT 'secret';
CREATE OR REPLACE VIEW LIMITS.SEEN.OLD AS SELECT UPPER(A) AS A FROM LIMITS.KEPT.T;
GRANT OWNERSHIP ON SCHEMA LIMITS.SEEN TO ROLE MAKER COPY CURRENT GRANTS;
GRANT OWNERSHIP ON SCHEMA LIMITS.KEPT TO ROLE MAKER COPY CURRENT GRANTS;
GRANT USAGE ON DATABASE LIMITS TO ROLE MAKER; GRANT USAGE ON DATABASE LIMITS TO ROLE VIEWER;
GRANT USAGE ON SCHEMA LIMITS.SEEN TO ROLE VIEWER;
GRANT SELECT ON ALL VIEWS IN SCHEMA LIMITS.SEEN TO ROLE VIEWER;
GRANT SELECT ON FUTURE VIEWS IN SCHEMA LIMITS.SEEN TO ROLE VIEWER;
GRANT ROLE VIEWER TO ROLE ABOVE
"""


@pytest.fixture
def prepared(connect: Connect) -> Connect:
    """Sessions in the schema with the table, each with a role."""
    connect().execute_string(SETUP)

    def with_role(role: str) -> SnowflakeConnection:
        return connect(role=role, database="LIMITS", schema="KEPT")

    return with_role


def refused(session: SnowflakeConnection, statement: str) -> str:
    """What Snowflake says; the number is that of an object that does not exist or may not be seen."""
    with pytest.raises(ProgrammingError) as raised:
        session.cursor().execute(statement)
    assert raised.value.errno == 2003
    return str(raised.value)


def rows(session: SnowflakeConnection, statement: str) -> list[object]:
    """The rows of a statement."""
    return list(session.cursor().execute(statement).fetchall())  # type: ignore[union-attr]


def test_a_role_reads_views_that_it_was_granted_and_not_what_is_behind_them(prepared: Connect) -> None:
    """Those that were there and those that come; what the view reads, its owner may read."""
    viewer, maker = prepared("VIEWER"), prepared("MAKER")
    maker.cursor().execute("CREATE OR REPLACE SECURE VIEW SEEN.NEW COPY GRANTS AS SELECT A FROM KEPT.T")
    for session in (viewer, prepared("ABOVE")):
        assert rows(session, "SELECT A FROM SEEN.OLD")[0] == ("SECRET",)
        assert rows(session, "WITH n AS (SELECT A FROM LIMITS.SEEN.NEW) SELECT * FROM n")[0] == ("secret",)
        said = refused(session, "SELECT o.A FROM SEEN.OLD AS o JOIN KEPT.T AS t ON t.A = o.A")
        assert "Schema 'LIMITS.KEPT' does not exist or not authorized." in said
        refused(session, "SELECT (SELECT MAX(A) FROM T) AS A")
        refused(session, "CREATE OR REPLACE VIEW SEEN.OLD AS SELECT A FROM KEPT.T")
        refused(session, "DELETE FROM KEPT.T")
    assert rows(maker, "SELECT A FROM T")[0] == ("secret",)
    secure = "SELECT TABLE_NAME, IS_SECURE FROM information_schema.views WHERE TABLE_SCHEMA = 'SEEN' ORDER BY 1"
    assert rows(maker, secure) == [("NEW", "YES"), ("OLD", "NO")]


def test_what_a_role_may_read_it_may_not_change(prepared: Connect) -> None:
    """SELECT on a table allows no INSERT; a table of the same schema that was not granted is named."""
    maker, writer = prepared("MAKER"), prepared("WRITER")
    maker.execute_string(
        "CREATE TABLE IF NOT EXISTS KEPT.OTHER (A VARCHAR); GRANT USAGE ON DATABASE LIMITS TO ROLE WRITER; "
        "GRANT USAGE ON SCHEMA LIMITS.KEPT TO ROLE WRITER; GRANT SELECT ON TABLE LIMITS.KEPT.T TO ROLE WRITER"
    )
    assert rows(writer, "SELECT A FROM T")[0] == ("secret",)
    assert "Object 'LIMITS.KEPT.OTHER' does not exist or not authorized." in refused(writer, "SELECT * FROM OTHER")
    refused(writer, "INSERT INTO T SELECT A FROM T")
    maker.cursor().execute("GRANT INSERT ON TABLE LIMITS.KEPT.T TO ROLE WRITER")
    assert rows(writer, "INSERT INTO T SELECT A FROM T WHERE 1 = 0") == [(0,)]
    writer.cursor().execute("USE ROLE ACCOUNTADMIN")
    assert rows(writer, "SELECT COUNT(*) FROM OTHER") == [(0,)]
