"""What the pipeline and the Glue job tell each other, as JSON objects in the bucket: the batch, and what became of it.

Both sides use these types, so that neither can misread the other. How a job is started belongs in `launcher`, what it
does in `job`.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from tiktok_insights.clients.object_store import ObjectChangedError
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.engine import ObjectOutcome
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Unreadable
from tiktok_insights.tables.namespace import Namespace

#: The batches that were begun, in a folder for each namespace; each is deleted when none of its objects waits any more.
MANIFEST_PREFIX = "glue/manifests/"
#: What became of batches: one object each, written once, as the job's last act.
RESULT_PREFIX = "glue/results/"


def manifest_folder(namespace: Namespace) -> str:
    """Where the batches are that were begun for these tables: others may be loaded from the same bucket."""
    return f"{MANIFEST_PREFIX}{namespace.database}.{namespace.schema}.{namespace.internal_schema}/"


def manifest_key(namespace: Namespace, batch_id: str) -> str:
    """The key of a batch's manifest."""
    return f"{manifest_folder(namespace)}{batch_id}.json"


def result_key(batch_id: str) -> str:
    """The key of a batch's result."""
    return f"{RESULT_PREFIX}{batch_id}.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a job is to stage: exactly these versions, and what is known of their contents.

    `first_modified` has key, SHA-256 and moment; `loaded` the loaded SHA-256 of each key.
    """

    batch_id: str
    objects: tuple[CsvObject, ...]
    first_modified: tuple[tuple[str, str, datetime], ...]
    loaded: dict[str, str]

    @staticmethod
    def of(batch_id: str, objects: tuple[CsvObject, ...], contents: KnownContents) -> "Manifest":
        """The manifest of a batch."""
        first_modified = tuple((key, sha256, moment) for (key, sha256), moment in contents.first_modified.items())
        return Manifest(batch_id, objects, first_modified, dict(contents.loaded))

    @property
    def contents(self) -> KnownContents:
        """What is known of the contents of its objects."""
        return KnownContents({(key, sha256): moment for key, sha256, moment in self.first_modified}, self.loaded)

    def to_json(self) -> bytes:
        """The manifest as it is stored."""
        return _MANIFEST.dump_json(self)

    @staticmethod
    def from_json(body: bytes) -> "Manifest":
        """Read a stored manifest. Raises ValueError."""
        return _MANIFEST.validate_json(body)


@dataclass(frozen=True, slots=True)
class Changed:
    """An object that was replaced or deleted before the job could read it."""

    message: str


@dataclass(frozen=True, slots=True)
class SparkStage:
    """A stage of Spark that has run: its number, what it did, its tasks, and its seconds."""

    number: int
    name: str
    tasks: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """What became of each object of a batch, said by one run of the job.

    `suppression` is the fingerprint of the suppression list that the run read.
    """

    batch_id: str
    job_run_id: str
    spark_version: str
    staged: tuple[StagedObject, ...]
    unreadable: tuple[Unreadable, ...]
    changed: tuple[Changed, ...]
    stages: tuple[SparkStage, ...] = ()
    suppression: str = ""

    @staticmethod
    def of(
        batch_id: str,
        job_run_id: str,
        spark_version: str,
        outcomes: tuple[ObjectOutcome, ...],
        stages: tuple[SparkStage, ...] = (),
        suppression: str = "",
    ) -> "Result":
        """The result of a run, with the outcome of each object."""
        return Result(
            batch_id,
            job_run_id,
            spark_version,
            tuple(outcome for outcome in outcomes if isinstance(outcome, StagedObject)),
            tuple(outcome for outcome in outcomes if isinstance(outcome, Unreadable)),
            tuple(Changed(str(outcome)) for outcome in outcomes if isinstance(outcome, ObjectChangedError)),
            stages,
            suppression,
        )

    @property
    def outcomes(self) -> tuple[ObjectOutcome, ...]:
        """The outcome of each object, in no order."""
        return (*self.staged, *self.unreadable, *(ObjectChangedError(item.message) for item in self.changed))

    def to_json(self) -> bytes:
        """The result as it is stored."""
        return _RESULT.dump_json(self)

    @staticmethod
    def from_json(body: bytes) -> "Result":
        """Read a stored result. Raises ValueError."""
        return _RESULT.validate_json(body)


_MANIFEST = TypeAdapter(Manifest)
_RESULT = TypeAdapter(Result)
