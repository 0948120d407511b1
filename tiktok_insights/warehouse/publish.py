"""Publishing: passed batches go from staging to the tables, each in one transaction with its own counts.

Readers see the tables before or after it, never between. TIKTOK_DATA is a function of the history, so neither order nor
repetition of batches changes it. The statements are in sql/, in their order.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from snowflake.connector.errors import Error

from tiktok_insights.clients.snowflake_session import Connect, Session, retry_conflicts
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.staging.ledger import take_lock
from tiktok_insights.suppression.hashes import is_outdated
from tiktok_insights.tables.definitions import LOAD_BATCHES, PUBLISH_LOCK, STAGED_OBJECTS, STAGED_TIKTOK_DATA
from tiktok_insights.tables.load_status import BatchVerdict
from tiktok_insights.warehouse.publish_sql import CHOOSE, EMPTY, PUBLISH, counts_query, steps_of


class PublishError(RuntimeError):
    """A batch cannot be published: its counts do not add up, or people were removed. The tables are as they were."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What one batch has brought: objects new to the ledger, and how many of them are loaded.

    The rest are refused or have expired. Also rows of the history, and users whose row was rebuilt.
    """

    batch_id: str
    objects: int
    loaded: int
    history_rows: int
    users: int


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a run has made of the table: how many users the history has now, and the publications of this run."""

    users: int
    publications: tuple[Publication, ...]

    @property
    def objects_loaded(self) -> int:
        """How many objects this run has loaded."""
        return sum(publication.loaded for publication in self.publications)


def publish_passed(connect: Connect, log: logging.Logger, progress: ProgressReporter = SILENT) -> list[Publication]:
    """Publish every batch that has passed the audit and is not published, oldest first.

    Needs nothing but the warehouse. A batch whose counts do not add up, or that may have people who were removed
    meanwhile, is discarded, so that its objects are staged again by the next run, and the others are published.

    Raises PublishError at the end when a batch was discarded, and the warehouse's own errors once the retries are
    spent.
    """
    now = datetime.now(UTC)
    with connect() as session:
        waiting = session.query(
            f"SELECT DISTINCT BATCH_ID FROM {LOAD_BATCHES.name} WHERE VERDICT = ? AND PUBLISHED_AT IS NULL "
            "ORDER BY BATCH_ID",
            (BatchVerdict.PASSED,),
        )
    publications, discarded = [], []
    with progress.track("publishing", len(waiting), "batches") as advance:
        for (batch_id,) in waiting:
            advance()
            try:
                publications.append(_publish_or_discard(connect, batch_id, now))
            except PublishError as error:
                log.warning("%s", error)
                discarded.append(str(error))
                continue
            done = publications[-1]
            numbers = (f"{number:,}" for number in (done.loaded, done.history_rows, done.users))
            log.info("Published batch %s. Objects loaded: %s, rows: %s, users: %s.", batch_id, *numbers)
    if discarded:
        raise PublishError("\n".join(discarded))
    return publications


def _publish_or_discard(connect: Connect, batch_id: str, now: datetime) -> Publication:
    # A second time: a statement whose answer was lost may have been sent, and have run, twice.
    with suppress(PublishError):
        return publish(connect, batch_id, now)
    try:
        return publish(connect, batch_id, now)
    except PublishError:
        _discard(connect, batch_id)
        raise


@retry_conflicts
def publish(connect: Connect, batch_id: str, now: datetime) -> Publication:
    """Publish one batch, starting again when another publication holds the lock.

    May be repeated: a batch that is published by then brings nothing. `now` goes to the ledger.

    Raises PublishError when the counts inside the transaction do not add up, or people were removed meanwhile.
    """
    with connect() as session:
        # Asked again once the lock is held; but many runs at once need not queue for what one of them has done.
        if _is_published(session, batch_id):
            return Publication(batch_id, 0, 0, 0, 0)
        publication: Publication | None = None
        try:
            with session.transaction():
                publication = _publish(session, batch_id, now)
        except Error:
            # The answer to COMMIT may have been lost after the commit: the warehouse knows.
            if publication is not None and _has_arrived(connect, batch_id):
                return publication
            raise
    return publication


def _publish(session: Session, batch_id: str, now: datetime) -> Publication:
    take_lock(session, batch_id)
    if _is_settled(session, batch_id):
        return Publication(batch_id, 0, 0, 0, 0)
    _run(session, CHOOSE, batch_id, now)
    expected = _counts(session, "expected_counts", batch_id, now)
    users, known_users = expected.pop("ALL_USERS"), expected.pop("KNOWN_USERS")
    _run(session, PUBLISH, batch_id, now)
    touched = _compare(batch_id, expected, _counts(session, "found_counts", batch_id, now))
    # A value, not a difference: a statement whose answer is lost may run twice.
    write_users(session, users - known_users + touched)
    _run(session, EMPTY, batch_id, now)
    return Publication(batch_id, expected["OBJECTS"], expected["SNAPSHOTS"], expected["HISTORY_ROWS"], touched)


def write_users(session: Session, users: int) -> None:
    """Note how many users the history has, in the lock's row, which the transaction must hold."""
    session.execute(f"UPDATE {session.namespace.name_of(PUBLISH_LOCK)} SET USERS = ?", (users,))


@retry_conflicts
def _discard(connect: Connect, batch_id: str) -> None:
    """Take back the verdict of a batch that cannot be published, and drop its rows: someone removed may be in them."""
    with connect() as session, session.transaction():
        take_lock(session, batch_id)
        session.execute(
            f"UPDATE {LOAD_BATCHES.name} SET VERDICT = ? WHERE BATCH_ID = ? AND PUBLISHED_AT IS NULL",
            (BatchVerdict.FAILED, batch_id),
        )
        for table in (STAGED_TIKTOK_DATA, STAGED_OBJECTS):
            session.execute(f"DELETE FROM {session.namespace.name_of(table)} WHERE BATCH_ID = ?", (batch_id,))


def _compare(batch_id: str, expected: dict[str, int], found: dict[str, int]) -> int:
    users, users_id_sum = found["USERS_IN_HISTORY"], found["USERS_ID_SUM"]
    spells = found["SPELLS"]
    due = {"DIFFERENT_OBJECTS": 0, "USER_ROWS": users, "USER_ID_SUM": users_id_sum, "SPELL_ROWS": spells}
    if found != {**found, **expected, **due}:
        msg = (
            f"Batch {batch_id} was rolled back: {found['OBJECTS']} of {expected['OBJECTS']} objects in the ledger, "
            f"{found['SNAPSHOTS']} of {expected['SNAPSHOTS']} snapshots, {found['HISTORY_ROWS']} of "
            f"{expected['HISTORY_ROWS']} rows in the history, {found['USER_ROWS']} rows for {users} users; "
            f"objects with other rows or IDs than staged: {found['DIFFERENT_OBJECTS']}; the sums of IDs "
            f"{_words(found['HISTORY_ID_SUM'], expected['HISTORY_ID_SUM'])} in the history and "
            f"{_words(found['USER_ID_SUM'], users_id_sum)} in the table; {found['SPELL_ROWS']} rows for {spells} "
            "spells. The next run stages its objects again. If this continues, report this message."
        )
        raise PublishError(msg)
    return users


def _words(found: int, expected: int) -> str:
    # The sum of one row's ID would be a trace of one person, which no one could delete from Dagster's events.
    return "agree" if found == expected else "differ"


def _counts(session: Session, file: str, batch_id: str, now: datetime) -> dict[str, int]:
    text = counts_query(file, session.namespace, now)
    (counts,) = session.records(text, (batch_id,) * text.count("?"))
    return {name: int(count) for name, count in counts.items()}


def _run(session: Session, file: str, batch_id: str, now: datetime) -> None:
    for statement in steps_of(file, session.namespace, now).values():
        session.execute(statement, (batch_id,) * statement.count("?"))


def _is_settled(session: Session, batch_id: str) -> bool:
    """Whether the batch is published. Raises PublishError if people were removed since its objects were read.

    Asked with the lock held, as whoever removes people writes down the state of their list with it.
    """
    batches = session.query(
        "SELECT b.PUBLISHED_AT IS NOT NULL, COALESCE(b.SUPPRESSION, ''), COALESCE(l.SUPPRESSION, '') "
        f"FROM {LOAD_BATCHES.name} AS b CROSS JOIN {session.namespace.name_of(PUBLISH_LOCK)} AS l WHERE b.BATCH_ID = ?",
        (batch_id,),
    )
    if any(published for published, _, _ in batches):
        return True
    if any(is_outdated(used, newest) for _, used, newest in batches):
        msg = (
            f"Batch {batch_id} was discarded: people were removed since its objects were read, and may be in them. "
            "The next run stages the objects again. If this continues, the suppression list in the bucket is an old "
            "one: restore the newest version of it."
        )
        raise PublishError(msg)
    return False


def _is_published(session: Session, batch_id: str) -> bool:
    sql = f"SELECT COUNT(*) FROM {LOAD_BATCHES.name} WHERE BATCH_ID = ? AND PUBLISHED_AT IS NOT NULL"
    return bool(session.query(sql, (batch_id,))[0][0])


def _has_arrived(connect: Connect, batch_id: str) -> bool:
    with connect() as session:
        return _is_published(session, batch_id)
