"""Where each asset's data is in this deployment, as metadata of its definition: known before the first run.

The names are the settings'. What a run finds there belongs in the asset's materialization.
"""

from collections.abc import Callable
from urllib.parse import urlencode

import dagster as dg

from tiktok_insights.catalog.table_definition import TABLE as GLUE_TABLE
from tiktok_insights.dashboard.publishing import DASHBOARD_KEY
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.raw.manifest import RAW_PREFIX
from tiktok_insights.settings.client_settings import SnowflakeSettings
from tiktok_insights.settings.environment import Deployment, Settings
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA, TIKTOK_DATA

_Metadata = dict[str, str | dg.MetadataValue]


def with_locations(settings: Settings) -> Callable[[dg.AssetSpec], dg.AssetSpec]:
    """Give the function that adds an asset's location to its spec, for `dagster.map_asset_specs`."""
    metadata = _metadata(settings)
    return lambda spec: spec.merge_attributes(metadata=metadata.get(spec.key.to_user_string(), {}))


def _metadata(settings: Settings) -> dict[str, _Metadata]:
    in_aws = settings.deployment is Deployment.AWS
    bucket, region, database = settings.s3.bucket, settings.s3.region, settings.glue.database
    namespace = settings.snowflake.namespace
    found: dict[str, _Metadata] = {
        "raw_followers": {"dagster/uri": f"s3://{bucket}/{RAW_PREFIX}"},
        "followers_csv": {"dagster/uri": f"s3://{bucket}/{CSV_PREFIX}"},
        "dashboard": {"dagster/uri": f"s3://{bucket}/{DASHBOARD_KEY}"},
        "tiktok_user_data": {
            "dagster/uri": f"s3://{bucket}/{CSV_PREFIX}",
            "dagster/table_name": f"{database}.{GLUE_TABLE}",
        },
    }
    if in_aws:
        for name, prefix in (("raw_followers", RAW_PREFIX), ("followers_csv", CSV_PREFIX)):
            found[name]["console"] = dg.MetadataValue.url(s3_console(bucket, prefix, region))
        found["tiktok_user_data"]["console"] = dg.MetadataValue.url(glue_console(database, region))
    tables = {table.name.lower(): (namespace.schema_of(table), "table") for table in (STAGED_TIKTOK_DATA, TIKTOK_DATA)}
    views = {mart.name: (namespace.view_schema, "view") for mart in all_marts()}
    for name, (schema, kind) in (tables | views).items():
        found[name] = {"dagster/table_name": f"{namespace.database}.{schema}.{name.upper()}"}
        if in_aws and (page := snowsight(settings.snowflake, schema, kind, name.upper())):
            found[name]["console"] = dg.MetadataValue.url(page)
    return found


def s3_console(bucket: str, prefix: str, region: str) -> str:
    """Give the address of a folder in the S3 console; without a region, the console knows the bucket's."""
    return f"https://console.aws.amazon.com/s3/buckets/{bucket}?{_query(region=region, prefix=prefix)}"


def glue_console(database: str, region: str) -> str:
    """Give the address of our table in the Glue console."""
    query = _query(region=region)
    return (
        f"https://console.aws.amazon.com/glue/home{'?' * bool(query)}{query}"
        f"#/v2/data-catalog/tables/view/{GLUE_TABLE}?{_query(database=database)}"
    )


def snowsight(settings: SnowflakeSettings, schema: str, kind: str, name: str) -> str:
    """Give the address of a table or view in Snowsight; none for an account that is not reached over the internet.

    Snowsight writes an account as organization and name, or as region and locator.
    """
    account, _, region = settings.account.partition(".")
    if not account or "privatelink" in region:
        return ""
    place = account.replace("-", "/", 1) if "-" in account else f"{region or 'us-west-2'}/{account}"
    return (
        f"https://app.snowflake.com/{place.lower()}/#/data/databases/{settings.namespace.database}/schemas/{schema}/"
        f"{kind}/{name}"
    )


def _query(**values: str) -> str:
    return urlencode({name: value for name, value in values.items() if value}, safe="/")
