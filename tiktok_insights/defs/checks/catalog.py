"""Checks on `tiktok_user_data`: the catalog says what lies in the bucket, in the contract's columns."""

from collections.abc import Callable, Iterator

import dagster as dg

from tiktok_insights.catalog.checks import every_csv_is_visible, table_equals_the_contract
from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.checks import CheckOutcome
from tiktok_insights.defs.presentation import check_result
from tiktok_insights.lake.followers_csv import CSV_PREFIX
from tiktok_insights.resources.aws import GlueCatalogResource, S3LakeResource
from tiktok_insights.staging.pending import sort_out

_CHECKS: dict[str, Callable[[Catalog, S3LakeResource], CheckOutcome]] = {
    "glue_table_equals_the_contract": lambda catalog, _: table_equals_the_contract(catalog),
    "every_csv_is_visible_in_the_catalog": lambda catalog, s3: every_csv_is_visible(
        catalog, sort_out(s3.store().list(CSV_PREFIX)).partitions
    ),
}
_MEANINGS = dict(zip(_CHECKS, (table_equals_the_contract.__doc__, every_csv_is_visible.__doc__), strict=True))


@dg.multi_asset_check(
    name="tiktok_user_data_checks",
    specs=[dg.AssetCheckSpec(name, asset="tiktok_user_data", description=_MEANINGS[name]) for name in _CHECKS],
    can_subset=True,
)
def tiktok_user_data_checks(
    context: dg.AssetCheckExecutionContext, s3: S3LakeResource, glue: GlueCatalogResource
) -> Iterator[dg.AssetCheckResult]:
    """Hold the Glue table against the contract, and its partitions against the bucket."""
    catalog = glue.catalog()
    for key in sorted(context.selected_asset_check_keys):
        yield check_result(_CHECKS[key.name](catalog, s3))
