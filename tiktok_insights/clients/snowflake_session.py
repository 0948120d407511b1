"""A session with the warehouse: plain Snowflake SQL, bound values, transactions that roll back.

It knows where the tables are. Which tables there are belongs in `tables`.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import stamina
from snowflake.connector.errorcode import ER_FAILED_TO_REQUEST
from snowflake.connector.errors import Error, OperationalError, ProgrammingError

from tiktok_insights.clients.snowflake_errors import is_conflict, without_rows
from tiktok_insights.clients.snowflake_values import ResultBatch, as_text_if_time, bindable
from tiktok_insights.scratch import scratch_folder
from tiktok_insights.tables.columns import Table
from tiktok_insights.tables.namespace import Namespace

if TYPE_CHECKING:
    from snowflake.connector import SnowflakeConnection
    from snowflake.connector.cursor import SnowflakeCursor

#: More rows than this cost less as a file: the time of a statement grows with its values.
_ROWS_IN_A_STATEMENT = 50

#: For how long a transaction begins again. Snowflake lets it wait; the local stack fails it, and fifty runs take turns.
_PATIENCE_SECONDS = 900.0

_logger = logging.getLogger(__name__)

Row = tuple[Any, ...]
#: A row by the names of its columns.
NamedRow = dict[str, Any]
_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")


class Session:
    """One connection, in the schema of the namespace's tables. Not for several threads; open another.

    Whatever the warehouse or the way to it does wrong is raised as the connector's `Error`.
    """

    def __init__(self, connection: "SnowflakeConnection", namespace: Namespace) -> None:
        self._connection = connection
        self.namespace = namespace

    def query(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Run one statement with `?` for bound values and give all its rows as tuples."""
        return self.table(sql, values)[1]

    def stream(self, sql: str, values: Sequence[object] = ()) -> Iterator[Row]:
        """Run one statement and give its rows one by one, so that any number of them may come."""
        for batch in self.batches(sql, values):
            yield from batch.rows

    def batches(self, sql: str, values: Sequence[object] = (), size: int = 5_000) -> Iterator[ResultBatch]:
        """Run one statement and give its rows in batches of at most `size`: at least one, which may be empty."""
        with self._cursor() as cursor:
            cursor.execute(sql, bindable(values))
            while True:
                rows = [tuple(row) for row in cursor.fetchmany(size)]
                yield ResultBatch(tuple(cursor.description or ()), cursor.rowcount, rows)
                if len(rows) < size:
                    return

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement that gives no rows; say how many it changed (0 for DDL)."""
        with self._cursor() as cursor:
            cursor.execute(sql, bindable(values))
            return cursor.rowcount or 0

    def insert(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rows by the names of their columns: a few in one statement, many as a file.

        Raises ValueError for a row that has other columns than the table.
        """
        columns = set(table.names)
        for row in rows:
            if different := row.keys() ^ columns:
                raise ValueError(f"a row for {table.name} has the wrong columns: {', '.join(sorted(different))}")
        name = self.namespace.name_of(table)
        if len(rows) > _ROWS_IN_A_STATEMENT:
            from tiktok_insights.clients.parquet_rows import write_parquet

            with scratch_folder() as folder:
                # A unique name: the warehouse remembers the files that it has loaded.
                path = Path(folder) / f"{secrets.token_hex(8)}.parquet"
                write_parquet(path, table, rows)
                self.put(path, name)
                self.copy_staged(path.name, name)
        elif rows:
            places = f"({placeholders(table.names)})"
            self.execute(
                f"INSERT INTO {name} ({', '.join(table.names)}) VALUES {', '.join([places] * len(rows))}",
                [as_text_if_time(row[name]) for row in rows for name in table.names],
            )

    def table(self, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[Row]]:
        """Run one statement and give the names of its columns and its rows."""
        with self._cursor() as cursor:
            cursor.execute(sql, bindable(values))
            names = [column.name for column in cursor.description or []]
            return names, [tuple(row) for row in cursor.fetchall()]

    def records(self, sql: str, values: Sequence[object] = ()) -> list[NamedRow]:
        """Run one statement and give its rows by the names of their columns."""
        names, rows = self.table(sql, values)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def count_rows(self, sql: str, *, first_only: bool = False) -> tuple[list[str], int | None]:
        """Run one statement, read its rows and keep none; give the names of its columns and the number of its rows.

        With `first_only` it reads the first rows, and the number is the warehouse's own: None where it gives none.
        """
        with self._cursor() as cursor:
            cursor.execute(sql)
            # Not fetchmany, which begins to read what follows in other threads.
            batches = cursor.get_result_batches() or [] if first_only else [cursor]
            read = sum(1 for batch in batches[:1] for _ in batch)
            return [column.name for column in cursor.description or []], cursor.rowcount if first_only else read

    def script(self, text: str) -> tuple[list[str], list[Row]]:
        """Run statements with semicolons between them; give the last one's names of columns and rows."""
        with self._whole_answers():
            cursors = list(self._connection.execute_string(text, remove_comments=True))
            if not cursors:
                return [], []
            names = [column.name for column in cursors[-1].description or []]
            return names, [tuple(row) for row in cursors[-1].fetchall()]

    def copy_parquet(self, path: Path, table: str) -> int:
        """Load one Parquet file into a table by the names of its columns, through the table's own stage.

        Gives the number of rows that the warehouse says it has loaded. Not for a transaction: a COPY that lost against
        another one begins again by itself.
        """
        self.put(path, table)
        return retry_conflicts(self.copy_staged)(path.name, table)

    def put(self, path: Path, table: str) -> None:
        """Send one file to the table's own stage, over one of its name.

        The connector gets the open file: a path in the statement would be a pattern, and may not have a quote.
        """
        statement = f"PUT 'file://{path.name}' {stage_of(table)} AUTO_COMPRESS=FALSE OVERWRITE=TRUE"
        with path.open("rb") as file, self._cursor() as cursor:
            cursor.execute(statement, file_stream=file)

    def copy_staged(self, name: str, table: str, options: str = "PURGE=TRUE") -> int:
        """Load what begins with this name out of the table's own stage, which it leaves; say how many rows it had."""
        loaded = self.records(
            # Without these, Snowflake reads a time as a number, and the text \\N as NULL.
            f"COPY INTO {table} FROM '{stage_of(table)}/{name}' "
            "FILE_FORMAT=(TYPE=PARQUET USE_LOGICAL_TYPE=TRUE NULL_IF=()) "
            f"MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE {options}"
        )
        # Where the stage has no such file, the one row has a status only.
        return sum(int(row.get("rows_loaded", 0)) for row in loaded)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing does. What goes wrong inside is raised after the rollback."""
        self.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._rollback()
            raise
        try:
            self.execute("COMMIT")
        except ProgrammingError:
            # A refused COMMIT may leave the transaction open, and the next BEGIN would then be ignored.
            self._rollback()
            raise

    @contextmanager
    def _cursor(self) -> Iterator["SnowflakeCursor"]:
        # In `script`, errors stay as they are: it has a person's own statements.
        with without_rows(self.namespace), self._whole_answers(), self._connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def _whole_answers(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # The connector sends again what got no answer. An answer that breaks off it leaves to its HTTP library.
            raise OperationalError(
                msg=f"The response of {self._connection.host} to a statement was cut off. Run again: unfinished work "
                "is completed, whether or not the statement was executed.",
                errno=ER_FAILED_TO_REQUEST,
            ) from error

    def _rollback(self) -> None:
        try:
            self.execute("ROLLBACK")
        except Error:
            # The connection is gone, so the warehouse rolls back by itself; the first error is the one to raise.
            return


#: Opens a session, and closes it at the end whatever happens.
Connect = Callable[[], AbstractContextManager[Session]]


@contextmanager
def session_on(connection: "SnowflakeConnection", namespace: Namespace) -> Iterator[Session]:
    """A session on an open connection, which is closed at the end; the warehouse rolls back what is open then."""
    try:
        yield Session(connection, namespace)
    finally:
        connection.close()


def stage_of(table: str) -> str:
    """The stage of a table, which is in the table's schema when its name says one."""
    schema, dot, name = table.rpartition(".")
    return f"@{schema}{dot}%{name}"


def placeholders(values: Iterable[object]) -> str:
    """The places in a statement where these values are bound."""
    return ", ".join("?" for _ in values)


def retry_conflicts(function: Callable[_Params, _Result]) -> Callable[_Params, _Result]:
    """For a function that is one transaction: begins it again when it has lost against another one."""

    @wraps(function)
    def run(*args: _Params.args, **kwargs: _Params.kwargs) -> _Result:
        for attempt in stamina.retry_context(
            is_conflict, attempts=None, timeout=_PATIENCE_SECONDS, wait_initial=0.05, wait_max=3.0
        ):
            with attempt:
                result = function(*args, **kwargs)
        if attempt.num > 1:
            _logger.info("%s ran %d times because other loads used the same tables.", function.__name__, attempt.num)
        return result

    return run
