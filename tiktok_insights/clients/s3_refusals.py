"""S3's refusals of one object: how they differ from an outage, and what to do about each.

Add a code here when S3 refuses one object with it and serves the others. An outage, such as expired credentials, a
missing bucket or a lost connection, does not belong here: it is raised as boto3 has it, and ends the run.
"""

from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code

#: The bucket's policy, the object's ACL or its owner. HEAD has no body, so only a status.
_DENIED = {"AccessDenied", "403"}


class ObjectUnavailableError(RuntimeError):
    """S3 answers, but does not hand over this one object. The message says why, and what to do."""


class ObjectNotWritableError(RuntimeError):
    """S3 answers, but does not accept this one object. The message says why, and what to do."""


def why_unreadable(error: ClientError) -> str:
    """Why S3 does not hand over the object, and what to do; '' where the error is not about one object."""
    code, message = error_code(error), str(error.response.get("Error", {}).get("Message", ""))
    if code == "InvalidObjectState":
        storage_class = error.response.get("Error", {}).get("StorageClass") or "GLACIER"
        return (
            f"it is archived (storage class {storage_class}). Restore it (aws s3api restore-object), or upload it "
            "again with the storage class STANDARD"
        )
    if code.startswith("KMS.") and "Throttling" not in code:
        return f"its KMS key cannot be used ({code}). Enable the key, or upload the object again with another one"
    if code in _DENIED:
        return _denied(message, "kms:Decrypt", "s3:GetObject")
    if code == "InvalidRequest" and "server side encryption" in message.lower():
        return "it is encrypted with a key of its owner (SSE-C). Upload it again without one"
    return ""


def why_not_writable(error: ClientError, permission: str = "s3:PutObject") -> str:
    """Why S3 does not accept a change of the object, which needs the permission, and what to do.

    '' where the error is not about one object.
    """
    code, message = error_code(error), str(error.response.get("Error", {}).get("Message", ""))
    if code.startswith("KMS.") and "Throttling" not in code:
        return f"the KMS key cannot be used ({code}). Enable the key, or let the bucket use another one"
    return _denied(message, "kms:GenerateDataKey", permission) if code in _DENIED else ""


def _denied(message: str, key_permission: str, permission: str) -> str:
    if "kms" in message.lower():
        return f"access to its KMS key is denied. Grant this user {key_permission} on the key"
    return f"access is denied. Grant this user {permission} on it; see the bucket policy and the object's owner"
