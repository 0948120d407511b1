"""Deletes objects of snapshots. What is to be deleted, and why, belongs to whoever asks for it."""

from collections.abc import Callable, Collection

from tiktok_insights.clients.object_store import ObjectChangedError, ObjectInfo, ObjectStore
from tiktok_insights.clients.request_pool import request_pool
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError

_MANIFEST = "/_manifest.json"
#: Why an object stays: somebody has replaced it, or S3 keeps it.
Refusal = ObjectChangedError | ObjectNotWritableError


def delete_objects(
    store: ObjectStore, objects: Collection[ObjectInfo], advance: Callable[[], None] = lambda: None
) -> list[Refusal]:
    """Delete objects as they were listed, several at once; gives the errors of those that stay.

    May be cut off and repeated. Manifests go first: a snapshot without one is open, and no CSV is made of it.
    """

    def delete(info: ObjectInfo) -> Refusal | None:
        try:
            store.delete_version(info)
        except (ObjectChangedError, ObjectNotWritableError) as error:
            return error
        return None

    refused = []
    with request_pool() as pool:
        for is_manifest in (True, False):
            for error in pool.map(delete, [info for info in objects if info.key.endswith(_MANIFEST) is is_manifest]):
                advance()
                refused += [error] if error else []
    return refused
