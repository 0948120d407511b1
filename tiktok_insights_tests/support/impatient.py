"""The Snowflake server alone, in this process, with little patience for transactions in which nothing happens."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tiktok_insights.local.snowflake.server import Warehouse


@contextmanager
def impatient_warehouse(folder: Path, *, idle_transaction_seconds: float) -> Iterator[tuple["Warehouse", int]]:
    """A warehouse whose files lie in the folder, and the port on 127.0.0.1 where it is served; one at a time."""
    temporary = folder / "temporary"
    temporary.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        # The server library makes a temporary folder when it is imported.
        patch.setattr(tempfile, "tempdir", str(temporary))
        from tiktok_insights.local.serving import AsgiServer, listen, port_of
        from tiktok_insights.local.snowflake.server import Warehouse, create_snowflake_app

    warehouse = Warehouse(folder, idle_transaction_seconds=idle_transaction_seconds)
    listener = listen(None)
    server = AsgiServer("impatient", create_snowflake_app(warehouse), listener)
    server.wait_until_ready()
    try:
        yield warehouse, port_of(listener)
    finally:
        server.stop()
        warehouse.close()
