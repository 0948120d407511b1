"""Brings the objects of one batch into the staging table, group by group, and says what became of each.

The batch's verdict belongs in `batch.py`; what is rejected or unloadable, in the modules that this one calls.
"""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectChangedError, ObjectStore
from tiktok_insights.clients.request_pool import request_pool
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging import duckdb_transform, quarantine
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.csv_group import Transformed
from tiktok_insights.staging.fetching import Fetching, LoadableObject
from tiktok_insights.staging.groups import by_reader
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Unreadable
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA

#: An object of the batch; or why an object could not be read, or its rejected rows not be kept.
ObjectOutcome = StagedObject | Unreadable | ObjectChangedError


def stage_objects(
    store: ObjectStore, session: Session, batch_id: str, items: Sequence[CsvObject], contents: KnownContents
) -> Iterator[ObjectOutcome]:
    """Stage the objects of a batch. Each has one outcome, and none has an effect on another's."""
    # Two pools: what is to be written must not wait for the downloads of the next group. They end before the folder.
    with tempfile.TemporaryDirectory() as folder, request_pool() as readers, request_pool() as writers:
        fetching = Fetching(store, batch_id, contents, readers, Path(folder))
        for fetched, group_folder in fetching.groups(items):
            yield from (item for item in fetched if not isinstance(item, LoadableObject))
            loadable = {item.file.number: item for item in fetched if isinstance(item, LoadableObject)}
            yield from _stage_group(store, session, loadable, group_folder, writers)


def _stage_group(
    store: ObjectStore, session: Session, group: dict[int, LoadableObject], folder: Path, writers: Executor
) -> Iterator[ObjectOutcome]:
    for files in by_reader([item.file for item in group.values()]):
        for transformed in duckdb_transform.run(files, folder):
            items = [group[number] for number in transformed.results]
            outcomes = list(writers.map(partial(_outcome, store), items, transformed.results.values()))
            if transformed.staged:
                # The rows of an object whose rejected ones could not be kept come along; without its object in the
                # batch, no one publishes them.
                session.copy_parquet(transformed.staged, session.namespace.name_of(STAGED_TIKTOK_DATA))
                transformed.staged.unlink()
            yield from outcomes


def _outcome(store: ObjectStore, fetched: LoadableObject, result: Transformed | UnloadableError) -> ObjectOutcome:
    if isinstance(result, UnloadableError):
        return StagedObject(fetched.item, fetched.content, reason=str(result))
    if result.rejected:
        info = fetched.item.info
        try:
            with result.rejected.open("rb") as body:
                # Over an older one of the same version, whose rows an older transform may have rejected.
                store.put(quarantine.quarantine_key(info.key, info.etag), body, quarantine.JSON_LINES)
        except ObjectNotWritableError as error:
            return Unreadable.because(error, info.key, fetched.item)
    return StagedObject(
        fetched.item, fetched.content, result.counts, result.id_sums, facts=fetched.facts, ids=result.ids
    )
