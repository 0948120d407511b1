"""What the engine `glue` needs on the local stack: the job, its connection and its secret, as an account has them.

They are made when that engine is first used, not when the stack starts, and brought up to date at each later use: the
stack may listen on another port by then. How runs are executed belongs in `local.glue`.
"""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.local.folder import StackError, StackFolder
from tiktok_insights.local.glue.requirements import missing_requirement
from tiktok_insights.local.stack import ensure_running
from tiktok_insights.settings.key_pair import new_key_pair
from tiktok_insights.staging.glue.engine import CONNECTION
from tiktok_insights.staging.glue.packages import JobPackage

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

SECRET = "snowflake_credentials"  # noqa: S105  # its name
#: The stack takes any user.
USER = "local"
#: The stack has no roles, but a job needs the name of one.
_ROLE = "arn:aws:iam::123456789012:role/local"
_TIMEOUT_MINUTES = 480


@dataclass(frozen=True, slots=True)
class LocalGlue:
    """The clients of a stack. `home` is the stack's."""

    home: Path
    glue: "GlueClient"
    secrets: "SecretsManagerClient"

    def ensure(self, job: str, upload: Callable[[], JobPackage], role: str, warehouse: str) -> None:
        """Make, or bring up to date, all that runs of the job need; may be repeated, and run twice at once.

        `upload` brings the job's package into the bucket. Raises StackError when Spark or Java is missing.
        """
        if missing := missing_requirement():
            raise StackError(missing)
        self._ensure_secret()
        self._ensure_connection(role, warehouse)
        self._ensure_job(job, upload())

    def _ensure_secret(self) -> None:
        wanted = json.dumps({"sfUser": USER, "pem_private_key": private_key(self.home)})
        try:
            found = self.secrets.get_secret_value(SecretId=SECRET)["SecretString"]
        except ClientError as error:
            _pass_over(error, "ResourceNotFoundException")
            try:
                self.secrets.create_secret(Name=SECRET, SecretString=wanted)
            except ClientError as late:
                _pass_over(late, "ResourceExistsException")
            return
        if found != wanted:
            self.secrets.put_secret_value(SecretId=SECRET, SecretString=wanted)

    def _ensure_connection(self, role: str, warehouse: str) -> None:
        endpoints = ensure_running(self.home)
        properties = {
            "secretId": SECRET,
            "sfRole": role,
            "sfUrl": f"http://{endpoints.snowflake_host}:{endpoints.snowflake_port}",
            "sfWarehouse": warehouse,
        }
        wanted: Any = {
            "Name": CONNECTION,
            "ConnectionType": "SNOWFLAKE",
            "ConnectionProperties": {"SparkProperties": json.dumps(properties)},
        }
        try:
            found = self.glue.get_connection(Name=CONNECTION)["Connection"]
        except ClientError as error:
            _pass_over(error, "EntityNotFoundException")
            try:
                self.glue.create_connection(ConnectionInput=wanted)
            except ClientError as late:
                _pass_over(late, "AlreadyExistsException")
            return
        if _differs(found, wanted):
            self.glue.update_connection(Name=CONNECTION, ConnectionInput=wanted)

    def _ensure_job(self, name: str, package: JobPackage) -> None:
        arguments = {
            "--job-bookmark-option": "job-bookmark-disable",
            "--additional-python-modules": package.package,
            "--python-modules-installer-option": "--no-index",
        }
        wanted: Any = {
            "Role": _ROLE,
            "Command": {"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": package.script},
            "GlueVersion": "5.1",
            "WorkerType": "G.1X",
            "NumberOfWorkers": 2,
            "Timeout": _TIMEOUT_MINUTES,
            "MaxRetries": 0,
            "ExecutionProperty": {"MaxConcurrentRuns": 1},
            "Connections": {"Connections": [CONNECTION]},
            "DefaultArguments": arguments,
        }
        try:
            found = self.glue.get_job(JobName=name)["Job"]
        except ClientError as error:
            _pass_over(error, "EntityNotFoundException")
            self.glue.create_job(Name=name, **wanted)
            return
        if _differs(found, wanted):
            self.glue.update_job(JobName=name, JobUpdate=wanted)


def private_key(home: Path) -> str:
    """The private key with which jobs sign in on a home's stack, as PEM; made once, and readable by its user alone."""
    path = StackFolder.of(home).glue_runs / "snowflake_key.pem"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        made = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
        try:
            descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(new_key_pair().private)
            # Of two that make one at once, the first wins; the other reads it.
            path.hardlink_to(made)
        except FileExistsError:
            pass
        finally:
            made.unlink(missing_ok=True)
    return path.read_text(encoding="ascii")


def _differs(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return any(found.get(name) != value for name, value in wanted.items())


def _pass_over(error: ClientError, code: str) -> None:
    if error_code(error) != code:
        raise error
