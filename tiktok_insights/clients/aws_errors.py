"""The one reading of boto3's errors, which come without anyone's sign-in."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.parsers import ResponseParserError

from tiktok_insights.text.quoting import HIDDEN, without_sign_in

_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500
#: What a service means for now. boto3 has retried some of them already
#: (docs.aws.amazon.com/boto3/latest/guide/retries.html).
_PASSING = frozenset(
    {
        "InternalServiceException",
        "OperationTimeoutException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def error_code(error: ClientError) -> str:
    """The service's code of what went wrong, such as NoSuchKey; '' when it gave none."""
    return str(error.response.get("Error", {}).get("Code", ""))


def may_pass(error: ClientError | BotoCoreError) -> bool:
    """Whether the same call may succeed a little later: throttled, failed in the service, or not answered."""
    if isinstance(error, ClientError):
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER_ERROR))
        return status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR or error_code(error) in _PASSING
    return isinstance(error, (HTTPClientError, NoConnectionError, ResponseParserError))


def hide_sign_in(client: Any, *secrets: str) -> Any:
    """Give the client, whose errors show neither the secrets nor the sign-in of a request that a service repeats."""

    def hide(parsed: dict[str, Any], **_: Any) -> None:
        error = parsed.get("Error", {})
        for name in [name for name, value in error.items() if isinstance(value, str)]:
            text = without_sign_in(error[name])
            for secret in filter(None, secrets):
                text = text.replace(secret, HIDDEN)
            error[name] = text

    client.meta.events.register("after-call", hide)
    return client
