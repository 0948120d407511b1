"""Makes the views of the marts, and compares them with the tables. Which marts there are: `mart_files.py`.

A mart is a view in the schema that people read (MAIN), so it is never older than the tables. The small frame that a
person looks at is its first rows.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tiktok_insights.checks import Check, Finding, Severity
from tiktok_insights.clients.snowflake_session import Row, Session, placeholders, retry_conflicts
from tiktok_insights.insights.mart import FRAME_ROWS, Mart, Reconciliation, TableTotal
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.pseudonyms import Source
from tiktok_insights.insights.reader_views import ReaderViews
from tiktok_insights.staging.open_snapshots import IS_OPEN
from tiktok_insights.tables.account_looks import ACCOUNT_LOOKS
from tiktok_insights.tables.columns import Table, TableColumn, comment
from tiktok_insights.tables.comparison import ActualTable, quoted, view_differences
from tiktok_insights.tables.creation import TableDriftError
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS, LOAD_BATCHES, PUBLISH_LOCK, TIKTOK_DATA
from tiktok_insights.tables.inventory import read_tables

#: What changes the large tables: a publication, a rebuild, after which every publication is checked again, and the cut
#: before which snapshots have expired.
_PUBLISHED = (
    "SELECT COUNT(*), MAX(PUBLISHED_AT), COUNT(CHECKED_AT), MAX(CHECKED_AT), MAX(RETAINED_FROM) "
    f"FROM {LOAD_BATCHES.name} CROSS JOIN {{lock}} WHERE PUBLISHED_AT IS NOT NULL"
)
#: Extraction changes these without a publication.
_OPEN_SNAPSHOTS = f"SELECT OBJECT_KEY, FINISHED_AT FROM {ACCOUNT_SNAPSHOTS.name} WHERE {IS_OPEN} ORDER BY 1"
_LOOKS = f"SELECT COUNT(*), MAX(LOOKED_AT) FROM {ACCOUNT_LOOKS.name}"


@dataclass(frozen=True, slots=True)
class Measured:
    """A mart's number of rows, and how its totals compare with those of the tables."""

    rows: int
    finding: Finding


class Marts:
    """The marts in the session's namespace."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._namespace = session.namespace
        self.readers = ReaderViews(session)

    def make(self, mart: Mart) -> tuple[Sequence[str], list[Row]]:
        """Make the view and that of readers what the mart's file says, and give its columns and first rows.

        Raises TableDriftError when something else has its name; that is left as it is.
        """
        self._refuse_what_is_no_mart(mart)
        self._replace_view(mart)
        self.readers.make(mart)
        return self._session.table(f"{mart.query(self._name(mart))} LIMIT {FRAME_ROWS}")

    def data(self) -> tuple[str, str]:
        """Name the data of the marts' tables as they are now: what publications and retention change, and the looks.

        While the names are the same, so are the data. Only small tables are read. A change by hand to the large ones
        does not show: `tiktok-insights verify` finds it.
        """
        lock = self._namespace.name_of(PUBLISH_LOCK)
        published = self._session.query(_PUBLISHED.format(lock=lock)) + self._session.query(_OPEN_SNAPSHOTS)
        return repr(published), repr(self._session.query(_LOOKS))

    def states(self, data: tuple[str, str]) -> dict[str, str]:
        """Name, for each mart, its data and the views' definitions as they are in the warehouse now and should be."""
        names = (*(mart.view for mart in all_marts()), TIKTOK_DATA.name)
        schemas = (self._namespace.view_schema, self._namespace.reader_schema)
        found = self._session.query(
            "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM information_schema.views "
            f"WHERE TABLE_SCHEMA IN (?, ?) AND TABLE_NAME IN ({placeholders(names)})",
            (*schemas, *names),
        )
        definitions = {(str(schema), str(view)): definition for schema, view, definition in found}
        of_readers = [self.readers.state(), definitions.get((schemas[1], TIKTOK_DATA.name))]
        states = {
            mart.name: (
                data if ACCOUNT_LOOKS.name in mart.sql else data[0],
                *(self._statement(mart), self.readers.statement(Source.of_mart(mart))),
                *(definitions.get((schema, mart.view)) for schema in schemas),
                *of_readers,
            )
            for mart in all_marts()
        }
        return {name: hashlib.sha256(repr(state).encode()).hexdigest() for name, state in states.items()}

    def measure(self, marts: Sequence[Mart]) -> dict[str, Measured]:
        """Count the rows of marts, and compare their totals with those of the tables, all as they are at one moment.

        One statement reads each mart once, and each table once for all marts.
        """
        if not marts:
            return {}
        of_tables: dict[str, list[str]] = {}
        for total in (total for mart in marts for one in mart.reconciliations for total in one.of_tables):
            if total.total not in of_tables.setdefault(total.table, []):
                of_tables[total.table].append(total.total)
        sources = [
            _totals(mart.view, ["COUNT(*)", *(total.of_mart for total in mart.reconciliations)], self._name(mart))
            for mart in marts
        ]
        sources += [_totals(table, totals, f"{self._namespace.schema}.{table}") for table, totals in of_tables.items()]
        (row,) = self._session.records(f"SELECT * FROM {' CROSS JOIN '.join(sources)}")
        found = {name: int(value) for name, value in row.items()}
        return {mart.name: _measured(mart, found, of_tables) for mart in marts}

    def _refuse_what_is_no_mart(self, mart: Mart) -> None:
        ours = Table(mart.view, mart.description, tuple(TableColumn(column.name, "", "") for column in mart.columns))
        variables = {self._namespace.view_schema: "SNOWFLAKE_VIEW_SCHEMA"}
        for schema, views in self._actual.items():
            for name, view in views.items():
                if name.upper() == mart.view and (differences := view_differences(name, view, ours)):
                    msg = (
                        f"{schema}.{quoted(name)} is not the mart: {'; '.join(differences)}. It was left unchanged. "
                        f"Rename it, or set {variables.get(schema, 'SNOWFLAKE_READER_SCHEMA')} to another schema."
                    )
                    raise TableDriftError(msg)

    @cached_property
    def _actual(self) -> dict[str, dict[str, ActualTable]]:
        """What has a mart's name, in whatever case, in the schema of views and in that of readers; asked once."""
        schemas = (self._namespace.view_schema, self._namespace.reader_schema)
        return read_tables(self._session, schemas, [mart.view for mart in all_marts()])

    def full_name(self, mart: Mart) -> str:
        """The view's name with its database."""
        return f"{self._namespace.database}.{self._name(mart)}"

    @retry_conflicts
    def _replace_view(self, mart: Mart) -> None:
        self._session.execute(self._statement(mart))

    def _statement(self, mart: Mart) -> str:
        # Without COPY GRANTS, who may read the view would have to be granted it again.
        columns = ", ".join(f"{column.name} {comment(column.meaning)}" for column in mart.columns)
        return (
            f"CREATE OR REPLACE VIEW {self._name(mart)} ({columns}) COPY GRANTS {comment(mart.description, '=')} "
            f"AS {mart.select(self._namespace.schema)}"
        )

    def _name(self, mart: Mart) -> str:
        return f"{self._namespace.view_schema}.{mart.view}"


def _totals(name: str, totals: Sequence[str], source: str) -> str:
    """Write the one row with the totals of a view or table, as a subquery; their columns are numbered."""
    columns = ", ".join(f"COALESCE({total}, 0) AS {name}_{number}" for number, total in enumerate(totals))
    return f"(SELECT {columns} FROM {source}) AS TOTALS_OF_{name}"


def _measured(mart: Mart, found: Mapping[str, int], of_tables: Mapping[str, Sequence[str]]) -> Measured:
    def in_table(total: TableTotal) -> int:
        return found[f"{total.table}_{of_tables[total.table].index(total.total)}"]

    totals = [
        (one, found[f"{mart.view}_{number}"], sum(map(in_table, one.of_tables)))
        for number, one in enumerate(mart.reconciliations, 1)
    ]
    offenders = [
        f"{one.meaning}: {actual:,} in {mart.view}, {expected:,} in {_tables(one)}"
        for one, actual, expected in totals
        if actual != expected
    ]
    finding = Finding(tuple(offenders), {one.meaning: actual for one, actual, _ in totals})
    return Measured(found[f"{mart.view}_0"], finding)


def _tables(one: Reconciliation) -> str:
    return " and ".join(total.table for total in one.of_tables)


def reconciles(mart: Mart) -> Check[Measured]:
    """Give the mart's check."""
    totals = ", ".join(total.meaning for total in mart.reconciliations)
    description = f"The mart's totals equal those of the tables it is built from: {totals}."
    return Check(
        f"{mart.name}_{reconciles.__name__}", description, Severity.BLOCKING, lambda measured: measured.finding
    )
