"""The engine of one machine: brings the objects of a batch into the staging table, group by group, with DuckDB.

The batch's verdict belongs in `batch.py`; what is rejected or unloadable, in the modules that this one calls.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.request_pool import request_pool
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.scratch import scratch_folder
from tiktok_insights.staging import quarantine
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.engine import Engine, ObjectOutcome
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.local import duckdb_transform
from tiktok_insights.staging.local.csv_group import MemoryLimitError, Transformed
from tiktok_insights.staging.local.fetching import Fetching
from tiktok_insights.staging.local.groups import by_reader
from tiktok_insights.staging.object_reading import LoadableObject, ObjectReader
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Unreadable
from tiktok_insights.suppression.hashes import NOBODY, SuppressionList
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA


class LocalEngine(Engine):
    """Stages on this machine, from one bucket into one warehouse."""

    def __init__(self, store: ObjectStore, session: Session, suppression: SuppressionList = NOBODY) -> None:
        self._store = store
        self._session = session
        self._suppression = suppression

    def suppression_of(self, batch_id: str) -> str:  # noqa: ARG002 - every batch has the same
        """The fingerprint of the engine's list."""
        return self._suppression.fingerprint

    def stage(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> Iterator[ObjectOutcome]:
        """Stage the objects. Each has one outcome, and none has an effect on another's."""
        # Two pools: what is to be written must not wait for the downloads of the next group. Both end before the
        # folder.
        with scratch_folder() as folder, request_pool() as readers, request_pool() as writers:
            reader = ObjectReader(self._store, batch_id, contents, self._suppression)
            fetching = Fetching(reader, readers, Path(folder))
            for fetched, group_folder in fetching.groups(items):
                yield from (item for item in fetched if not isinstance(item, LoadableObject))
                loadable = {item.file.number: item for item in fetched if isinstance(item, LoadableObject)}
                yield from self._stage_group(loadable, group_folder, writers)

    def _stage_group(
        self, group: dict[int, LoadableObject], folder: Path, writers: Executor
    ) -> Iterator[ObjectOutcome]:
        for files in by_reader([item.file for item in group.values()]):
            for transformed in duckdb_transform.run(files, folder):
                items = [group[number] for number in transformed.results]
                outcomes = list(writers.map(self._outcome, items, transformed.results.values()))
                if transformed.staged:
                    # The rows of an object whose rejected ones could not be kept come along; without its object in the
                    # batch, no one publishes them.
                    table = self._session.namespace.name_of(STAGED_TIKTOK_DATA)
                    self._session.copy_parquet(transformed.staged, table)
                    transformed.staged.unlink()
                yield from outcomes

    def _outcome(
        self, fetched: LoadableObject, result: Transformed | UnloadableError | MemoryLimitError
    ) -> ObjectOutcome:
        info = fetched.item.info
        if isinstance(result, UnloadableError):
            return StagedObject(fetched.item, fetched.content, reason=str(result))
        if isinstance(result, MemoryLimitError):
            # No verdict: an engine with more memory takes the object.
            return Unreadable(info.key, f"{self._store.uri(info.key)} {result}", fetched.item)
        if result.rejected:
            try:
                with result.rejected.open("rb") as body:
                    # Over an older one of the same version, whose rows an older transform may have rejected.
                    self._store.put(quarantine.quarantine_key(info.key, info.etag), body, quarantine.JSON_LINES)
            except ObjectNotWritableError as error:
                return Unreadable.because(error, info.key, fetched.item)
        return StagedObject(
            fetched.item, fetched.content, result.counts, result.id_sums, facts=fetched.facts, ids=result.ids
        )
