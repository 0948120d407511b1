"""Which objects wait to be loaded: the listing of the CSV prefix, less what the ledger has. Pure functions."""

from collections.abc import Iterator, Sequence

from tiktok_insights.lake.listing import CsvObject, Listing

Version = tuple[str, str]

#: The most that one batch takes: a batch is judged and published as a whole, and what it has done is done.
MAX_OBJECTS = 1_000
MAX_BYTES = 2_000_000_000


def pending(listing: Listing, known: set[Version]) -> list[CsvObject]:
    """The objects whose version (key, ETag) is not known, such as from the ledger; oldest first."""
    waiting = [item for item in listing.objects if (item.info.key, item.info.etag) not in known]
    return sorted(waiting, key=lambda item: (item.info.last_modified, item.info.key))


def in_batches(waiting: Sequence[CsvObject]) -> Iterator[list[CsvObject]]:
    """Cut pending objects into batches, in their order; a larger object is a batch of its own."""
    batch: list[CsvObject] = []
    size = 0
    for item in waiting:
        if batch and (len(batch) == MAX_OBJECTS or size + item.info.size > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.info.size
    if batch:
        yield batch
