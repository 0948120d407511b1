"""Removes everything about an account that was followed: its objects in the bucket, and its rows in the warehouse.

Its followers stay in TIKTOK_DATA as far as other accounts list them. Partitions in Glue that are empty then go with the
next run. A follower who is removed from all accounts belongs in the other modules of this package.
"""

from collections.abc import Iterator

from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Session, retry_conflicts
from tiktok_insights.lake.followers_csv import RAW_QUARANTINE_PREFIX
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.raw.deletion import delete_objects
from tiktok_insights.raw.manifest import RAW_PREFIX
from tiktok_insights.raw.probe import PROBE_PREFIX
from tiktok_insights.raw.snapshots import RAW_OBJECT_ERRORS, REFERENCES, RawStore
from tiktok_insights.staging.ledger import take_lock
from tiktok_insights.staging.quarantine import QUARANTINE_PREFIX
from tiktok_insights.tables.account_looks import ACCOUNT_LOOKS
from tiktok_insights.tables.daily_totals import DAILY_TOTALS
from tiktok_insights.tables.definitions import (
    ACCOUNT_SNAPSHOTS,
    FOLLOWER_SNAPSHOTS,
    LOAD_HISTORY,
    STAGED_OBJECTS,
    STAGED_TIKTOK_DATA,
)
from tiktok_insights.tables.presence import PRESENCE_SPELLS
from tiktok_insights.tiktok.dialects import parse, read_account
from tiktok_insights.tiktok.errors import TikTokError
from tiktok_insights.warehouse.users_again import make_users_again, touch_users

_WITH_ACCOUNTS = (
    FOLLOWER_SNAPSHOTS,
    ACCOUNT_SNAPSHOTS,
    PRESENCE_SPELLS,
    ACCOUNT_LOOKS,
    DAILY_TOTALS,
    STAGED_TIKTOK_DATA,
    STAGED_OBJECTS,
)


def remove_account(store: ObjectStore, connect: Connect, account_id: str) -> list[Cleaned]:
    """Remove an account; may be cut off and repeated. Nothing may extract or load it meanwhile."""
    return [*_from_the_bucket(store, account_id), *_from_the_warehouse(connect, account_id)]


def handles_of(connect: Connect, account_id: str) -> frozenset[str]:
    """The handles that the account had, while it has rows. Logs and Dagster's records may have them."""
    with connect() as session:
        rows = session.query(
            f"SELECT DISTINCT HANDLE FROM {ACCOUNT_SNAPSHOTS.name} WHERE ACCOUNT_ID = ?", (account_id,)
        )
    return frozenset(handle for (handle,) in rows if handle)


def objects_of(store: ObjectStore, account_id: str) -> Iterator[tuple[str, list[ObjectInfo]]]:
    """Every place in the bucket with its objects about the account, in the order in which they go."""
    raw = [*store.list(f"{RAW_PREFIX}account={account_id}/")]
    yield "responses", raw + _notes(store, account_id) + _probes(store, account_id)
    yield "csv", [*store.list(f"{CSV_PREFIX}account={account_id}/")]
    prefixes = (RAW_QUARANTINE_PREFIX, f"{QUARANTINE_PREFIX}{CSV_PREFIX}")
    yield "quarantine", [info for prefix in prefixes for info in store.list(f"{prefix}account={account_id}/")]


def _notes(store: ObjectStore, account_id: str) -> list[ObjectInfo]:
    """The notes of names that stand for the account."""
    raw = RawStore(store)
    infos = [*store.list(REFERENCES)]
    names = (info.key.removeprefix(REFERENCES).removesuffix(".json") for info in infos)
    return [info for info, name in zip(infos, names, strict=True) if raw.remembered_account(name) == account_id]


def _probes(store: ObjectStore, account_id: str) -> list[ObjectInfo]:
    """The responses of the probes that asked for the account."""
    infos = [*store.list(PROBE_PREFIX)]
    answers = [info.key for info in infos if info.key.endswith("/account-info.json.gz")]
    folders = tuple(key.rpartition("/")[0] + "/" for key in answers if _account_in(store, key) == account_id)
    return [info for info in infos if folders and info.key.startswith(folders)]


def _account_in(store: ObjectStore, key: str) -> str:
    try:
        return parse(RawStore(store).response(key), read_account).value.account_id
    except (*RAW_OBJECT_ERRORS, TikTokError):
        return ""


def _from_the_bucket(store: ObjectStore, account_id: str) -> Iterator[Cleaned]:
    for place, infos in objects_of(store, account_id):
        for refused in delete_objects(store, infos):
            raise refused
        yield Cleaned(place, len(infos), len(infos))


@retry_conflicts
def _from_the_warehouse(connect: Connect, account_id: str) -> list[Cleaned]:
    """Delete the account's rows, in one transaction. Users whom other accounts list get their newest row there."""
    with connect() as session, session.transaction():
        take_lock(session, "forget-account")
        touch_users(session, f"SELECT TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} WHERE ACCOUNT_ID = ?", (account_id,))
        done = list(rows_of(session, account_id))
        for table, condition, value in _rows(session, account_id):
            session.execute(f"DELETE FROM {table} WHERE {condition}", (value,))
        make_users_again(session)
    return done


def rows_of(session: Session, account_id: str) -> Iterator[Cleaned]:
    """How many rows each table has of the account."""
    for table, condition, value in _rows(session, account_id):
        ((rows,),) = session.query(f"SELECT COUNT(*) FROM {table} WHERE {condition}", (value,))
        yield Cleaned(table, min(int(rows), 1), int(rows))


def _rows(session: Session, account_id: str) -> Iterator[tuple[str, str, str]]:
    """The tables with rows of an account, and which rows these are."""
    for table in _WITH_ACCOUNTS:
        yield session.namespace.name_of(table), "ACCOUNT_ID = ?", account_id
    yield session.namespace.name_of(LOAD_HISTORY), "STARTSWITH(OBJECT_KEY, ?)", f"{CSV_PREFIX}account={account_id}/"
