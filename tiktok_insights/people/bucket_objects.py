"""Reads many objects side by side, each as a file of this machine. One that cannot be read is named, not skipped.

What is in an object, and what is done with it, belongs to the caller.
"""

import csv
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from tiktok_insights.clients.object_store import Downloaded, ObjectChangedError, ObjectInfo, ObjectStore
from tiktok_insights.clients.request_pool import request_pool
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError, ObjectUnavailableError
from tiktok_insights.people.finding import Unread
from tiktok_insights.raw.manifest import RawDataError
from tiktok_insights.scratch import scratch_folder

#: So many objects wait for a thread: a bucket has millions.
_AT_ONCE = 1_000
_Made = TypeVar("_Made")
#: What may be wrong with one object while the others are fine.
OBJECT_ERRORS = (
    ObjectChangedError, ObjectUnavailableError, ObjectNotWritableError, OSError, EOFError, zlib.error, ValueError,
    LookupError, TypeError, RecursionError, RawDataError, csv.Error,
)  # fmt: skip


def each_object(
    store: ObjectStore, infos: Iterable[ObjectInfo], use: Callable[[ObjectInfo, Path, Downloaded], _Made]
) -> Iterator[_Made | Unread]:
    """Copy each object into a file, and give what `use` makes of it, in the order of `infos`; or why there is nothing.

    The file is gone afterwards.
    """

    def made(info: ObjectInfo) -> _Made | Unread:
        try:
            with scratch_folder() as folder:
                path = Path(folder) / "object"
                return use(info, path, store.download(info, path))
        except OBJECT_ERRORS as error:
            return Unread(info.key, why(error))

    waiting = iter(infos)
    with request_pool() as pool:
        while some := list(islice(waiting, _AT_ONCE)):
            yield from pool.map(made, some)


def why(error: Exception) -> str:
    """Why an object could not be read or written, in words."""
    return str(error) or type(error).__name__
