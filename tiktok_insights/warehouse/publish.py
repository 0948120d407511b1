"""Publishing: passed batches go from staging to the tables, each in one transaction with its own counts.

Readers see the tables before or after it, never between. TIKTOK_DATA is a function of the history, so neither order nor
repetition of batches changes it. The statements stand in sql/publish.sql, in their order.
"""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources

import stamina
from snowflake.connector.errors import Error

from tiktok_insights.schema import WAREHOUSE_NAMES
from tiktok_insights.staging.batch import PASSED
from tiktok_insights.staging.ledger import SETTLED
from tiktok_insights.staging.transform import newest_first
from tiktok_insights.tables import (
    ACCOUNT_SNAPSHOTS,
    FOLLOWER_SNAPSHOTS,
    LOAD_BATCHES,
    LOAD_HISTORY,
)
from tiktok_insights.warehouse_session import Connect, Session, is_conflict

_NOT_IN_LEDGER = f"NOT EXISTS (SELECT 1 FROM ({SETTLED}) AS l WHERE l.OBJECT_KEY = o.OBJECT_KEY AND l.ETAG = o.ETAG)"
_CHOSEN = (
    f"SELECT o.OBJECT_KEY FROM STAGED_OBJECTS AS o WHERE o.BATCH_ID = ? AND o.STATUS = 'loaded' AND {_NOT_IN_LEDGER} "
    "AND NOT EXISTS (SELECT 1 FROM LOAD_HISTORY AS n WHERE n.OBJECT_KEY = o.OBJECT_KEY AND n.STATUS = 'loaded' "
    "AND n.LAST_MODIFIED > o.LAST_MODIFIED)"
)
_LEDGER_STATUS = LOAD_HISTORY.names.index("STATUS")


class PublishError(RuntimeError):
    """The transaction's own counts do not add up; it was rolled back and the tables are as they were."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What one batch has brought: objects new to the ledger, rows of the history, users whose row was made anew."""

    batch_id: str
    objects: int
    history_rows: int
    users: int


def publish_passed(connect: Connect, log: logging.Logger) -> list[Publication]:
    """Publish every batch that has passed the audit and is not published, oldest first.

    Needs nothing but the warehouse. Raises PublishError, and the warehouse's own errors once the retries are spent.
    """
    with connect() as session:
        waiting = session.query(
            f"SELECT BATCH_ID FROM {LOAD_BATCHES.name} WHERE VERDICT = ? AND PUBLISHED_AT IS NULL ORDER BY BATCH_ID",
            (PASSED,),
        )
    publications = []
    for (batch_id,) in waiting:
        publications.append(publish(connect, batch_id))
        done = publications[-1]
        numbers = (f"{number:,}" for number in (done.objects, done.history_rows, done.users))
        log.info("Batch %s: %s objects, %s rows, %s users published.", batch_id, *numbers)
    return publications


@stamina.retry(on=is_conflict, attempts=50, timeout=300.0, wait_initial=0.05, wait_max=3.0)
def publish(connect: Connect, batch_id: str) -> Publication:
    """Publish one batch, starting again when another publication holds the lock.

    May be repeated: a batch that is published by then brings nothing.

    Raises PublishError when the counts inside the transaction do not add up.
    """
    with connect() as session:
        publication: Publication | None = None
        try:
            with session.transaction():
                publication = _publish(session, batch_id)
        except Error:
            # The answer to COMMIT may have been lost after the commit: the warehouse knows.
            if publication is not None and _has_arrived(connect, batch_id):
                return publication
            raise
    return publication


def _publish(session: Session, batch_id: str) -> Publication:
    steps = publish_steps(datetime.now(UTC))
    take_lock, forget_touched_users = steps.pop("take_lock"), steps.pop("forget_touched_users")
    _run(session, take_lock, batch_id)
    if _is_published(session, batch_id):
        return Publication(batch_id, 0, 0, 0)
    expected = _counts(session, "expected_counts.sql", batch_id)
    for statement in steps.values():
        _run(session, statement, batch_id)
    users = _compare(batch_id, expected, _counts(session, "found_counts.sql", batch_id))
    _run(session, forget_touched_users, batch_id)
    objects, history_rows = expected
    return Publication(batch_id, objects, history_rows, users)


def _compare(batch_id: str, expected: tuple[int, ...], found: tuple[int, ...]) -> int:
    objects, history_rows, user_rows, users_in_history = found
    if (objects, history_rows, user_rows) != (*expected, users_in_history):
        msg = (
            f"Batch {batch_id} was rolled back: {objects} of {expected[0]} objects in the ledger, {history_rows} of "
            f"{expected[1]} rows in the history, {user_rows} rows for {users_in_history} users. Run again; if it stays "
            "so, report it with this message."
        )
        raise PublishError(msg)
    return user_rows


def _counts(session: Session, file: str, batch_id: str) -> tuple[int, ...]:
    text = _fill(_read(file), datetime.now(UTC))
    return tuple(int(number) for number in session.query(text, (batch_id,) * text.count("?"))[0])


def _run(session: Session, statement: str, batch_id: str) -> None:
    session.execute(statement, (batch_id,) * statement.count("?"))


def _is_published(session: Session, batch_id: str) -> bool:
    sql = f"SELECT COUNT(*) FROM {LOAD_BATCHES.name} WHERE BATCH_ID = ? AND PUBLISHED_AT IS NOT NULL"
    return bool(session.query(sql, (batch_id,))[0][0])


def _has_arrived(connect: Connect, batch_id: str) -> bool:
    with connect() as session:
        return _is_published(session, batch_id)


def publish_steps(now: datetime) -> dict[str, str]:
    """The statements of sql/publish.sql by the names of their steps, in order; `now` (UTC) goes to the ledger."""
    parts = re.split(r"^-- step: (\w+)$", _read("publish.sql"), flags=re.MULTILINE)[1:]
    names, texts = parts[::2], parts[1::2]
    return {name: _fill(text, now) for name, text in zip(names, texts, strict=True)}


def _read(file: str) -> str:
    return resources.files(__package__).joinpath("sql", file).read_text(encoding="utf-8")


def _fill(text: str, now: datetime) -> str:
    """A statement without its comments, with the contract's names in it."""
    without_comments = re.sub(r"^--.*$", "", text, flags=re.MULTILINE).strip().rstrip(";")
    return without_comments.format(
        chosen=_CHOSEN,
        not_in_ledger=_NOT_IN_LEDGER,
        columns=", ".join(WAREHOUSE_NAMES),
        history_columns=", ".join(FOLLOWER_SNAPSHOTS.names),
        account_snapshot_columns=", ".join(ACCOUNT_SNAPSHOTS.names),
        ledger_columns=", ".join(LOAD_HISTORY.names),
        object_columns_before_status=", ".join(LOAD_HISTORY.names[:_LEDGER_STATUS]),
        object_columns_after_status=", ".join(LOAD_HISTORY.names[_LEDGER_STATUS + 1 : -2]),
        newest_first=newest_first(),
        now=f"'{now.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'::TIMESTAMP_NTZ",
    )
