"""ACCOUNT_LOOKS: what the API said of the tracked accounts themselves, from the answers in the bucket.

The answers are written once, so a look that is in the table is never read again. Follower lists belong in the batches.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tiktok_insights.clients.snowflake_session import Session, placeholders, retry_conflicts
from tiktok_insights.raw.snapshots import RAW_OBJECT_ERRORS, RawStore
from tiktok_insights.staging.ledger import take_lock
from tiktok_insights.staging.unreadable import Unreadable
from tiktok_insights.tables.account_looks import ACCOUNT_LOOKS
from tiktok_insights.tiktok.dialects import parse, read_account
from tiktok_insights.tiktok.errors import TikTokError

_LOCK = "looks"
_READERS = 16
#: So many rows go into one statement, with a bound value for each column.
_ROWS = 500
_VALUES = tuple[object, ...]


def record_looks(session: Session, raw: RawStore) -> list[Unreadable]:
    """Add the looks that the table does not have yet; give the answers that cannot be read."""
    keys = raw.looks()
    known = set(session.query(f"SELECT OBJECT_KEY FROM {ACCOUNT_LOOKS.name}")) if keys else set()
    new = [key for key in keys if (key,) not in known]
    if not new:
        return []
    with ThreadPoolExecutor(_READERS) as pool:
        found = list(pool.map(lambda key: _read(raw, key), new))
    rows = [item for item in found if not isinstance(item, Unreadable)]
    for start in range(0, len(rows), _ROWS):
        _insert(session, rows[start : start + _ROWS])
    return [item for item in found if isinstance(item, Unreadable)]


def _read(raw: RawStore, key: str) -> _VALUES | Unreadable:
    """The row of a look, in the order of the columns."""
    try:
        response = raw.response(key)
        account = parse(response, read_account).value
    except (*RAW_OBJECT_ERRORS, TikTokError) as error:
        return Unreadable.because(error, key)
    return (
        key,
        account.account_id,
        f"{response.fetched_at:%Y-%m-%d %H:%M:%S.%f}",
        account.handle,
        account.follower_total,
        account.following_total,
        account.heart_total,
        account.video_total,
        account.totals_are_exact,
    )


@retry_conflicts
def _insert(session: Session, rows: Sequence[_VALUES]) -> None:
    """Insert what is not there: by another run, or because the statement was sent twice."""
    names = ", ".join(ACCOUNT_LOOKS.names)
    typed = ", ".join(f"{column.name}::{column.type.removesuffix(' NOT NULL')}" for column in ACCOUNT_LOOKS.columns)
    places = ", ".join([f"({placeholders(ACCOUNT_LOOKS.names)})"] * len(rows))
    with session.transaction():
        take_lock(session, _LOCK)
        session.execute(
            f"INSERT INTO {ACCOUNT_LOOKS.name} ({names}) SELECT {typed} FROM (VALUES {places}) AS new ({names}) "
            f"WHERE OBJECT_KEY NOT IN (SELECT OBJECT_KEY FROM {ACCOUNT_LOOKS.name})",
            [value for row in rows for value in row],
        )
