"""Each field of the S3 and Glue resources, changed in a run's config, reaches the request; the others stay."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import boto3
import pytest

from tiktok_insights.resources.aws import AwsResource
from tiktok_insights.resources.glue import GlueResource
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.settings.client_settings import GlueSettings, S3Settings
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.run_config import run_with
from tiktok_insights_tests.support.scripted import Asked, Reply, Script, scripted
from tiktok_insights_tests.support.signatures import Signature, is_signed_with

#: What the environment has, and beside it what the changed config names.
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "an-id",
    "AWS_SECRET_ACCESS_KEY": "a-secret",
    "AWS_SESSION_TOKEN": "a-token",
    "OTHER": "another-one",
}
_NO_PARTITIONS = b'{"Partitions": []}'


_Resource = TypeVar("_Resource", bound=AwsResource)


@dataclass(frozen=True)
class Service(Generic[_Resource]):
    """A resource, and one call of its client that costs one request."""

    resource: _Resource
    call: Callable[[_Resource], object]
    server: Script

    def asked(self, **config: object) -> Asked:
        """The one request of a run with this config."""
        run_with(self.resource, config, self.call)
        (asked,) = self.server.asked
        return asked


def given(server: Script) -> dict[str, Any]:
    """The settings of both services."""
    return {
        "bucket": "a-bucket",
        "region": "eu-west-1",
        "endpoint_url": server.address,
        "access_key_id": "an-id",
        "secret_access_key": "a-secret",
        "session_token": "a-token",
    }


@pytest.fixture
def credentials(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment has."""
    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def s3(credentials: None) -> Iterator[Service[S3Resource]]:
    """The bucket, which is looked for with one request."""
    with scripted(Reply()) as server:
        yield Service(S3Resource.of(S3Settings(**given(server))), S3Resource.store, server)


@pytest.fixture
def glue(credentials: None) -> Iterator[Service[GlueResource]]:
    """The Glue database, whose partitions are asked for with one request."""
    with scripted(Reply(body=_NO_PARTITIONS)) as server:
        settings = GlueSettings(database="a_database", **given(server))
        yield Service(GlueResource.of(settings), lambda glue: glue.catalog().partitions(), server)


@pytest.fixture(params=["s3", "glue"])
def service(request: pytest.FixtureRequest) -> Service[AwsResource]:
    """Each of the two in turn."""
    service: Service[AwsResource] = request.getfixturevalue(request.param)
    return service


def test_region(service: Service[AwsResource]) -> None:
    """The request is signed for another region, with the environment's key."""
    asked = service.asked(region="eu-central-1")
    assert Signature.of(asked).region == "eu-central-1"
    assert is_signed_with(asked, "a-secret")


def test_endpoint_url(service: Service[AwsResource]) -> None:
    """Another address is asked."""
    with scripted(Reply(body=_NO_PARTITIONS)) as other:
        run_with(service.resource, {"endpoint_url": other.address}, service.call)
    assert len(other.asked) == 1
    assert service.server.asked == []


def test_access_key_id(service: Service[AwsResource]) -> None:
    """Another variable's id is in the request."""
    assert Signature.of(service.asked(access_key_id={"env": "OTHER"})).key_id == "another-one"


def test_secret_access_key(service: Service[AwsResource]) -> None:
    """Another variable's secret signs the request."""
    asked = service.asked(secret_access_key={"env": "OTHER"})
    assert is_signed_with(asked, "another-one")
    assert not is_signed_with(asked, "a-secret")


def test_session_token(service: Service[AwsResource]) -> None:
    """Another variable's token is in the request."""
    assert service.asked(session_token={"env": "OTHER"}).headers["x-amz-security-token"] == "another-one"


def test_bucket(s3: Service[S3Resource]) -> None:
    """Another bucket is asked for."""
    assert s3.asked(bucket="another-bucket").path == "/another-bucket"


def test_local_stack_of_s3(s3: Service[S3Resource], settings: Settings, connections: Connections) -> None:
    """Where no endpoint is named, that stack has the bucket."""
    bucket = settings.s3.bucket
    run_with(s3.resource, {"endpoint_url": "", "local_stack": str(settings.home), "bucket": bucket}, s3.call)
    boto3.client("s3", **connections.aws).head_bucket(Bucket=bucket)
    assert s3.server.asked == []


def test_database(glue: Service[GlueResource]) -> None:
    """Another database's partitions are asked for."""
    assert body_of(glue.asked(database="another_database"))["DatabaseName"] == "another_database"


def test_local_stack_and_bucket_of_glue(
    glue: Service[GlueResource], settings: Settings, connections: Connections
) -> None:
    """Where no endpoint is named, that stack has the database, and the table is over the bucket that is named."""
    config = {
        "endpoint_url": "",
        "region": "",
        "local_stack": str(settings.home),
        "database": settings.glue.database,
        "bucket": "another-bucket",
    }
    run_with(glue.resource, config, register)
    client = boto3.client("glue", **connections.aws)
    table = client.get_table(DatabaseName=settings.glue.database, Name="tiktok_user_data")["Table"]
    assert table["StorageDescriptor"]["Location"] == "s3://another-bucket/csv/followers/"
    assert glue.server.asked == []


def register(resource: GlueResource) -> None:
    """Make the database and the table."""
    resource.catalog().register([])


def body_of(asked: Asked) -> dict[str, Any]:
    """A request to Glue."""
    body: dict[str, Any] = json.loads(asked.body)
    return body
