"""Every place that holds people, in one list: what finds a person, and what will remove one, goes through it.

Add a place here when something new stores an ID, handle, name or picture. What is held elsewhere, out of this system's
reach, is said by `ELSEWHERE`.
"""

from collections.abc import Iterator

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.people.bucket_places import bucket_places
from tiktok_insights.people.finding import Place
from tiktok_insights.people.warehouse_places import warehouse_places

#: What is not searched, and why.
ELSEWHERE = (
    "The dashboard (in the bucket and on this machine) and Power BI: they show rows of the marts, and nothing else.",
    "Marts without IDs: they have totals, some by nickname.",
    "Files that people exported, copied or sent.",
    "Logs and run pages of Dagster: they have counts, keys of objects and messages about rows.",
    "Files of batches in work, for minutes (glue/ in the bucket, temporary folders).",
    "What Snowflake's Time Travel and Fail-safe, old versions of objects, and backups still hold.",
)


def all_places(session: Session, store: ObjectStore) -> Iterator[Place]:
    """Give every place, the warehouse first."""
    yield from warehouse_places(session)
    yield from bucket_places(store)
