"""The engine on Spark: asks the workers for objects, runs the transform's SQL, and says what became of each object.

What a worker does with an object belongs in `tasks.py`. Everything here is the driver's.
"""

import logging
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.schema import HISTORY_COLUMNS, ColumnKind
from tiktok_insights.staging import transform
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.engine import Engine, ObjectOutcome
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.id_findings import IdFindings
from tiktok_insights.staging.object_reading import Fetched, LoadableObject
from tiktok_insights.staging.quarantine import QuarantinedIds
from tiktok_insights.staging.row_counts import IdSums, RowCounts, counted, require_conserved, with_inspection
from tiktok_insights.staging.spark.id_patterns import look_at_ids
from tiktok_insights.staging.spark.loading import SentFiles, load
from tiktok_insights.staging.spark.rows import DDL
from tiktok_insights.staging.spark.tasks import QUARANTINED, SENT, KeepRejected, OpenStore, ReadObjects, SendStaged
from tiktok_insights.staging.staged_object import StagedObject, naive_utc
from tiktok_insights.suppression.hashes import NOBODY, SuppressionList
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA
from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: For each core, so many parts of the objects, of which the next one waits for whoever is done.
_PARTS_A_CORE = 8
#: Between two stages of Spark, a part has the rows of so many bytes of objects.
_PART_BYTES = 64_000_000
_logger = logging.getLogger(__name__)

_COUNTS = f"""
SELECT object_number, disposition, count(*), COALESCE(sum(negative_counts), 0),
  {id_sum_sql("TIKTOK_ID", SqlEngine.SPARK)} FROM transformed GROUP BY object_number, disposition
"""
#: What stands beside each row of an object in the warehouse.
_OBJECTS = (
    "object_number int, BATCH_ID string, OBJECT_KEY string, ACCOUNT_ID string, SNAPSHOT_ID string, "
    "FIRST_MODIFIED timestamp_ntz"
)


@dataclass(frozen=True, slots=True)
class _Result:
    """What the transform says of a loadable object. `rejected` are the rows and lines that the quarantine gets."""

    fetched: LoadableObject
    counts: RowCounts
    sums: IdSums
    ids: IdFindings


class SparkEngine(Engine):
    """Stages with the workers of a Spark session. Both functions that open something are sent to them.

    `job_run_id` is in the names of the files that they send: no run meets the files of another one.
    """

    def __init__(
        self,
        spark: "SparkSession",
        open_store: OpenStore,
        connect: Connect,
        job_run_id: str,
        suppression: SuppressionList = NOBODY,
    ) -> None:
        self._spark = spark
        self._open_store = open_store
        self._connect = connect
        self._job_run_id = job_run_id
        self._suppression = suppression

    def suppression_of(self, batch_id: str) -> str:  # noqa: ARG002 - every batch has the same
        """The fingerprint of the engine's list."""
        return self._suppression.fingerprint

    def stage(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> Iterator[ObjectOutcome]:
        """Stage the objects. Each has one outcome, and none has an effect on another's."""
        # A session of its own for the names of the views, and for what the SQL depends on.
        spark = self._spark.newSession()
        spark.conf.set("spark.sql.session.timeZone", "UTC")
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
        # By default 200, however few the cores are, and however much is in each.
        parts = max(spark.sparkContext.defaultParallelism, sum(item.info.size for item in items) // _PART_BYTES)
        spark.conf.set("spark.sql.shuffle.partitions", str(parts))
        stream = read(spark, ReadObjects(self._open_store, batch_id, contents, items, self._suppression))
        try:
            fetched = _outcomes(stream)
            loadable = {number: item for number, item in fetched.items() if isinstance(item, LoadableObject)}
            _logger.info("Read %d objects, of which %d can be loaded.", len(fetched), len(loadable))
            results = self._transform(spark, batch_id, loadable)
        finally:
            stream.unpersist()
        yield from (outcome for outcome in fetched.values() if not isinstance(outcome, LoadableObject))
        yield from results

    def _transform(
        self, spark: "SparkSession", batch_id: str, loadable: Mapping[int, LoadableObject]
    ) -> list[ObjectOutcome]:
        """Count, keep what is rejected, and load the good rows; with none of them, those of an earlier run go."""
        transformed = transform_source(spark)
        try:
            results = _count(spark, loadable) if loadable else {}
            quarantined = self._keep_rejected(spark, results)
            outcomes = {number: _outcome(result, quarantined.get(number)) for number, result in results.items()}
            good = [
                results[number].fetched
                for number, outcome in outcomes.items()
                if isinstance(outcome, StagedObject) and not outcome.reason and outcome.counts.staged
            ]
            load(self._connect, batch_id, self._send(spark, batch_id, good) if good else None)
            return list(outcomes.values())
        finally:
            transformed.unpersist()

    def _keep_rejected(
        self, spark: "SparkSession", results: Mapping[int, _Result]
    ) -> dict[int, QuarantinedIds | ObjectOutcome]:
        objects = {number: (found.fetched, found.sums) for number, found in results.items() if found.counts.rejected}
        if not objects:
            return {}
        rows = "object_number int, record bigint, rejected_column string"
        begin = spark.createDataFrame([(number, 0, None) for number in objects], rows)
        begin.createOrReplaceTempView("begin")
        rejected = spark.sql(
            "SELECT * FROM begin UNION ALL SELECT object_number, record, rejected_column "
            f"FROM ({transform.rejected_rows_sql('source')})"
        )
        parts = min(len(objects), _parts(spark))
        in_order = rejected.repartition(parts, "object_number").sortWithinPartitions("object_number", "record")
        kept = in_order.mapInArrow(KeepRejected(self._open_store, objects, self._suppression), QUARANTINED).collect()
        return {row[0]: pickle.loads(row[1]) for row in kept}  # noqa: S301  # our own worker wrote it

    def _send(self, spark: "SparkSession", batch_id: str, good: Sequence[LoadableObject]) -> SentFiles:
        origins = [(item.file.number, item.file.origin) for item in good]
        spark.createDataFrame(
            [
                (number, o.batch_id, o.object_key, o.account_id, o.snapshot_id, naive_utc(o.first_modified))
                for number, o in origins
            ],
            _OBJECTS,
        ).createOrReplaceTempView("objects")
        moments = {column.warehouse for column in HISTORY_COLUMNS if column.kind is ColumnKind.TIMESTAMP}
        columns = ", ".join(
            f"CAST({name} AS TIMESTAMP_NTZ) AS {name}" if name in moments else name for name in STAGED_TIKTOK_DATA.names
        )
        staged = spark.sql(
            f"SELECT {columns} FROM transformed JOIN objects USING (object_number) "
            f"WHERE disposition = '{transform.STAGED}'"
        )
        with self._connect() as session:
            table = session.namespace.name_of(STAGED_TIKTOK_DATA)
        prefix = f"{batch_id}-{self._job_run_id}-"
        rows = staged.mapInArrow(SendStaged(self._connect, table, prefix), SENT).collect()
        _logger.info("Sent %d rows in %d files.", sum(row[0] for row in rows), len(rows))
        return SentFiles(prefix, sum(row[0] for row in rows))


def read(spark: "SparkSession", task: ReadObjects) -> "DataFrame":
    """Read the objects once, for everything that is asked of them, as the views `stream` and `source`."""
    from pyspark import StorageLevel

    number = len(task.items)
    numbers = spark.range(0, number, 1, max(1, min(number, _parts(spark))))
    stream = numbers.mapInArrow(task, DDL).persist(StorageLevel.DISK_ONLY)
    stream.createOrReplaceTempView("stream")
    spark.sql("SELECT * FROM stream WHERE outcome IS NULL").createOrReplaceTempView("source")
    return stream


def transform_source(spark: "SparkSession") -> "DataFrame":
    """Run the transform over the view `source`, as the view `transformed`."""
    from pyspark import StorageLevel

    transformed = spark.sql(transform.transform_sql("source"))
    transformed.createOrReplaceTempView("transformed")
    return transformed.persist(StorageLevel.DISK_ONLY)


def _parts(spark: "SparkSession") -> int:
    return int(spark.sparkContext.defaultParallelism) * _PARTS_A_CORE


def _outcomes(stream: "DataFrame") -> dict[int, Fetched]:
    """What was said of each object when it was read."""
    rows = stream.where("outcome IS NOT NULL").select("object_number", "outcome").collect()
    return {row[0]: pickle.loads(row[1]) for row in rows}  # noqa: S301  # our own worker wrote it


def _count(spark: "SparkSession", loadable: Mapping[int, LoadableObject]) -> dict[int, _Result]:
    """What became of the records of each object, before the quarantine is written."""
    numbers = {(row[0], row[1]): tuple(map(int, row[2:])) for row in spark.sql(_COUNTS).collect()}
    both = {number: counted(number, numbers) for number in loadable}
    ids = look_at_ids(spark, [number for number, (counts, _) in both.items() if counts.duplicate])
    results = {}
    for number, counted_rows in both.items():
        counts, sums = with_inspection(*counted_rows, loadable[number].file.inspect())
        results[number] = _Result(loadable[number], counts, sums, ids.get(number, IdFindings()))
    return results


def _outcome(result: _Result, quarantined: QuarantinedIds | ObjectOutcome | None) -> ObjectOutcome:
    if quarantined is None:
        quarantined = QuarantinedIds()
    if not isinstance(quarantined, QuarantinedIds):
        return quarantined
    item, content = result.fetched.item, result.fetched.content
    sums = replace(result.sums, rejected=result.sums.rejected + quarantined.unsplit)
    try:
        require_conserved(result.counts, sums)
    except UnloadableError as error:
        return StagedObject(item, content, reason=str(error))
    return StagedObject(item, content, result.counts, sums, facts=result.fetched.facts, ids=result.ids)
