"""The arguments of the Glue job: their names, which the launcher writes and the job reads.

Add an argument here when the job must be told something that neither the batch's manifest nor the Glue connection says.
Secrets never belong here: Glue shows arguments to everyone who may see the job.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights.tables.namespace import Namespace

BUCKET = "--bucket"
BATCH_ID = "--batch_id"
CONNECTION = "--connection"
DATABASE = "--database"
SCHEMA = "--schema"
INTERNAL_SCHEMA = "--internal_schema"
VIEW_SCHEMA = "--view_schema"
#: Glue adds these two.
JOB_NAME = "--JOB_NAME"
JOB_RUN_ID = "--JOB_RUN_ID"


class JobConfigurationError(ValueError):
    """The job's arguments, its Glue connection or its secret are not what the job needs; the message says which."""


@dataclass(frozen=True, slots=True)
class JobArguments:
    """What a run of the job is told. An empty `job_run_id` is one that is not started yet."""

    bucket: str
    batch_id: str
    connection: str
    namespace: Namespace
    job_run_id: str = ""

    def to_glue(self) -> dict[str, str]:
        """The arguments as StartJobRun takes them."""
        return {
            BUCKET: self.bucket,
            BATCH_ID: self.batch_id,
            CONNECTION: self.connection,
            DATABASE: self.namespace.database,
            SCHEMA: self.namespace.schema,
            INTERNAL_SCHEMA: self.namespace.internal_schema,
            VIEW_SCHEMA: self.namespace.view_schema,
        }

    @staticmethod
    def from_argv(argv: Sequence[str]) -> "JobArguments":
        """Read the words after the script's name, as Glue passes them. Glue's other arguments are ignored.

        Raises JobConfigurationError for arguments that are missing.
        """
        given = _given(argv)
        needed = (BUCKET, BATCH_ID, CONNECTION, DATABASE, SCHEMA, INTERNAL_SCHEMA, VIEW_SCHEMA, JOB_RUN_ID)
        if missing := [name for name in needed if not given.get(name)]:
            raise JobConfigurationError(
                f"The job run has no value for {', '.join(missing)}. Start it with tiktok-insights run --engine glue, "
                "or set the arguments of the run."
            )
        bucket, batch_id, connection, *names, job_run_id = (given[name] for name in needed)
        return JobArguments(bucket, batch_id, connection, Namespace.named(*names), job_run_id)


def _given(argv: Sequence[str]) -> dict[str, str]:
    """Values by the names of their arguments, written as `--name value` or `--name=value`; of several, the last."""
    given: dict[str, str] = {}
    words = iter(argv)
    for word in words:
        name, equals, value = word.partition("=")
        if word.startswith("--"):
            given[name] = value if equals else next(words, "")
    return given
