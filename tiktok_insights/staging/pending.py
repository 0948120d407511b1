"""Which objects wait to be loaded: the listing of the CSV prefix, less what the ledger has. Pure functions."""

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from tiktok_insights.clients.object_store import ObjectInfo
from tiktok_insights.lake.listing import CsvObject, Listing

Version = tuple[str, str]


class _HasInfo(Protocol):
    @property
    def info(self) -> ObjectInfo: ...


Listed = TypeVar("Listed", bound=_HasInfo)


def pending(listing: Listing, known: set[Version]) -> list[CsvObject]:
    """The objects whose version (key, ETag) is not known, such as from the ledger; oldest first."""
    waiting = [item for item in listing.objects if (item.info.key, item.info.etag) not in known]
    return sorted(waiting, key=lambda item: (item.info.last_modified, item.info.key))


def in_parts(items: Sequence[Listed], most_objects: int, most_bytes: int) -> Iterator[list[Listed]]:
    """Cut objects into parts, in their order; an object that is larger than a part is a part of its own."""
    part: list[Listed] = []
    size = 0
    for item in items:
        if part and (len(part) == most_objects or size + item.info.size > most_bytes):
            yield part
            part, size = [], 0
        part.append(item)
        size += item.info.size
    if part:
        yield part
