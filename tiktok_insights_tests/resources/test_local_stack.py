"""How the warehouse's client waits for the local stack. What it does when that is gone: `test_stack_killed`."""

from contextlib import suppress
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector import network
from snowflake.connector.errors import OperationalError

from tiktok_insights.clients.snowflake_session import session_on
from tiktok_insights.local.snowflake.chunks import ROWS_IN_A_CHUNK
from tiktok_insights.resources.local_clients import LocalConnection
from tiktok_insights.resources.opening import open_session, snowflake_arguments
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.troubleshooting import told

#: It takes a hundred times as long as the connector is let wait.
SLOW = "SELECT COUNT(SEQ8()) FROM TABLE(GENERATOR(ROWCOUNT => 3000000))"


def times_sent(connections: Connections, arguments: dict[str, Any], patch: pytest.MonkeyPatch) -> int:
    """How often one statement is sent when the connector's own patience, usually a minute, is a millisecond."""
    connection = snowflake.connector.connect(**arguments)
    with session_on(connection, connections.namespace) as session, patch.context() as impatient:
        impatient.setattr(network, "DEFAULT_SOCKET_CONNECT_TIMEOUT", 0.001)
        requests = Requests()
        with requests.watched(), suppress(OperationalError):
            session.query(SLOW)
    return len([name for name in requests.names if SLOW.startswith(name)])


def test_a_statement_is_sent_once_however_long_it_takes(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stack answers when a statement is done; one that is sent again meanwhile would run twice."""
    without = {name: value for name, value in connections.snowflake.items() if name != "socket_timeout"}
    assert times_sent(connections, without, monkeypatch) > 1
    assert times_sent(connections, connections.snowflake, monkeypatch) == 1


def test_a_result_that_was_dropped_while_its_client_paused(settings: Settings) -> None:
    """The session says so at once, not that the stack has stopped, and runs the next statement."""
    large = f"SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => {ROWS_IN_A_CHUNK + 1}))"
    with (
        LocalConnection(**snowflake_arguments(settings.snowflake)) as connection,
        open_session(settings.snowflake, "test") as other,
        connection.cursor() as cursor,
    ):
        cursor.execute(large)
        for _ in range(33):
            other.count_rows(large, first_only=True)
        with told("<number>: The local stack has dropped a large result"):
            cursor.fetchall()
        cursor.execute(large)
        assert len(cursor.fetchall()) == ROWS_IN_A_CHUNK + 1
