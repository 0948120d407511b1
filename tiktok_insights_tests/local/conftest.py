"""Stacks for the tests of this folder: one shared by all that only use it, and homes for those that start or kill."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import psutil
import pytest
import snowflake.connector
from snowflake.connector import SnowflakeConnection

from tiktok_insights.local import stack
from tiktok_insights.local.folder import StackFolder, is_held
from tiktok_insights_tests.support.waiting import wait_until

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient


def has_ended(pid: int) -> bool:
    """Whether the process is gone; one that is dead and not yet reaped counts as gone."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def kill_9(home: Path, endpoints: stack.Endpoints) -> None:
    """End the stack as a crash would, and wait until the kernel has taken its lock."""
    os.kill(endpoints.pid, signal.SIGKILL)
    wait_until(lambda: not is_held(StackFolder.of(home).lock))


def open_session(endpoints: stack.Endpoints, **options: object) -> SnowflakeConnection:
    """A session of the real connector on AMAZON_DB.PUBLIC, which gives up soon when the server does not answer."""
    return snowflake.connector.connect(
        **{
            "account": "local",
            "user": "local",
            "password": "local",
            "host": endpoints.snowflake_host,
            "port": endpoints.snowflake_port,
            "protocol": "http",
            "database": "AMAZON_DB",
            "schema": "PUBLIC",
            "login_timeout": 20,
            "network_timeout": 20,
            **options,
        }
    )


def aws_client(endpoints: stack.Endpoints, service: str) -> object:
    """A real boto3 client on the stack."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoints.aws,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


@pytest.fixture(scope="session")
def shared_home(home: Path) -> Path:
    """The home of the stack that all tests share: use it, never stop it."""
    return home


@pytest.fixture(scope="session")
def endpoints(shared_home: Path) -> stack.Endpoints:
    """The shared stack, running."""
    return stack.ensure_running(shared_home)


@pytest.fixture
def own_home(tmp_path: Path) -> Iterator[Path]:
    """A home of the test's own, whose stack is gone after the test."""
    yield tmp_path / "home"
    stack.stop(tmp_path / "home")


@pytest.fixture
def s3(endpoints: stack.Endpoints) -> "S3Client":
    """A client of the shared stack's S3."""
    return aws_client(endpoints, "s3")  # type: ignore[return-value]


@pytest.fixture
def bucket(s3: "S3Client", request: pytest.FixtureRequest) -> str:
    """A bucket of the test's own on the shared stack."""
    name: str = request.node.name.replace("_", "-").lower()[:60]
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def glue(endpoints: stack.Endpoints) -> "GlueClient":
    """A client of the shared stack's Glue."""
    return aws_client(endpoints, "glue")  # type: ignore[return-value]


@pytest.fixture
def secrets(endpoints: stack.Endpoints) -> "SecretsManagerClient":
    """A client of the shared stack's Secrets Manager."""
    return aws_client(endpoints, "secretsmanager")  # type: ignore[return-value]


@pytest.fixture
def connect(endpoints: stack.Endpoints) -> Iterator[Callable[..., SnowflakeConnection]]:
    """Opens sessions on the shared stack's Snowflake, and closes them after the test."""
    opened: list[SnowflakeConnection] = []

    def open_one(**options: object) -> SnowflakeConnection:
        opened.append(open_session(endpoints, **options))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()
