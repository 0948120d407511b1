"""One client's session on the warehouse: fakesnow's connection and cursor, with what they lack for plain Snowflake SQL.

Here: one statement at a time, transactions that end, errors that a client understands, numbers of 38 digits. What is
above a session, such as databases on disk and who is logged in, is in `server`.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import duckdb
from fakesnow.conn import FakeSnowflakeConnection
from fakesnow.cursor import FakeSnowflakeCursor
from snowflake.connector.cursor import DictCursor, SnowflakeCursor
from sqlglot import Expr

from tiktok_insights.local.snowflake.access import refuse_unauthorized
from tiktok_insights.local.snowflake.chunks import LargeResults
from tiktok_insights.local.snowflake.current_schema import enter_schema
from tiktok_insights.local.snowflake.dialect import (
    StatementKind,
    kind_of,
    mark_casts_in_sums,
    reads_definitions,
    with_38_digits,
    with_big_endian_md5_numbers,
    with_headers_as_written,
    with_quotable_comments,
    with_use_spelled_out,
    without_double_sums,
)
from tiktok_insights.local.snowflake.errors import aborted, as_programming_error, timed_out
from tiktok_insights.local.snowflake.grants import Grants
from tiktok_insights.local.snowflake.parameters import SessionParameters
from tiktok_insights.local.snowflake.results import as_snowflake_sends, check_sendable
from tiktok_insights.local.snowflake.stage_files import with_files_removed
from tiktok_insights.local.snowflake.translations import Translations
from tiktok_insights.local.snowflake.views import note_view

DEFAULT_SCHEMA = "PUBLIC"
_NOTHING_TO_DO = "SELECT 'Statement executed successfully.' AS status"


class ServerSession(FakeSnowflakeConnection):
    """A connection that knows whether a transaction is open and since when nothing has happened in it."""

    def __init__(
        self,
        *args: Any,
        definitions: threading.RLock,
        on_created: Callable[[str], None],
        large_results: LargeResults,
        translations: Translations,
        grants: Grants,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.grants = grants
        self.on_created = on_created
        self.translations = translations
        self.large_results = large_results
        # Definitions of all sessions run one after the other, as DuckDB fails where Snowflake waits; and who reads them
        # sees none of them half-way.
        self.definitions = definitions
        self.busy = threading.RLock()
        self.last_used = time.monotonic()
        self.lost: str | None = None
        self.parameters = SessionParameters()
        self._explicit_transaction = False

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, by BEGIN or because AUTOCOMMIT is off."""
        return self._explicit_transaction or (not self._autocommit and self._in_transaction)

    def cursor(self, cursor_class: type[SnowflakeCursor] = SnowflakeCursor) -> "Cursor":
        """A cursor on this session."""
        return Cursor(conn=self, duck_conn=self._duck_conn, use_dict_result=issubclass(cursor_class, DictCursor))

    @contextmanager
    def statement(self) -> Iterator[None]:
        """Hold the session for one statement: DuckDB's result belongs to the connection, not to the cursor."""
        with self.busy:
            self.last_used = time.monotonic()
            try:
                yield
            finally:
                self.last_used = time.monotonic()

    @contextmanager
    def time_limit(self) -> Iterator[None]:
        """Interrupt what takes longer than the session's STATEMENT_TIMEOUT_IN_SECONDS.

        Raises:
            snowflake.connector.errors.ProgrammingError: it did.

        """
        seconds, expired = self.parameters.statement_timeout, threading.Event()

        def expire() -> None:
            expired.set()
            self.interrupt()

        timer = threading.Timer(min(seconds or threading.TIMEOUT_MAX, threading.TIMEOUT_MAX), expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise (timed_out(seconds) if expired.is_set() else error) from error
        finally:
            timer.cancel()

    def began(self) -> None:
        """Note that a transaction is open."""
        self._explicit_transaction = True
        self.lost = None

    def ended(self) -> None:
        """Note that no transaction is open."""
        self._explicit_transaction = self._in_transaction = False

    def abandon(self, reason: str | None = None) -> None:
        """Roll back whatever is open. With a reason, the client hears it until it rolls back or begins again."""
        if self.in_transaction:
            self.lost = reason
        # Nothing is open, or the connection is closed: that is what was wanted.
        with suppress(duckdb.TransactionException, duckdb.ConnectionException):
            self._duck_conn.rollback()
        self.ended()

    def interrupt(self) -> None:
        """Make the running statement, if there is one, fail."""
        with suppress(duckdb.ConnectionException):
            self._duck_conn.interrupt()

    def autocommit(self, mode: bool) -> None:
        """Switch AUTOCOMMIT; an open transaction is committed first."""
        if self.in_transaction:
            self._duck_conn.commit()
            self.ended()
        self._autocommit = mode

    def close(self, retry: bool = True) -> None:
        """Roll back what is open and let go of DuckDB."""
        self.abandon()
        super().close(retry)


class Cursor(FakeSnowflakeCursor):
    """A cursor whose statements succeed, or fail with an error that the server passes on."""

    _conn: ServerSession

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._described: list[Any] = []

    def execute(self, command: str, params: Any = None, *args: Any, **kwargs: Any) -> "Cursor":
        """Run one statement.

        Raises:
            snowflake.connector.errors.ProgrammingError: whatever went wrong.

        """
        session, kind = self._conn, kind_of(command)
        takes_turns = kind is StatementKind.DEFINITION or reads_definitions(command)
        in_turn: AbstractContextManager[Any] = session.definitions if takes_turns else nullcontext()
        with session.statement(), in_turn:
            try:
                statement = self._prepare(with_use_spelled_out(command), kind)
                with session.time_limit():
                    super().execute(statement, params, *args, **kwargs)
                self._finish(kind)
                self._described = super()._describe_last_sql()
                table: Any = self._arrow_table
                if table is not None:
                    table = as_snowflake_sends(table)
                    check_sendable(table, self._described)
                    self._arrow_table = session.large_results.first_rows(str(self.sfqid), table, self._described)
            except Exception as error:
                if session.in_transaction:
                    # DuckDB has given the transaction up, and would let its COMMIT pass as if all were well.
                    session.abandon(None if kind is StatementKind.COMMIT else f"an earlier statement failed: {error}")
                raise as_programming_error(error) from error
        return self

    def _prepare(self, command: str, kind: StatementKind) -> str:
        """The statement to run instead, after what Snowflake does before it."""
        session = self._conn
        if session.lost and kind not in (StatementKind.ROLLBACK, StatementKind.BEGIN):
            reason = session.lost
            if kind is StatementKind.COMMIT:
                session.lost = None
            raise aborted(reason)
        if kind is StatementKind.BEGIN and session.in_transaction:
            return _NOTHING_TO_DO  # Snowflake ignores a BEGIN inside a transaction
        if kind is StatementKind.DEFINITION and session.in_transaction:
            self._duck_conn.commit()  # Snowflake commits before a definition
            session.ended()
        session.parameters.note(command)
        refuse_unauthorized(command, session.parameters.role, session.grants, (session.database, session.schema))
        return with_files_removed(session.grants.shown_by(session.parameters.shown_by(command), session), session)

    def _finish(self, kind: StatementKind) -> None:
        session = self._conn
        if kind is StatementKind.BEGIN:
            session.began()
        elif kind in (StatementKind.COMMIT, StatementKind.ROLLBACK):
            session.ended()
            session.lost = None
        note_view(session, self._last_transformed)
        changed: dict[str, Any] = self._last_transformed.args if self._last_transformed else {}
        if database := changed.get("create_db_name"):
            session.on_created(database)
            session.cursor().execute(f'CREATE SCHEMA IF NOT EXISTS "{database}".{DEFAULT_SCHEMA}')
        elif changed.get("set_database") and not changed.get("set_schema"):
            enter_schema(session, changed["set_database"], DEFAULT_SCHEMA)

    def _transform(self, expression: Expr, params: Any) -> Expr:
        schema = str(self._conn.schema)
        return self._conn.translations.of(expression, schema, lambda: self._translated(expression, params))

    def _translated(self, expression: Expr, params: Any) -> Expr:
        named = with_headers_as_written(with_quotable_comments(expression))
        prepared = with_big_endian_md5_numbers(mark_casts_in_sums(with_38_digits(named)))
        return without_double_sums(super()._transform(prepared, params))

    def _describe_last_sql(self) -> list[Any]:
        # The server asks for this after the statement, from its event loop, where nothing may wait.
        return self._described
