"""What still holds a removed person is read from the bucket and the warehouse as they are set up."""

from datetime import date

import pytest

from tiktok_insights.people.remains import in_the_bucket, in_the_warehouse
from tiktok_insights.resources.opening import aws_client
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.support.loading import Loader

pytestmark = pytest.mark.people

TODAY = date(2026, 1, 31)


def rule(days: int, **others: object) -> dict[str, object]:
    """A rule of the bucket's lifecycle that deletes earlier versions after so many days."""
    return {
        "ID": f"{days}{others}",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": days},
        **others,
    }


@pytest.mark.parametrize(
    ("rules", "until"),
    [
        ([], "no end"),
        ([rule(30)], "2026-03-03"),
        ([rule(30), rule(1, Filter={"Prefix": "locks/"})], "2026-03-03"),
        ([rule(30, Status="Disabled")], "no end"),
    ],
)
def test_earlier_versions_stay_until_a_rule_for_all_objects_deletes_them(
    loader: Loader, rules: list[dict[str, object]], until: str
) -> None:
    """S3 counts from the next midnight. A rule for some keys, or one that is off, does not count."""
    s3, bucket = aws_client("s3", read_settings().s3), loader.store.bucket
    assert in_the_bucket(s3, bucket, TODAY) is None
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    if rules:
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    remainder = in_the_bucket(s3, bucket, TODAY)
    assert remainder is not None
    assert remainder.until.startswith(until)
    assert all(f"--bucket {bucket} " in command for command in remainder.sooner)


def test_time_travel_and_fail_safe_are_told_for_each_schema(loader: Loader) -> None:
    """With the statements that end Time Travel, for the tables that have users and for no others."""
    namespace = loader.session.namespace
    remainders = list(in_the_warehouse(loader.session, TODAY))
    # The local warehouse says what a new account of Snowflake's does: one day.
    assert [remainder.until[:10] for remainder in remainders] == ["2026-02-01", "2026-02-08"] * 2
    statements = [statement for remainder in remainders for statement in remainder.sooner]
    people = f"ALTER TABLE {namespace.database}.{namespace.schema}.TIKTOK_DATA SET DATA_RETENTION_TIME_IN_DAYS = "
    assert [one for one in statements if one.startswith(people)] == [f"{people}0;", f"{people}1;"]
    assert not any("LOAD_BATCHES" in statement for statement in statements)
    assert all(not remainder.sooner for remainder in remainders[1::2])
