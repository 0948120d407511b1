"""The marts: which there are, and what each must add up to. Their SQL, with grain and meaning, stands in sql/.

A mart is a view in the schema that people read (MAIN), so it is never older than the tables. What is made here is the
view; the small frame that a person looks at is its first rows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tiktok_insights.checks import Check, Finding, Severity
from tiktok_insights.clients.snowflake_session import Row, Session, retry_conflicts
from tiktok_insights.sql_files import read_sql, without_comments
from tiktok_insights.tables.comparison import FoundTable, Table, TableColumn, existing_tables, view_difference, written
from tiktok_insights.tables.creation import TableDriftError
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS, FOLLOWER_SNAPSHOTS, TIKTOK_DATA
from tiktok_insights.tables.namespace import Namespace

#: The most rows of a mart that a frame has; the view has all.
FRAME_ROWS = 100


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A total that must be equal in the mart and in the table that it is made from."""

    meaning: str
    of_mart: str
    of_table: str
    table: str = TIKTOK_DATA.name


_USERS = Reconciliation("users", "SUM(USERS)", "COUNT(*)")
_ROWS = Reconciliation("users", "COUNT(*)", "COUNT(*)")
_FOLLOWERS = Reconciliation("followers", "SUM(FOLLOWERS)", "SUM(FOLLOWERS_COUNT)")
_FOLLOWING = Reconciliation("following", "SUM(FOLLOWING)", "SUM(FOLLOWING_COUNT)")
_FRIENDS = Reconciliation("friends", "SUM(FRIENDS)", "SUM(FRIENDS_COUNT)")
_HEARTS = Reconciliation("hearts", "SUM(HEARTS)", "SUM(HEART_COUNT)")


@dataclass(frozen=True, slots=True)
class Mart:
    """One view: `order` says which rows come first, `reconciliations` what proves it."""

    name: str
    order: str
    reconciliations: tuple[Reconciliation, ...]

    @property
    def view(self) -> str:
        """The view's name."""
        return self.name.upper()

    @property
    def description(self) -> str:
        """Grain and meaning."""
        return self._text.partition("\n")[0].removeprefix("-- ")

    @property
    def columns(self) -> dict[str, str]:
        """The meaning of each column, in order."""
        return dict(re.findall(r"^-- ([A-Z_]+): (.+)$", self._text, flags=re.MULTILINE))

    def select(self, schema: str) -> str:
        """The view's query over the tables in the schema."""
        return without_comments(self._text).format(schema=schema)

    @property
    def query(self) -> str:
        """What a person types to see all rows in their order."""
        return f"SELECT * FROM {self.view} ORDER BY {self.order};"

    @property
    def _text(self) -> str:
        return read_sql(__package__, self.name)


MARTS: tuple[Mart, ...] = (
    Mart("user_totals", "USERS", (_USERS, _FOLLOWERS, _FOLLOWING, _FRIENDS, _HEARTS)),
    Mart("users_by_privacy", "USERS DESC, PRIVACY", (_USERS,)),
    Mart("users_by_verification", "USERS DESC, VERIFICATION", (_USERS,)),
    Mart("followers_by_user", "FOLLOWERS DESC NULLS LAST, TIKTOK_ID", (_ROWS, _FOLLOWERS, _FOLLOWING)),
    Mart("hearts_by_nickname", "HEARTS DESC, USERS DESC, NICK_NAME", (_USERS, _HEARTS)),
    Mart(
        "videos_by_user",
        "VIDEOS DESC NULLS LAST, TIKTOK_ID",
        (_ROWS, Reconciliation("videos", "SUM(VIDEOS)", "SUM(VIDEO_COUNT)"), _HEARTS),
    ),
    Mart("audience_tiers", "AT_LEAST NULLS FIRST", (_USERS, _FOLLOWERS)),
    Mart(
        "account_coverage",
        "HANDLE NULLS LAST, ACCOUNT_ID",
        (Reconciliation("accounts", "COUNT(*)", "COUNT(DISTINCT ACCOUNT_ID)", ACCOUNT_SNAPSHOTS.name),),
    ),
    Mart(
        "follower_history",
        "TAKEN_AT DESC, ACCOUNT_ID, SNAPSHOT_ID",
        (
            Reconciliation("rows of the history", "SUM(USERS_SEEN)", "COUNT(*)", FOLLOWER_SNAPSHOTS.name),
            Reconciliation(
                "users of accounts", "SUM(USERS_NEW)", "COUNT(DISTINCT ACCOUNT_ID, TIKTOK_ID)", FOLLOWER_SNAPSHOTS.name
            ),
        ),
    ),
)


class Marts:
    """The marts of a place, in a session in its database."""

    def __init__(self, session: Session, namespace: Namespace) -> None:
        self._session = session
        self._namespace = namespace

    def make(self, mart: Mart) -> tuple[Sequence[str], list[Row]]:
        """Make the view what its file says, and give its columns and first rows.

        Raises TableDriftError when something else has its name; that is left as it is.
        """
        self._refuse_what_is_no_mart(mart)
        self._replace_view(mart)
        return self._session.table(f"SELECT * FROM {self._name(mart)} ORDER BY {mart.order} LIMIT {FRAME_ROWS}")

    def reconcile(self, mart: Mart) -> Finding:
        """Compare the mart's totals with those of the tables that it is made from, as they are at one moment."""
        pairs = [
            f"(SELECT COALESCE({total.of_mart}, 0) FROM {self._name(mart)}), "
            f"(SELECT COALESCE({total.of_table}, 0) FROM {self._namespace.schema}.{total.table})"
            for total in mart.reconciliations
        ]
        (numbers,) = self._session.query(f"SELECT {', '.join(pairs)}")
        actual, expected = map(int, numbers[::2]), map(int, numbers[1::2])
        totals = list(zip(mart.reconciliations, actual, expected, strict=True))
        offenders = [
            f"{total.meaning}: {found:,} in {mart.view}, {wanted:,} in {total.table}"
            for total, found, wanted in totals
            if found != wanted
        ]
        return Finding(tuple(offenders), {total.meaning: found for total, found, _ in totals})

    def _refuse_what_is_no_mart(self, mart: Mart) -> None:
        ours = Table(mart.view, mart.description, tuple(TableColumn(name, "", "") for name in mart.columns))
        for name, there in self._found.items():
            if name.upper() == mart.view and (difference := view_difference(name, there, [ours])):
                msg = (
                    f"{self._namespace.view_schema}.{written(name)} is not the mart: {difference}. It was left as it "
                    "is. Rename it, or let SNOWFLAKE_VIEW_SCHEMA name another schema."
                )
                raise TableDriftError(msg)

    @cached_property
    def _found(self) -> dict[str, FoundTable]:
        """What has a mart's name, in whatever case; asked once for all of them."""
        schema = self._namespace.view_schema
        return existing_tables(self._session, (schema,), [mart.view for mart in MARTS])[schema]

    def full_name(self, mart: Mart) -> str:
        """The view's name with its database."""
        return f"{self._namespace.database}.{self._name(mart)}"

    @retry_conflicts
    def _replace_view(self, mart: Mart) -> None:
        # Without COPY GRANTS, who may read the view would have to be granted it again.
        self._session.execute(
            f"CREATE OR REPLACE VIEW {self._name(mart)} COPY GRANTS AS {mart.select(self._namespace.schema)}"
        )

    def _name(self, mart: Mart) -> str:
        return f"{self._namespace.view_schema}.{mart.view}"


def reconciles(mart: Mart) -> Check[Marts]:
    """Give the mart's check."""
    totals = ", ".join(total.meaning for total in mart.reconciliations)
    description = f"The mart's totals equal those of the tables that it is made from: {totals}."
    return Check(
        f"{mart.name}_{reconciles.__name__}", description, Severity.BLOCKING, lambda made: made.reconcile(mart)
    )
