"""Objects that the bucket refuses to hand over, as S3 does: archived ones, and ones that its policy denies."""

import json

from tiktok_insights.clients.object_store import ObjectStore


def archive(store: ObjectStore, key: str) -> None:
    """Move an object to the storage class GLACIER, as a lifecycle rule does."""
    store._s3.copy_object(
        Bucket=store.bucket,
        Key=key,
        CopySource={"Bucket": store.bucket, "Key": key},
        StorageClass="GLACIER",
        MetadataDirective="COPY",
    )


def restore(store: ObjectStore, key: str) -> None:
    """Restore an archived object for a day; its storage class stays."""
    store._s3.restore_object(Bucket=store.bucket, Key=key, RestoreRequest={"Days": 1})


def deny(store: ObjectStore, *keys: str, action: str = "s3:GetObject") -> None:
    """Let the bucket's policy deny an action on these objects and on no others; without objects, none."""
    if not keys:
        store._s3.delete_bucket_policy(Bucket=store.bucket)
        return
    resources = [f"arn:aws:s3:::{store.bucket}/{key}" for key in keys]
    statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resources}
    store._s3.put_bucket_policy(
        Bucket=store.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
