"""What an object holds, by its SHA-256. An ETag says how bytes were uploaded, and LastModified when, not what they are.

What a known content means for the ledger is in `warehouse/sql/choose_objects.sql`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tiktok_insights.clients.object_store import ObjectInfo
from tiktok_insights.clients.snowflake_session import NamedRow, Session, placeholders
from tiktok_insights.staging.ledger import ledger_to_be
from tiktok_insights.tables.load_status import LoadStatus

#: Snowflake takes a list of 16,384 values.
_KEYS_IN_A_STATEMENT = 10_000
#: An object's metadata says what it was written over, to erase someone. S3 takes 2 kB of metadata.
_REPLACES = "replaces"
_MOST_REPLACED = 5
_COLUMNS = "OBJECT_KEY, CONTENT_SHA256, FIRST_MODIFIED, STATUS, BATCH_ID"


@dataclass(frozen=True, slots=True)
class Content:
    """What an object holds: its SHA-256, and when it first had it (UTC). `is_loaded` says that it is loaded now."""

    sha256: str
    first_modified: datetime
    is_loaded: bool = False


@dataclass(frozen=True, slots=True)
class KnownContents:
    """Contents that runs have seen before: when each key first had each, and the one of each key that is loaded."""

    first_modified: Mapping[tuple[str, str], datetime]
    loaded: Mapping[str, str]

    def recognize(self, info: ObjectInfo, sha256: str, replaced: Sequence[str] = ()) -> Content:
        """Say what is known of the content of an object that was read.

        `replaced` are contents that it took the place of: its rows are no newer than theirs.
        """
        known = (self.first_modified.get((info.key, one), info.last_modified) for one in (sha256, *replaced))
        return Content(sha256, min(*known, info.last_modified), self.loaded.get(info.key) == sha256)


def replaced_contents(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """The SHA-256 of each content that an object had with the rows of people who were removed, the last one first."""
    return tuple(filter(None, metadata.get(_REPLACES, "").split(",")))


def with_replaced(metadata: Mapping[str, str], sha256: str) -> dict[str, str]:
    """The metadata of an object that is written without rows of the content with this SHA-256."""
    return {**metadata, _REPLACES: ",".join((sha256, *replaced_contents(metadata))[:_MOST_REPLACED])}


def known_contents(session: Session, keys: Collection[str]) -> KnownContents:
    """Look up some keys in the ledger, and in the batches that have passed the audit and wait for their publication."""
    in_order = sorted(keys)
    starts = range(0, len(in_order), _KEYS_IN_A_STATEMENT)
    rows = [row for start in starts for row in _rows(session, in_order[start : start + _KEYS_IN_A_STATEMENT])]
    first: dict[tuple[str, str], datetime] = {}
    loaded: dict[str, str] = {}
    for row in rows:
        content = row["OBJECT_KEY"], row["CONTENT_SHA256"]
        modified = row["FIRST_MODIFIED"].replace(tzinfo=UTC)
        first[content] = min(modified, first.get(content, modified))
        # The later batch holds, once all are published.
        if row["STATUS"] in (LoadStatus.LOADED, LoadStatus.UNCHANGED):
            loaded[row["OBJECT_KEY"]] = row["CONTENT_SHA256"]
    return KnownContents(first, loaded)


def _rows(session: Session, keys: Sequence[str]) -> list[NamedRow]:
    return session.records(
        f"SELECT {_COLUMNS} FROM {ledger_to_be(session, _COLUMNS, _COLUMNS)} "
        f"WHERE OBJECT_KEY IN ({placeholders(keys)}) ORDER BY BATCH_ID",
        keys,
    )
