"""What Spark's workers do with objects: read them, keep their rejected rows, send their staged ones.

A task may run twice, or its answer get lost: each effect is a file with a name that says what it is, and is written
over itself. A task is sent to the workers with its attributes, so these are what can be sent. No Spark here: what is
asked of Spark belongs in `engine.py`.
"""

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from tiktok_insights.clients.object_store import ObjectChangedError, ObjectStore
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError, ObjectUnavailableError
from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.scratch import scratch_folder
from tiktok_insights.staging import quarantine
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.csv_file import CsvFile
from tiktok_insights.staging.engine import ObjectOutcome
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.object_reading import LoadableObject, ObjectReader
from tiktok_insights.staging.quarantine import QuarantinedIds
from tiktok_insights.staging.row_counts import IdSums, require_quarantined
from tiktok_insights.staging.spark.rows import outcome_batch, row_batches
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.suppressed_rows import take_out
from tiktok_insights.staging.unreadable import Unreadable
from tiktok_insights.suppression.hashes import SuppressionList

OpenStore = Callable[[], ObjectStore]

QUARANTINED = "object_number int, outcome binary"
SENT = "rows bigint"


@dataclass(frozen=True)
class ReadObjects:
    """Reads objects by their numbers: an outcome of each, and the rows of those that are loadable."""

    open_store: OpenStore
    batch_id: str
    contents: KnownContents
    items: Sequence[CsvObject]
    suppression: SuppressionList

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Read the objects whose numbers come in."""
        reader = ObjectReader(self.open_store(), self.batch_id, self.contents, self.suppression)
        for number in (number for batch in batches for number in batch.column(0).to_pylist()):
            with scratch_folder() as folder:
                fetched = reader.read(self.items[number], Path(folder) / f"{number}.csv", CsvFile.inspected)
                yield outcome_batch(number, pickle.dumps(fetched))
                if isinstance(fetched, LoadableObject):
                    yield from row_batches(number, fetched.file)


@dataclass(frozen=True)
class KeepRejected:
    """Writes the rejected rows of objects to the quarantine. `objects` are those that have any, with their sums."""

    open_store: OpenStore
    objects: Mapping[int, tuple[LoadableObject, IdSums]]
    suppression: SuppressionList

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Take records and columns, sorted by object and record; each object begins with a record 0."""
        store = self.open_store()
        rows = (row for batch in batches for row in zip(*(column.to_pylist() for column in batch), strict=True))
        for number, found in groupby(rows, itemgetter(0)):
            fetched, sums = self.objects[number]
            rejected = ((record, column) for _, record, column in found if record)
            outcome = _kept(store, fetched, sums, rejected, self.suppression)
            yield pa.record_batch(
                [pa.array([number], pa.int32()), pa.array([pickle.dumps(outcome)])], names=["object_number", "outcome"]
            )


@dataclass(frozen=True)
class SendStaged:
    """Sends the staged rows of a partition to the stage of their table, as one Parquet file.

    Its name begins with `prefix`, and is the same when the task runs again: the file is written over itself.
    """

    connect: Connect
    table: str
    prefix: str

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Write the rows, and say how many there are; without rows there is no file."""
        from pyspark import TaskContext

        context = TaskContext.get()
        with scratch_folder() as folder:
            path = Path(folder) / f"{self.prefix}{context.partitionId() if context else 0:05}.parquet"
            writer, rows = None, 0
            for batch in batches:
                if batch.num_rows:
                    writer = writer or pq.ParquetWriter(path, batch.schema)
                    writer.write_batch(batch)
                    rows += batch.num_rows
            if writer:
                writer.close()
                with self.connect() as session:
                    session.put(path, self.table)
                yield pa.record_batch([pa.array([rows])], names=["rows"])


def _kept(
    store: ObjectStore,
    fetched: LoadableObject,
    sums: IdSums,
    rejected: Iterator[quarantine.Rejected],
    suppression: SuppressionList,
) -> QuarantinedIds | ObjectOutcome:
    """Read the object again and write its rejected rows; or say what becomes of it instead."""
    item, file = fetched.item, fetched.file
    with scratch_folder() as folder:
        path, out = Path(folder) / "object.csv", Path(folder) / "rejected.jsonl"
        try:
            store.download(item.info, path)
            take_out(path, suppression)
            lines = file.inspect().lines_without_rows
            written = quarantine.write_rejected(out, path, item.info.key, file.header, rejected, lines)
            require_quarantined(sums, written.rejected)
            with out.open("rb") as body:
                store.put(quarantine.quarantine_key(item.info.key, item.info.etag), body, quarantine.JSON_LINES)
        except ObjectChangedError as error:
            return error
        except (ObjectUnavailableError, ObjectNotWritableError) as error:
            return Unreadable.because(error, item.info.key, item)
        except UnloadableError as error:
            return StagedObject(item, fetched.content, reason=str(error))
        return written
