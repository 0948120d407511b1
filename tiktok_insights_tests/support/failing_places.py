"""Power BI and the Glue job, as they fail with people and keys in what they say.

Which of the ways is taken is drawn in `failing_faults`.
"""

from collections.abc import Callable
from typing import Any

import boto3

from tiktok_insights.local.endpoints import REGION
from tiktok_insights_tests.support.fake_power_bi import Course, Disturbance, FakePowerBI
from tiktok_insights_tests.support.signs import Signs

#: The bucket with the script of the job, and the job.
_SCRIPTS, JOB = "scripts", "tiktok_etl"


def _of_power_bi(signs: Signs) -> str:
    return f"{signs.text('a person in an error of Power BI')} {signs.number('an ID in an error of Power BI')}"


def _wrong_secret(service: FakePowerBI, signs: Signs) -> None:
    """The service repeats the secret that it was given."""
    service.secret = signs.text("AZURE_POWERBI_CLIENT_SECRET of another")


def _failed_refresh(service: FakePowerBI, signs: Signs) -> None:
    said = f"The column 'TIKTOK_ID' in Table 'Users' contains a duplicate value '{_of_power_bi(signs)}'."
    service.courses.append(Course(("Failed",), ("ModelRefresh_ShortMessage_ProcessingError", said)))


def _refused(service: FakePowerBI, signs: Signs) -> None:
    """A refusal that repeats the token, which is the next one."""
    said = f"{_of_power_bi(signs)} Bearer {signs.text('AZURE_POWERBI token')}"
    body = {"error": {"code": said, "message": f"Not for '{said}'."}}
    service.disturbances += [Disturbance("GET", "/datasets", 403, times=20, body=body)]
    service.disturbances += [Disturbance("POST", "/refreshes", 403, times=20, body=body)]


#: How a refresh fails.
POWER_BI_ENDS: dict[str, Callable[[FakePowerBI, Signs], None]] = {
    "wrong secret": _wrong_secret,
    "failed refresh": _failed_refresh,
    "refused": _refused,
}
#: How the job's process ends, with someone in `who`.
GLUE_ENDS = {
    "uncaught": "raise ValueError(f\"could not convert: '{who}'\")",
    "of Spark": "print(f'pyspark.errors.NumberFormatException: For input string: \"{who}\"', flush=True); sys.exit(1)",
    "without a word": "sys.exit(1)",
}


def let_job_fail(endpoint: str, end: str, signs: Signs) -> None:
    """Make the job on the local stack, without Spark, so that its next run ends so."""
    there: Any = {"endpoint_url": endpoint, "region_name": REGION}
    there |= {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    s3, glue = boto3.client("s3", **there), boto3.client("glue", **there)
    who = f"{signs.text('a person in an error of Glue')} {signs.number('an ID in an error of Glue')}"
    s3.create_bucket(Bucket=_SCRIPTS)
    s3.put_object(Bucket=_SCRIPTS, Key="job.py", Body=f"import sys\nwho = {who!r}\n{GLUE_ENDS[end]}\n".encode())
    if JOB not in glue.list_jobs()["JobNames"]:
        command: Any = {"Name": "pythonshell", "ScriptLocation": f"s3://{_SCRIPTS}/job.py"}
        glue.create_job(Name=JOB, Role="role", Command=command, GlueVersion="5.1", Timeout=10)
