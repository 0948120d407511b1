"""Makes the views of readers: each mart again in their schema, with pseudonyms, and the key of these.

Where the schema does not exist, nothing is made. What a reader sees of a column belongs in `pseudonyms`, and who may
read what in deploy/snowflake/setup.sql.
"""

import secrets
from datetime import UTC, datetime
from functools import cached_property

from tiktok_insights.clients.snowflake_session import Session, retry_conflicts
from tiktok_insights.insights.mart import Mart
from tiktok_insights.insights.pseudonyms import Source
from tiktok_insights.staging.ledger import take_lock
from tiktok_insights.tables.columns import comment, timestamp
from tiktok_insights.tables.definitions import TIKTOK_DATA
from tiktok_insights.tables.readers import READER_KEY

#: Of each half of the key: 64 hexadecimal digits, which fill a block of SHA-256.
_BYTES = 32


class ReaderViews:
    """The views of readers in the session's namespace."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._namespace = session.namespace
        self._is_begun = False

    @cached_property
    def exist(self) -> bool:
        """Whether there is a schema for them."""
        return self.state()[0] > 0

    def state(self) -> tuple[int, str]:
        """Tell whether there is a schema for them, and when the key was made."""
        if not self._namespace.reader_schema:
            return 0, ""
        ((schemas, made_at),) = self._session.query(
            "SELECT (SELECT COUNT(*) FROM information_schema.schemata WHERE SCHEMA_NAME = ?), "
            f"(SELECT MIN(MADE_AT) FROM {self._key})",
            (self._namespace.reader_schema,),
        )
        return int(schemas), str(made_at)

    def make(self, mart: Mart) -> None:
        """Make the reader's view of a mart, and that of the table that Power BI reads beside the marts."""
        if not self.exist:
            return
        if not self._is_begun:
            self._make_key()
            self._replace(self.statement(Source.of_table(TIKTOK_DATA)))
            self._is_begun = True
        self._replace(self.statement(Source.of_mart(mart)))

    def statement(self, source: Source) -> str:
        """Write what makes a view. Raises UnclassifiedColumnError."""
        return (
            f"CREATE OR REPLACE SECURE VIEW {self._namespace.reader_schema}.{source.name} ({source.columns_of_view()}) "
            f"COPY GRANTS {comment(source.description, '=')} "
            f"AS {source.select(f'{self._namespace.view_schema}.{source.name}', self._key)}"
        )

    def full_name(self, mart: Mart) -> str:
        """Give the view's name with its database; empty where none is made."""
        return f"{self._namespace.database}.{self._namespace.reader_schema}.{mart.view}" if self.exist else ""

    @property
    def _key(self) -> str:
        return self._namespace.name_of(READER_KEY)

    @retry_conflicts
    def _replace(self, statement: str) -> None:
        self._session.execute(statement)

    @retry_conflicts
    def _make_key(self) -> None:
        """Make the key if there is none. Its values are bound, so no statement has them."""
        if self._session.query(f"SELECT 1 FROM {self._key} LIMIT 1"):
            return
        with self._session.transaction():
            # Several at once would make several keys.
            take_lock(self._session, "readers' key")
            self._session.execute(
                f"INSERT INTO {self._key} SELECT ?, ?, {timestamp(datetime.now(UTC))} "
                f"WHERE NOT EXISTS (SELECT 1 FROM {self._key})",
                (secrets.token_hex(_BYTES), secrets.token_hex(_BYTES)),
            )


def make_reader_schema(session: Session) -> None:
    """Make the schema of readers; in an account, deploy/snowflake/setup.sql does, and grants it to them."""
    session.execute(f"CREATE SCHEMA IF NOT EXISTS {session.namespace.reader_schema}")
    # Creating a schema moves the session into it.
    session.execute(f"USE SCHEMA {session.namespace.schema}")
