"""Makes the views of the marts, and compares them with the tables. Which marts there are: `mart_files.py`.

A mart is a view in the schema that people read (MAIN), so it is never older than the tables. The small frame that a
person looks at is its first rows.
"""

from collections.abc import Sequence
from functools import cached_property

from tiktok_insights.checks import Check, Finding, Severity
from tiktok_insights.clients.snowflake_session import Row, Session, retry_conflicts
from tiktok_insights.insights.mart import FRAME_ROWS, Mart
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.tables.columns import Table, TableColumn, comment
from tiktok_insights.tables.comparison import ActualTable, quoted, view_differences
from tiktok_insights.tables.creation import TableDriftError
from tiktok_insights.tables.inventory import read_tables


class Marts:
    """The marts in the session's namespace."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._namespace = session.namespace

    def make(self, mart: Mart) -> tuple[Sequence[str], list[Row]]:
        """Make the view what its file says, and give its columns and first rows.

        Raises TableDriftError when something else has its name; that is left as it is.
        """
        self._refuse_what_is_no_mart(mart)
        self._replace_view(mart)
        return self._session.table(f"{mart.query(self._name(mart))} LIMIT {FRAME_ROWS}")

    def row_count(self, mart: Mart, first_rows: int) -> int:
        """Count the mart's rows. Its first rows, where there are fewer than could be, are all."""
        if first_rows < FRAME_ROWS:
            return first_rows
        ((rows,),) = self._session.query(f"SELECT COUNT(*) FROM {self._name(mart)}")
        return int(rows)

    def reconcile(self, mart: Mart) -> Finding:
        """Compare the mart's totals with those of the tables that it is made from, as they are at one moment."""
        pairs = [
            f"(SELECT COALESCE({total.of_mart}, 0) FROM {self._name(mart)}) AS ACTUAL_{number}, "
            f"(SELECT COALESCE({total.of_table}, 0) FROM {self._namespace.schema}.{total.table}) AS EXPECTED_{number}"
            for number, total in enumerate(mart.reconciliations)
        ]
        (found,) = self._session.records(f"SELECT {', '.join(pairs)}")
        totals = [
            (total, int(found[f"ACTUAL_{number}"]), int(found[f"EXPECTED_{number}"]))
            for number, total in enumerate(mart.reconciliations)
        ]
        offenders = [
            f"{total.meaning}: {actual:,} in {mart.view}, {expected:,} in {total.table}"
            for total, actual, expected in totals
            if actual != expected
        ]
        return Finding(tuple(offenders), {total.meaning: actual for total, actual, _ in totals})

    def _refuse_what_is_no_mart(self, mart: Mart) -> None:
        ours = Table(mart.view, mart.description, tuple(TableColumn(column.name, "", "") for column in mart.columns))
        for name, view in self._actual.items():
            if name.upper() == mart.view and (differences := view_differences(name, view, ours)):
                msg = (
                    f"{self._namespace.view_schema}.{quoted(name)} is not the mart: {'; '.join(differences)}. It was "
                    "left unchanged. Rename it, or set SNOWFLAKE_VIEW_SCHEMA to another schema."
                )
                raise TableDriftError(msg)

    @cached_property
    def _actual(self) -> dict[str, ActualTable]:
        """What has a mart's name, in whatever case; asked once for all of them."""
        schema = self._namespace.view_schema
        return read_tables(self._session, (schema,), [mart.view for mart in all_marts()])[schema]

    def full_name(self, mart: Mart) -> str:
        """The view's name with its database."""
        return f"{self._namespace.database}.{self._name(mart)}"

    @retry_conflicts
    def _replace_view(self, mart: Mart) -> None:
        # Without COPY GRANTS, who may read the view would have to be granted it again.
        columns = ", ".join(f"{column.name} {comment(column.meaning)}" for column in mart.columns)
        self._session.execute(
            f"CREATE OR REPLACE VIEW {self._name(mart)} ({columns}) COPY GRANTS {comment(mart.description, '=')} "
            f"AS {mart.select(self._namespace.schema)}"
        )

    def _name(self, mart: Mart) -> str:
        return f"{self._namespace.view_schema}.{mart.view}"


def reconciles(mart: Mart) -> Check[Marts]:
    """Give the mart's check."""
    totals = ", ".join(total.meaning for total in mart.reconciliations)
    description = f"The mart's totals equal those of the tables it is built from: {totals}."
    return Check(
        f"{mart.name}_{reconciles.__name__}", description, Severity.BLOCKING, lambda made: made.reconcile(mart)
    )
