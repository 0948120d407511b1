"""The lock that whoever changes the ledger takes first."""

import pytest
from snowflake.connector.errors import Error

from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.staging.ledger import take_lock


def test_the_lock_is_taken_by_one_alone_also_if_it_had_it_before(connect_warehouse: Connect) -> None:
    """Of two transactions of the same name, the second one is told so, even if the first one was the last holder."""
    with connect_warehouse() as first, connect_warehouse() as second:
        with first.transaction():
            before = take_lock(first, "rebuild")
        with first.transaction():
            assert take_lock(first, "rebuild") != before
            with pytest.raises(Error), second.transaction():
                take_lock(second, "rebuild")
