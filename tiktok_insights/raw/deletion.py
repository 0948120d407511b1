"""Deletes objects of snapshots. What is to be deleted, and why, belongs to whoever asks for it."""

from collections.abc import Callable, Collection

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.request_pool import request_pool
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError

_MANIFEST = "/_manifest.json"


def delete_objects(
    store: ObjectStore, keys: Collection[str], advance: Callable[[], None] = lambda: None
) -> list[ObjectNotWritableError]:
    """Delete objects, several at once; gives the errors of those that S3 keeps. May be cut off and repeated.

    Manifests go first: a snapshot without one is open, and no CSV is made of it.
    """

    def delete(key: str) -> ObjectNotWritableError | None:
        try:
            store.delete(key)
        except ObjectNotWritableError as error:
            return error
        return None

    refused = []
    with request_pool() as pool:
        for is_manifest in (True, False):
            for error in pool.map(delete, [key for key in keys if key.endswith(_MANIFEST) is is_manifest]):
                advance()
                refused += [error] if error else []
    return refused
