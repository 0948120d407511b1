"""What a run of the Glue job finds: its arguments, and the connection, the secret and AWS's settings of the stack.

Here: what a test makes before a run. Not here: how a run is started, and Spark.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.engine import Engine, ObjectOutcome
from tiktok_insights.staging.glue import job
from tiktok_insights.staging.glue.arguments import JOB_RUN_ID, JobArguments
from tiktok_insights.staging.glue.exchange import Manifest, Result, manifest_key, result_key
from tiktok_insights_tests.support.connections import Connections


def aws_environment(aws: dict[str, Any]) -> dict[str, str]:
    """The variables in which AWS gives a job its region and its role, for the local stack."""
    return {
        "AWS_ENDPOINT_URL": aws["endpoint_url"],
        "AWS_DEFAULT_REGION": aws["region_name"],
        "AWS_ACCESS_KEY_ID": aws["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": aws["aws_secret_access_key"],
    }


@dataclass
class JobEngine(Engine):
    """The Glue job as an engine: puts the manifest, runs the job in this process, and reads the result."""

    store: ObjectStore
    connections: Connections
    connection: str
    runs: int = 0

    def stage(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> Iterator[ObjectOutcome]:
        """Stage the objects."""
        self.put_manifest(batch_id, items, contents)
        assert self.run(batch_id) == ""
        return iter(self.result(batch_id).outcomes)

    def put_manifest(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> None:
        """Put what the launcher puts before it starts a job."""
        body = Manifest.of(batch_id, tuple(items), contents).to_json()
        self.store.put(manifest_key(self.connections.namespace, batch_id), body, "application/json")

    def run(self, batch_id: str) -> str:
        """Run the job as another run; give its error."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in aws_environment(self.connections.aws).items():
                patch.setenv(name, value)
            return job.main(self.words(batch_id))

    def words(self, batch_id: str) -> list[str]:
        """The words after the script's name, as Glue gives them to the next run."""
        self.runs += 1
        arguments = JobArguments(self.store.bucket, batch_id, self.connection, self.connections.namespace)
        given = {"--JOB_NAME": "tiktok_etl", **arguments.to_glue(), JOB_RUN_ID: f"jr_{self.runs}"}
        return [word for item in given.items() for word in item]

    def result(self, batch_id: str) -> Result:
        """The batch's result."""
        return Result.from_json(self.store.get(result_key(batch_id)).body)


def glue_connection(connections: Connections, name: str, private_key: str) -> str:
    """Make a connection of version 1 and its secret, with which the job signs in on the local stack; give its name."""
    # boto3's types do not know Snowflake.
    glue: Any = boto3.client("glue", **connections.aws)
    secrets = boto3.client("secretsmanager", **connections.aws)
    secret = {"sfUser": "loader", "pem_private_key": private_key}
    secrets.create_secret(Name=f"secret-{name}", SecretString=json.dumps(secret))
    spark = {
        "sfUrl": f"http://{connections.snowflake['host']}:{connections.snowflake['port']}",
        "sfRole": "LOADER",
        "sfWarehouse": "LOADING",
        "secretId": f"secret-{name}",
    }
    glue.create_connection(
        ConnectionInput={
            "Name": name,
            "ConnectionType": "SNOWFLAKE",
            "ConnectionProperties": {"SparkProperties": json.dumps(spark)},
        }
    )
    return name


def parts_of(pem: str) -> list[str]:
    """The lines of a key's text that no log may have."""
    return [line for line in re.split(r"[\r\n]+", pem) if line and "-----" not in line]
