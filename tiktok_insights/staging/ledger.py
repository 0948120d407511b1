"""The ledger as staging uses it: which object versions are settled, and forgetting those that were set aside."""

from tiktok_insights.staging.pending import Version
from tiktok_insights.staging.staged_object import SET_ASIDE
from tiktok_insights.tables import LOAD_HISTORY
from tiktok_insights.warehouse_session import Session

#: Of each object the version that was settled last. An earlier one may come back (the same bytes have the same ETag,
#: as after a replay that puts an old CSV right again): then it waits to be loaded again.
SETTLED = (
    "SELECT OBJECT_KEY, ETAG FROM (SELECT OBJECT_KEY, ETAG, ROW_NUMBER() OVER "
    f"(PARTITION BY OBJECT_KEY ORDER BY LAST_MODIFIED DESC, LOADED_AT DESC) AS PLACE FROM {LOAD_HISTORY.name}) "
    "AS versions WHERE PLACE = 1"
)


def settled_versions(session: Session) -> set[Version]:
    """Of each object the version (key, ETag) that was loaded or set aside last."""
    return {(key, etag) for key, etag in session.query(SETTLED)}


def forget_set_aside(session: Session, key: str | None = None) -> list[str]:
    """Forget the set-aside objects, or the one with the key, so that they are pending again. Gives their keys."""
    where, values = "STATUS = ?", [SET_ASIDE]
    if key is not None:
        where, values = f"{where} AND OBJECT_KEY = ?", [*values, key]
    keys = session.query(f"SELECT OBJECT_KEY FROM {LOAD_HISTORY.name} WHERE {where} ORDER BY OBJECT_KEY", values)
    session.execute(f"DELETE FROM {LOAD_HISTORY.name} WHERE {where}", values)
    return [found for (found,) in keys]
