"""One SQLAlchemy engine for each of Dagster's files of events, while a run lasts.

Dagster makes an engine for every event that it stores in SQLite, and an engine compiles each statement again. Where the
files are, and how their tables are made, stays Dagster's business.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import dagster as dg
    from sqlalchemy import Connection, Engine


def keep_event_engines(instance: "dg.DagsterInstance") -> None:
    """Let this instance use the engine again with which it opened a file of events first.

    Each use still opens and closes the file, so others read and lock it as before. A storage that is not SQLite, as
    PostgreSQL is, keeps its engine anyway, and is left as it is.
    """
    storage: Any = instance.event_log_storage
    if not hasattr(storage, "path_for_shard"):
        return
    run, index = storage.run_connection, storage.index_connection
    engines = _Engines()
    storage.run_connection = lambda run_id: engines.connect(run_id, lambda: run(run_id))
    storage.index_connection = lambda: engines.connect("", index)


class _Engines:
    """The engines by the run whose events they open; that of all runs has no name."""

    def __init__(self) -> None:
        self._kept: dict[str, Engine] = {}
        # Dagster lets one thread at a time open a file, too.
        self._lock = threading.Lock()

    @contextmanager
    def connect(
        self, run_id: str, open_first: Callable[[], "AbstractContextManager[Connection]"]
    ) -> "Iterator[Connection]":
        """Open the file in a transaction that is committed in the end."""
        with self._lock:
            if run_id not in self._kept:
                # Dagster makes the file and its tables.
                with open_first() as connection:
                    self._kept[run_id] = connection.engine
            with self._kept[run_id].begin() as connection:
                yield connection
