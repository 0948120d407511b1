"""The one reading of boto3's errors."""

from botocore.exceptions import ClientError


def error_code(error: ClientError) -> str:
    """The service's code of what went wrong, such as NoSuchKey; '' when it gave none."""
    return str(error.response.get("Error", {}).get("Code", ""))
