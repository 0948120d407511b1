"""The Glue job: reads a batch's manifest, stages it with Spark, and writes the result as its last act.

What it does to objects belongs in `staging.spark`, how it is started and followed in `launcher`. It is the entry of a
process, so it opens its own clients: boto3 finds region and role as AWS gives them to the job.
"""

import logging
import platform
import re
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import boto3

from tiktok_insights.clients.object_store import ObjectMissingError, ObjectStore
from tiktok_insights.staging.engine import ObjectOutcome
from tiktok_insights.staging.glue.arguments import JobArguments, JobConfigurationError
from tiktok_insights.staging.glue.connection import read_connection
from tiktok_insights.staging.glue.exchange import Manifest, Result, manifest_key, result_key
from tiktok_insights.staging.glue.secret import read_key_pair
from tiktok_insights.staging.glue.warehouse import GlueWarehouse, SignIn
from tiktok_insights.staging.spark.engine import SparkEngine
from tiktok_insights.staging.spark.stages import Stages
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Unreadable
from tiktok_insights.suppression.hashes import SuppressionError
from tiktok_insights.suppression.store import SuppressionStore
from tiktok_insights.text.quoting import without_values

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_logger = logging.getLogger(__name__)
#: The line of a worker's traceback that has the error: the first that is not indented.
_WORKERS_ERROR = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)*(?P<error>\S.*)$", re.MULTILINE)

#: Errors that say what to do.
_TOLD = (JobConfigurationError, SuppressionError)


def main(argv: Sequence[str]) -> str:
    """Run the job with the words after the script's name; give the error that ended it, or an empty text."""
    with _log_lines():
        try:
            _run(JobArguments.from_argv(argv))
        except Exception as error:  # noqa: BLE001  # whatever it is, a person reads it as the job's last line
            if not isinstance(error, _TOLD):
                sys.stderr.write(_stack_of(error))
            text = f"Error: {_first_cause(error)}"
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
            return text
    return ""


def _run(arguments: JobArguments) -> None:
    begun = time.monotonic()
    s3: Any = boto3.client("s3")
    store = ObjectStore(s3, arguments.bucket)
    key = result_key(arguments.batch_id)
    if store.exists(key):
        _logger.info("Batch %s has its result already: %s. Nothing is left to do.", arguments.batch_id, store.uri(key))
        return
    manifest = _manifest(store, arguments)
    size = sum(item.info.size for item in manifest.objects)
    _logger.info("Batch %s. Objects: %s, bytes: %s.", manifest.batch_id, f"{len(manifest.objects):,}", f"{size:,}")
    warehouse = GlueWarehouse(partial(_sign_in, arguments))
    with warehouse():
        pass  # whoever cannot sign in learns it now, and not after everything was read
    suppression = SuppressionStore(store, lambda: boto3.client("secretsmanager")).read()
    spark = _spark()
    ours = version("tiktok-insights")
    _logger.info("Spark %s, Python %s, tiktok-insights %s.", spark.version, platform.python_version(), ours)
    stages = Stages(spark)
    open_store = partial(_open_store, arguments.bucket, s3.meta.region_name, s3.meta.endpoint_url)
    engine = SparkEngine(spark, open_store, warehouse, arguments.job_run_id, suppression)
    outcomes = tuple(engine.stage(manifest.batch_id, manifest.objects, manifest.contents))
    _say(outcomes)
    run_id, fingerprint = arguments.job_run_id, engine.suppression_of(manifest.batch_id)
    result = Result.of(manifest.batch_id, run_id, spark.version, outcomes, stages.ran(), fingerprint)
    if store.put_once(key, result.to_json(), "application/json"):
        _logger.info("Wrote %s after %.0f s.", store.uri(key), time.monotonic() - begun)
    else:
        _logger.warning("Another run of this batch wrote %s first. Its result counts.", store.uri(key))


def _manifest(store: ObjectStore, arguments: JobArguments) -> Manifest:
    batch_id = arguments.batch_id
    key = manifest_key(arguments.namespace, batch_id)
    try:
        return Manifest.from_json(store.get(key).body)
    except ObjectMissingError:
        raise JobConfigurationError(
            f"Batch {batch_id} has no manifest {store.uri(key)}. Start the job with tiktok-insights run --engine glue, "
            "which writes it."
        ) from None
    except ValueError:
        # Its own words would quote the text.
        raise JobConfigurationError(
            f"{store.uri(key)} is not a manifest that this version reads. The pipeline and the job's package must "
            "have the same version: run make glue-package, and then tiktok-insights glue upload."
        ) from None


def _spark() -> "SparkSession":
    from pyspark.sql import SparkSession

    spark: SparkSession = SparkSession.builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    return spark


def _sign_in(arguments: JobArguments) -> SignIn:
    connection = read_connection(boto3.client("glue"), arguments.connection)
    secret = read_key_pair(boto3.client("secretsmanager"), connection.secret_id)
    _logger.info("Snowflake %s as %s, role %s.", connection.account, secret.user, connection.role)
    return SignIn(connection, secret, arguments.namespace, arguments.job_run_id)


@cache
def _open_store(bucket: str, region: str, endpoint: str) -> ObjectStore:
    """Open the bucket, once in each process: a worker serves many tasks."""
    return ObjectStore(boto3.client("s3", region_name=region, endpoint_url=endpoint), bucket)


def _say(outcomes: Sequence[ObjectOutcome]) -> None:
    staged = [outcome for outcome in outcomes if isinstance(outcome, StagedObject)]
    unreadable = sum(isinstance(outcome, Unreadable) for outcome in outcomes)
    _logger.info(
        "Objects: %d staged, %d refused, %d unreadable, %d changed. Rows: %d staged, %d duplicate, %d rejected.",
        sum(not outcome.reason for outcome in staged),
        sum(bool(outcome.reason) for outcome in staged),
        unreadable,
        len(outcomes) - len(staged) - unreadable,
        sum(outcome.counts.staged for outcome in staged),
        sum(outcome.counts.duplicate for outcome in staged),
        sum(outcome.counts.rejected for outcome in staged),
    )


def _first_cause(error: Exception) -> str:
    """What went wrong, in one line: of an error in a worker, what the worker said and not what Spark made of it."""
    found = list(_WORKERS_ERROR.finditer(str(error)))
    if found:
        return without_values(found[-1]["error"])
    text = " ".join(str(error).split())
    return text if isinstance(error, _TOLD) else f"{type(error).__name__}: {without_values(text)}"


def _stack_of(error: Exception) -> str:
    """The traceback; Spark's errors have their own in their text, and may quote a row, so only stack lines are kept."""
    lines = "".join(traceback.format_exception(error)).splitlines(keepends=True)
    return "".join(line if line.startswith((" ", "\t")) else without_values(line) for line in lines)


@contextmanager
def _log_lines() -> Iterator[None]:
    """Write the package's log to stdout, which Glue shows as the run's output."""
    ours = logging.getLogger("tiktok_insights")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    level = ours.level
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield
    finally:
        ours.setLevel(level)
        ours.removeHandler(handler)
