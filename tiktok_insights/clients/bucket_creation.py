"""Makes the bucket when it is missing. What is in it belongs to `object_store`."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def make_if_missing(s3: "S3Client", bucket: str) -> None:
    """Make the bucket when it is missing (private, as S3's default is)."""
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error_code(error) not in ("404", "NoSuchBucket"):
            raise
        _create(s3, bucket)


def _create(s3: "S3Client", bucket: str) -> None:
    region = s3.meta.region_name
    try:
        if region == "us-east-1":
            s3.create_bucket(Bucket=bucket)
        else:
            s3.create_bucket(
                Bucket=bucket,
                CreateBucketConfiguration={"LocationConstraint": region},  # type: ignore[typeddict-item]
            )
    except ClientError as error:
        if error_code(error) != "BucketAlreadyOwnedByYou":
            raise
