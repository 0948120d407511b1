"""Where each asset's data is, as its definition says: names in every deployment, links to consoles in `aws`."""

import dagster as dg
import pytest

from tiktok_insights.defs.locations import snowsight, with_locations
from tiktok_insights.settings.environment import read_settings

_AWS = {
    "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
    "TIKTOK_INSIGHTS_BUCKET": "my-bucket",
    "AWS_REGION": "eu-central-1",
    "SNOWFLAKE_ACCOUNT": "myorg-my_account",
    "SNOWFLAKE_DATABASE": "sales",
}


def location(environment: dict[str, str], asset: str) -> dict[str, object]:
    """The location's metadata as plain values."""
    spec = with_locations(read_settings(environment))(dg.AssetSpec(asset, metadata={"before": 1}))
    assert spec.metadata["before"] == 1
    return {name: getattr(value, "value", value) for name, value in spec.metadata.items() if name != "before"}


def test_the_local_deployment_has_names_and_no_links() -> None:
    """Nothing of it has a console."""
    assert location({}, "raw_followers") == {"dagster/uri": "s3://project-with-tiktok-data/raw/followers/"}
    assert location({}, "tiktok_data") == {"dagster/table_name": "AMAZON_DB.PUBLIC.TIKTOK_DATA"}
    assert location({}, "load_report") == {}


def test_aws_links_to_the_consoles() -> None:
    """Of S3, Glue and Snowflake, at the folder, table or view itself."""
    assert location(_AWS, "followers_csv") == {
        "dagster/uri": "s3://my-bucket/csv/followers/",
        "console": "https://console.aws.amazon.com/s3/buckets/my-bucket?region=eu-central-1&prefix=csv/followers/",
    }
    assert location(_AWS, "tiktok_user_data")["console"] == (
        "https://console.aws.amazon.com/glue/home?region=eu-central-1"
        "#/v2/data-catalog/tables/view/tiktok_user_data?database=tiktok"
    )
    assert location(_AWS, "user_totals") == {
        "dagster/table_name": "SALES.MAIN.USER_TOTALS",
        "console": "https://app.snowflake.com/myorg/my_account/#/data/databases/SALES/schemas/MAIN/view/USER_TOTALS",
    }


@pytest.mark.parametrize(
    ("account", "place"),
    [
        ("myorg-myaccount", "myorg/myaccount/"),
        ("ab12345.eu-central-1", "eu-central-1/ab12345/"),
        ("ab12345", "us-west-2/ab12345/"),
        ("ab12345.us-east-2.aws", "us-east-2.aws/ab12345/"),
        ("ab12345.us-east-1.privatelink", ""),
        ("", ""),
    ],
)
def test_snowsight_has_a_place_for_each_kind_of_account(account: str, place: str) -> None:
    """By organization, or by region; none where the internet does not lead to it."""
    settings = read_settings({**_AWS, "SNOWFLAKE_ACCOUNT": account}).snowflake
    page = snowsight(settings, "PUBLIC", "table", "T")
    assert page == (place and f"https://app.snowflake.com/{place}#/data/databases/SALES/schemas/PUBLIC/table/T")
