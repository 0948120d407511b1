"""Jobs for the tests of the local Glue: plain Python scripts, which need neither Spark nor Java.

A script finds `WAIT` useful: it waits until the test has made a file.
"""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tiktok_insights.local.stack import Endpoints
from tiktok_insights_tests.local.conftest import aws_client
from tiktok_insights_tests.support.waiting import wait_until

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_glue.type_defs import JobRunTypeDef
    from mypy_boto3_s3 import S3Client

ENDED = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR")
GROUP = "/aws-glue/jobs/output"
#: A line that is said by a script when it has begun.
BEGUN = "begun"
WAIT = f"""
import os, time
def wait_for(path):
    for _ in range(1200):
        if os.path.exists(path):
            return
        time.sleep(0.05)
    raise TimeoutError(path)
print("{BEGUN}", os.getpid())
"""
FOREVER = f"{WAIT}\ntime.sleep(600)\n"


@dataclass(frozen=True)
class Jobs:
    """Jobs and their runs on one stack, whose scripts are in one bucket."""

    glue: "GlueClient"
    s3: "S3Client"
    logs: Any
    bucket: str

    @classmethod
    def on(cls, endpoints: Endpoints) -> "Jobs":
        """Make a bucket on a stack."""
        s3 = cast("S3Client", aws_client(endpoints, "s3"))
        bucket = f"jobs-{uuid.uuid4().hex}"
        s3.create_bucket(Bucket=bucket)
        return cls(cast("GlueClient", aws_client(endpoints, "glue")), s3, aws_client(endpoints, "logs"), bucket)

    def put(self, key: str, body: bytes = b"") -> str:
        """Store an object, and give its URL."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        return f"s3://{self.bucket}/{key}"

    def make(self, script: str, *, command: str = "pythonshell", **settings: Any) -> str:
        """Create a job with this script, and give its name."""
        name = f"job_{uuid.uuid4().hex[:8]}"
        place = self.put(f"{name}.py", script.encode())
        self.glue.create_job(Name=name, Role="local", Command={"Name": command, "ScriptLocation": place}, **settings)
        return name

    def start(self, name: str, **settings: Any) -> str:
        """Start a run, and give its ID."""
        return self.glue.start_job_run(JobName=name, **settings)["JobRunId"]

    def run(self, name: str, run_id: str) -> "JobRunTypeDef":
        """What Glue says of a run."""
        return self.glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]

    def ended(self, name: str, run_id: str, *, seconds: float = 60.0) -> "JobRunTypeDef":
        """Wait for the end of a run, and give what Glue says then."""

        def look() -> "JobRunTypeDef | None":
            run = self.run(name, run_id)
            return run if run["JobRunState"] in ENDED else None

        return cast("JobRunTypeDef", wait_until(look, seconds=seconds))

    def lines(self, run_id: str) -> list[str]:
        """The lines of a run's log so far."""
        try:
            page = self.logs.get_log_events(logGroupName=GROUP, logStreamName=run_id, startFromHead=True)
        except self.logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in page["events"]]

    def pid(self, run_id: str) -> int:
        """Wait until a script that begins with `WAIT` has begun; its process."""
        line = wait_until(lambda: next((line for line in self.lines(run_id) if line.startswith(BEGUN)), ""), seconds=60)
        return int(line.split()[1])
