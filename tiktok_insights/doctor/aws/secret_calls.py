"""The request to Secrets Manager: whether the key of the suppression list can be read, if there is a list."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.doctor.aws.calls import Call
from tiktok_insights.doctor.aws.clients import Clients
from tiktok_insights.doctor.aws.names import Names
from tiktok_insights.doctor.aws.s3_calls import NO_ETAG
from tiktok_insights.suppression.store import LIST_KEY, secret_name

_MISSING = "ResourceNotFoundException"


def secret_calls(names: Names) -> Iterator[Call]:
    """Every request to Secrets Manager."""
    yield Call(
        stage="raw",
        action="secretsmanager:GetSecretValue",
        resources=(names.secret(secret_name(names.bucket)),),
        request=lambda clients: _read_key(clients, names),
        refusals=(_MISSING,),
    )


def _read_key(clients: Clients, names: Names) -> None:
    """Read the key, and keep nothing of it. While nobody was removed, it need not be there."""
    try:
        clients.get("secretsmanager").get_secret_value(SecretId=secret_name(names.bucket))
    except ClientError as error:
        if error_code(error) != _MISSING or _has_list(clients, names):
            raise


def _has_list(clients: Clients, names: Names) -> bool:
    try:
        clients.get("s3").get_object(Bucket=names.bucket, Key=LIST_KEY, IfMatch=NO_ETAG)
    except ClientError as error:
        return error_code(error) == "PreconditionFailed"
    return True
