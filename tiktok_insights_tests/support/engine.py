"""Staging and publishing in DuckDB itself, without servers: quick enough for every order and batching.

What runs is the package's own code: inspection, transform, what is pending, the verdict, the publication. What the
stack adds (a bucket, sessions, locks, Snowflake's dialect) is tested on the stack.
"""

import hashlib
import re
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import duckdb

from tiktok_insights.clients.object_store import ObjectInfo
from tiktok_insights.clients.snowflake_session import Row, Session
from tiktok_insights.lake.listing import sort_out
from tiktok_insights.staging.audit import AuditVerdict
from tiktok_insights.staging.content import Content, known_contents
from tiktok_insights.staging.csv_file import RowOrigin
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.ledger import settled_or_staged_versions
from tiktok_insights.staging.pending import pending
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.verdict import write_verdict
from tiktok_insights.tables.creation import creation_script
from tiktok_insights.tables.definitions import ALL, PUBLISH_LOCK, STAGED_TIKTOK_DATA
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights.warehouse.publish import publish
from tiktok_insights.warehouse.rebuild import rebuild
from tiktok_insights.warehouse.scope import mark_checked, unchecked
from tiktok_insights_tests.support.history import COLUMNS, Tables, Upload
from tiktok_insights_tests.support.loading import facts_of
from tiktok_insights_tests.support.transforming import transform

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
_TYPES = {"NUMBER(38,0)": "DECIMAL(38,0)", "TIMESTAMP_NTZ": "TIMESTAMP", "FLOAT": "DOUBLE"}


class DuckSession(Session):
    """A session whose warehouse is DuckDB, in this process and in memory."""

    def __init__(self) -> None:
        self.namespace = Namespace("memory", "main", "internal", "main")
        # For a handful of rows a second thread or a better plan costs more than it saves.
        self.duck = duckdb.connect(config={"threads": 1})
        self.duck.execute("PRAGMA disable_optimizer")
        self.duck.execute(
            "CREATE MACRO dateadd(unit, number, moment) AS moment + "
            "CASE unit WHEN 'day' THEN to_days(number) WHEN 'microsecond' THEN to_microseconds(number) END"
        )
        self.duck.execute("CREATE MACRO md5_number_lower64(text) AS ('0x' || substr(md5(text), 17))::UBIGINT")

    def table(self, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[Row]]:
        """Run one statement in DuckDB's words: its names of types, and its way to count distinct rows."""
        for snowflake, duck in _TYPES.items():
            sql = sql.replace(snowflake, duck)
        sql = re.sub(r"COUNT\(DISTINCT ([^()]+,[^()]+)\)", r"COUNT(DISTINCT (\1))", sql)
        answer = self.duck.execute(sql, list(values))
        return [column[0] for column in answer.description or []], answer.fetchall()

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement; nobody here asks how many rows it has changed."""
        self.query(sql, values)
        return 0


class Engine:
    """The warehouse's tables, and the two stages before them. What an object becomes is worked out once."""

    def __init__(self) -> None:
        self.session = DuckSession()
        self._name_of = self.session.namespace.name_of
        for statement in creation_script(self.session.namespace).split(";\n\n"):
            # DuckDB does not move the session when it creates a schema, and has comments in statements of their own.
            if not statement.startswith("USE"):
                self.session.execute(re.sub(r" COMMENT (= )?'([^']|'')*'", "", statement))
        self.session.execute(
            f"CREATE TABLE transformed AS SELECT 0 AS number, * FROM {self._name_of(STAGED_TIKTOK_DATA)}"
        )
        self._transformed: dict[tuple[Upload, datetime], StagedObject] = {}
        #: No two publications are at the same time.
        self._moments = count()

    def close(self) -> None:
        """Give the memory back; what hypothesis still holds of it would be printed as leaked at the process's end."""
        self._transformed.clear()
        self.session.duck.close()
        del self.session

    def clear(self) -> None:
        """Empty all tables."""
        for table in ALL:
            if table is not PUBLISH_LOCK:
                self.session.execute(f"TRUNCATE {self._name_of(table)}")
        self.session.execute(f"UPDATE {self._name_of(PUBLISH_LOCK)} SET USERS = NULL, RETAINED_FROM = NULL")

    def put(self, upload: Upload) -> Upload:
        """Nothing to do: the bucket is whatever the test says."""
        return upload

    def delete(self, key: str) -> None:
        """Nothing to do either."""

    def waiting(self, bucket: Iterable[Upload]) -> list[tuple[str, str]]:
        """Key and ETag of what would be staged of this bucket."""
        listing = sort_out(_info(upload) for upload in bucket)
        waiting = pending(listing, settled_or_staged_versions(self.session))
        return [(item.info.key, item.info.etag) for item in waiting]

    def stage(self, batch_id: str, uploads: Iterable[Upload]) -> None:
        """Make a batch of objects, with its verdict."""
        objects = [self._transform(upload) for upload in uploads]
        numbers = [list(self._transformed.values()).index(staged) for staged in objects]
        self.session.execute(
            f"INSERT INTO {self._name_of(STAGED_TIKTOK_DATA)} BY NAME "
            "SELECT * EXCLUDE (number) REPLACE (? AS BATCH_ID) FROM transformed WHERE number IN (SELECT unnest(?))",
            (batch_id, numbers),
        )
        write_verdict(self.session, AuditVerdict(batch_id, tuple(objects), ()))

    def publish(self, batch_id: str) -> int:
        """Publish a batch; say how many objects it has brought to the ledger."""
        now = NOON + timedelta(seconds=next(self._moments))
        return publish(lambda: nullcontext(self.session), batch_id, now).objects

    def tables(self) -> Tables:
        """The tables in one order."""
        return {
            table: sorted((_plain(row) for row in self.session.query(f"SELECT {columns} FROM {table}")), key=repr)
            for table, columns in COLUMNS.items()
        }

    def users_counted(self) -> int:
        """How many users the history has, as the publications have counted them."""
        ((users,),) = self.session.query(f"SELECT COALESCE(MAX(USERS), 0) FROM {self._name_of(PUBLISH_LOCK)}")
        return int(users)

    def unchecked(self) -> tuple[set[str], set[str]]:
        """What no checks have passed: the batches, and the keys of the objects that the next checks compare."""
        return unchecked_in(self.session)

    def mark_checked(self) -> None:
        """Note that the checks of that have passed."""
        mark_checked(self.session, unchecked(self.session), NOON)

    def rebuild(self) -> None:
        """Rebuild the table from the history."""
        rebuild(lambda: nullcontext(self.session))

    def _transform(self, upload: Upload) -> StagedObject:
        sha256 = hashlib.sha256(upload.body).hexdigest()
        content = known_contents(self.session, [upload.key]).recognize(_info(upload), sha256)
        # That it is loaded is noticed by the publication, too.
        place = upload, content.first_modified
        if place not in self._transformed:
            content = Content(sha256, content.first_modified)
            self._transformed[place] = self._put_through(upload, content, len(self._transformed))
        return self._transformed[place]

    def _put_through(self, upload: Upload, content: Content, number: int) -> StagedObject:
        (item,) = sort_out([_info(upload)]).objects
        with tempfile.TemporaryDirectory() as name:
            origin = RowOrigin.of("", item, content.first_modified)
            try:
                result = transform(Path(name), upload.body, origin)
            except UnloadableError as error:
                return StagedObject(item, content, reason=str(error))
            if result.staged:
                self.session.execute(
                    f"INSERT INTO transformed BY NAME SELECT {number} AS number, * FROM '{result.staged}'"
                )
        return StagedObject(item, content, result.counts, result.id_sums, facts=facts_of(upload))


def unchecked_in(session: Session) -> tuple[set[str], set[str]]:
    """The batches that no checks have passed, and the keys of the objects that the next checks compare."""
    scope = unchecked(session)
    keys = {key for (key,) in session.query(scope.keys, scope.values)} if scope.batch_ids else set()
    assert scope.objects == len(keys)
    return set(scope.batch_ids), keys


def _info(upload: Upload) -> ObjectInfo:
    return ObjectInfo(upload.key, upload.etag, len(upload.body), upload.written.replace(tzinfo=UTC))


def _plain(row: Row) -> Row:
    """Decimals of whole numbers as integers, as the connector gives them."""
    return tuple(int(value) if type(value).__name__ == "Decimal" else value for value in row)
