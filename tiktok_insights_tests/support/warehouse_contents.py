"""What a test's database holds, and sessions to which something happens: for tests that create tables."""

import re
import threading
from collections.abc import Callable, Sequence

from tiktok_insights.clients.snowflake_session import Connect, Row, Session

Contents = dict[tuple[str, str], tuple[str, list[Row], list[Row]]]


def contents(session: Session) -> Contents:
    """By schema and name: every table and view with its kind, its columns, and the rows of a table."""
    found: Contents = {}
    for schema, name, kind, *column in session.query(
        "SELECT t.table_schema, t.table_name, t.table_type, column_name, data_type, is_nullable, "
        "character_maximum_length, numeric_precision, numeric_scale FROM information_schema.tables AS t "
        "JOIN information_schema.columns AS c ON c.table_schema = t.table_schema AND c.table_name = t.table_name "
        "ORDER BY t.table_schema, t.table_name, ordinal_position"
    ):
        found.setdefault((schema, name), (kind, [], []))[1].append(tuple(column))
    for (schema, name), (kind, _, rows) in found.items():
        if kind != "VIEW":
            rows.extend(sorted(session.query(f'SELECT * FROM {schema}."{name}"'), key=repr))
    return found


def run_at_once(connect: Connect, number: int, work: Callable[[Session], None]) -> list[Exception]:
    """Let so many sessions do the same at the same moment; give what went wrong in any of them."""
    start = threading.Barrier(number)
    failed: list[Exception] = []

    def run() -> None:
        try:
            with connect() as session:
                start.wait(timeout=30)
                work(session)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    return failed


class Killed(BaseException):
    """The end of a process, which no code handles."""


class MortalSession(Session):
    """A session whose process is killed when it has run so many statements that change something."""

    def __init__(self, session: Session, statements: int) -> None:
        self._session = session
        self.namespace = session.namespace
        self._left = statements

    def table(self, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[Row]]:
        """Run a statement that changes nothing."""
        return self._session.table(sql, values)

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement, or die before it."""
        if not self._left:
            raise Killed
        self._left -= 1
        return self._session.execute(sql, values)


class OvertakenSession(Session):
    """A session that is so slow before a statement, once, that another process does all its work meanwhile."""

    def __init__(self, session: Session, statement: str, overtake: Callable[[], None]) -> None:
        self._session = session
        self.namespace = session.namespace
        self._statement: str | None = statement
        self._overtake = overtake

    def table(self, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[Row]]:
        """Run a statement, or first the other process."""
        self._be_overtaken_before(sql)
        return self._session.table(sql, values)

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement, or first the other process."""
        self._be_overtaken_before(sql)
        return self._session.execute(sql, values)

    @property
    def was_overtaken(self) -> bool:
        """Whether the statement has come."""
        return self._statement is None

    def _be_overtaken_before(self, sql: str) -> None:
        if self._statement and sql.startswith(self._statement):
            self._statement = None
            self._overtake()


class BlindSession(Session):
    """A session whose role does not see any table."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.namespace = session.namespace

    def table(self, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[Row]]:
        """Run a statement; information_schema is empty."""
        return ([], []) if "information_schema" in sql else self._session.table(sql, values)

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement."""
        return self._session.execute(sql, values)


class DoublingSession(Session):
    """A session that sends a second time whatever statement matches `doubled`, as when an answer was lost.

    `sent_twice` counts them.
    """

    doubled = "nothing"
    sent_twice = 0

    def table(self, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[Row]]:
        """Run a statement once or twice; give the last answer."""
        if self._is_doubled(sql):
            super().table(sql, values)
        return super().table(sql, values)

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run a statement once or twice."""
        if self._is_doubled(sql):
            super().execute(sql, values)
        return super().execute(sql, values)

    def _is_doubled(self, sql: str) -> bool:
        is_doubled = re.match(self.doubled, sql) is not None
        self.sent_twice += is_doubled
        return is_doubled
