"""Snowflake on this machine: fakesnow's server over DuckDB files that are there again after a restart.

Here: the databases on disk, who is logged in, and the end of forgotten transactions; one session is in
`session`. What neither fakesnow nor this package has: who may have a role, virtual warehouses, an atomic MERGE, an
enforced VARCHAR(n), a database without the schema MAIN.
"""

import gzip
import json
import logging
import tempfile
import threading
import time
import zlib
from importlib import import_module
from pathlib import Path
from typing import Any

from fakesnow import info_schema
from fakesnow.instance import GLOBAL_DATABASE_NAME, FakeSnow
from fakesnow.transforms import show, stage
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tiktok_insights.local.snowflake.catalog import database_metadata_sql
from tiktok_insights.local.snowflake.chunks import LargeResults, RecentResults
from tiktok_insights.local.snowflake.grants import Grants
from tiktok_insights.local.snowflake.session import DEFAULT_SCHEMA, ServerSession
from tiktok_insights.local.snowflake.translations import Translations

IDLE_TRANSACTION_SECONDS = 30.0
_IDLE_SESSION_SECONDS = 4 * 3600.0
# Accepted without running anything; `parameters` remembers what a session sets.
_WITHOUT_EFFECT = [
    r"\s*ALTER\s+SESSION\s+(UN)?SET\s+(QUERY_TAG|LOCK_TIMEOUT|STATEMENT_(QUEUED_)?TIMEOUT_IN_SECONDS)\b",
    r"\s*ALTER\s+SESSION\s+SET\s+TIMEZONE\s*=\s*'(Etc/)?UTC'",
    r"\s*(CREATE|ALTER|DROP)\s+(OR\s+REPLACE\s+)?(WAREHOUSE|ROLE|USER|RESOURCE\s+MONITOR|NETWORK\s+POLICY)\b",
    r"\s*(GRANT|REVOKE)\b",
    # Snowpark closes a session with it; nothing of it runs then.
    r"\s*SELECT\s+SYSTEM\$CANCEL_ALL_QUERIES\b",
]
_logger = logging.getLogger(__name__)


class Warehouse(FakeSnow):
    """Every database below `folder`, open for any number of sessions; made by the process, once.

    Args:
        folder: gets `databases/`, `stages/` and `metadata.db`.
        idle_transaction_seconds: a transaction in which nothing has run for longer is rolled back, because a client
            that was killed would keep its rows locked forever.

    """

    def __init__(self, folder: Path, *, idle_transaction_seconds: float = IDLE_TRANSACTION_SECONDS) -> None:
        databases = folder / "databases"
        databases.mkdir(parents=True, exist_ok=True)
        super().__init__(db_path=databases, nop_regexes=_WITHOUT_EFFECT)
        self.stages = folder / "stages"
        self.stages.mkdir(exist_ok=True)
        self.results_cache = RecentResults()
        self.large_results = LargeResults()
        self.sessions = Sessions()
        self._translations = Translations()
        self._grants = Grants(folder / "grants.json")
        self._definitions = threading.RLock()
        self._idle_transaction_seconds = idle_transaction_seconds
        self._complete_databases: set[str] = set()
        self._closing = threading.Event()
        self._attach(folder / "metadata.db", databases)
        self._reaper = threading.Thread(target=self._reap_until_closed, name="reaper", daemon=True)
        self._reaper.start()

    def _attach(self, metadata: Path, databases: Path) -> None:
        # What does not fit into memory goes where the process keeps its temporary files, not below its working
        # directory; and nothing is fetched from the network.
        self.duck_conn.execute(f"SET GLOBAL temp_directory = {_quoted(Path(tempfile.gettempdir()))}")
        self.duck_conn.execute("SET GLOBAL autoinstall_known_extensions = false")
        # A commit writes what has changed. DuckDB would also join a hundred small row groups of a table's past at once.
        self.duck_conn.execute("SET GLOBAL max_vacuum_tasks = 4")
        # fakesnow keeps stages and column lengths in memory; they must outlive the process as their tables do.
        self.duck_conn.execute(f"DETACH {GLOBAL_DATABASE_NAME}")
        self.duck_conn.execute(f"ATTACH {_quoted(metadata)} AS {GLOBAL_DATABASE_NAME}")
        self.duck_conn.execute(info_schema.fs_global_creation_sql())
        self.duck_conn.execute(show.fs_global_creation_sql())
        for path in sorted(databases.glob("*.db")):
            self.duck_conn.execute(f'ATTACH {_quoted(path)} AS "{path.stem}"')
            self._complete(path.stem)

    def _complete(self, database: str) -> None:
        """Give a database the metadata that makes it look like Snowflake's."""
        self.duck_conn.cursor().execute(database_metadata_sql(database))
        self._complete_databases.add(database)

    def connect(
        self,
        database: str | None = None,
        schema: str | None = None,
        nop_regexes: list[str] | None = None,
        **kwargs: Any,
    ) -> ServerSession:
        """Log in. A database that is not there is made; without a schema it is PUBLIC, as on Snowflake."""
        # Not under the lock for definitions: the server calls this from its event loop, where nothing may wait.
        session = ServerSession(
            self.duck_conn.cursor(),
            self.results_cache,
            database,
            schema or (DEFAULT_SCHEMA if database else None),
            create_database=self.create_database_on_connect,
            create_schema=self.create_schema_on_connect,
            db_path=self.db_path,
            nop_regexes=nop_regexes or self.nop_regexes,
            definitions=self._definitions,
            on_created=self._complete,
            large_results=self.large_results,
            translations=self._translations,
            grants=self._grants,
            **kwargs,
        )
        if session.database and session.database not in self._complete_databases:
            self._complete(session.database)
        return session

    def reap(self) -> None:
        """Roll back the transactions that are idle for too long, and forget sessions that nobody has used for hours.

        A session in which a statement is running is never touched.
        """
        for token, session in list(self.sessions.items()):
            if not session.busy.acquire(blocking=False):
                continue
            try:
                idle = time.monotonic() - session.last_used
                if session.in_transaction and idle > self._idle_transaction_seconds:
                    session.abandon(f"it was idle for {idle:.0f} s, so it was rolled back and its locks were released")
                    _logger.warning("Rolled back a transaction that was idle for %.0f s.", idle)
                elif idle > _IDLE_SESSION_SECONDS:
                    self.sessions.pop(token, None)
            finally:
                session.busy.release()

    def interrupt(self) -> None:
        """Make every running statement fail, so that nothing has to wait for it."""
        for session in list(self.sessions.values()):
            session.interrupt()

    def close(self) -> None:
        """Roll back everything open, write the databases' logs into them, and close."""
        self.interrupt()
        self._closing.set()
        self._reaper.join()
        for token in list(self.sessions):
            self.sessions.pop(token, None)
        self.duck_conn.close()

    def _reap_until_closed(self) -> None:
        while not self._closing.wait(min(1.0, self._idle_transaction_seconds / 4)):
            self.reap()


class Sessions(dict[str, ServerSession]):
    """Token to session. One that is removed, by logging out or for its age, loses its open transaction."""

    def __delitem__(self, token: str) -> None:
        self.pop(token)

    def pop(self, token: str, *default: Any) -> Any:
        """Remove and close a session."""
        session = super().pop(token, *default)
        if isinstance(session, ServerSession):
            with session.busy:
                session.close()
        return session


def create_snowflake_app(warehouse: Warehouse) -> Starlette:
    """The application over `warehouse`; one per process, as fakesnow keeps its state in its module."""
    # Imported by name, as the package has a function that is called `server` too.
    server: Any = import_module("fakesnow.server")
    server.logger.setLevel(logging.WARNING)  # it sets INFO when imported, and would log statements
    server.shared_fs = warehouse
    server.sessions = warehouse.sessions
    stage.LOCAL_BUCKET_PATH = str(warehouse.stages)

    async def log_in(request: Request) -> JSONResponse:
        reply: JSONResponse = await server.login_request(request)
        content = json.loads(bytes(reply.body))
        # A connector that was given no master token keeps its session when it closes, and with it the open transaction.
        content["data"]["masterToken"] = content["data"]["token"]
        # Connectors from version 5 on insist on a number.
        content["data"]["sessionId"] = zlib.crc32(content["data"]["token"].encode())
        parameters = warehouse.sessions[content["data"]["token"]].parameters
        parameters.log_in(await _session_parameters(request))
        parameters.role = request.query_params.get("roleName", "").upper()
        return JSONResponse(content)

    async def query(request: Request) -> JSONResponse:
        return warehouse.large_results.completed(await server.query_request(request), request)

    ours = [
        Route("/session/v1/login-request", log_in, methods=["POST"]),
        Route("/queries/v1/query-request", query, methods=["POST"]),
        warehouse.large_results.route,
    ]
    return Starlette(routes=[*ours, *server.routes])


async def _session_parameters(request: Request) -> dict[str, Any]:
    body = await request.body()
    text = gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body
    parameters: dict[str, Any] = json.loads(text)["data"]["SESSION_PARAMETERS"]
    return parameters


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
