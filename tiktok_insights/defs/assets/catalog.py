"""Stage catalog: the Glue table over the CSVs."""

from functools import partial

import dagster as dg

from tiktok_insights.catalog.table_definition import PARTITION_KEYS
from tiktok_insights.defs.column_schemas import glue_columns, glue_lineage
from tiktok_insights.defs.presentation import OWNERS, table_if_any
from tiktok_insights.defs.versions import CONTRACT, data_version
from tiktok_insights.lake.listing import has_csvs
from tiktok_insights.resources.glue import GlueResource
from tiktok_insights.resources.s3 import S3Resource


@dg.asset(
    group_name="catalog",
    deps=["followers_csv"],
    kinds={"glue", "s3"},
    owners=OWNERS,
    metadata={"dagster/column_schema": glue_columns()},
    code_version=CONTRACT,
)
def tiktok_user_data(s3: S3Resource, glue: GlueResource) -> dg.MaterializeResult:
    """The Glue table over all CSVs: one row per follower and page, partitioned by account and day of the snapshot.

    The table comes from the contract and the partitions from the listing of the bucket; no crawler is involved. A
    partition whose files were all deleted is removed.
    """
    listing = s3.csvs().listing()
    catalog = glue.catalog()
    state = catalog.register(listing.partitions)
    removed = catalog.remove_empty({*state.partitions} - listing.partitions, partial(has_csvs, s3.store()))
    partitions = {*state.partitions}.difference(removed)
    return dg.MaterializeResult(
        metadata={
            "partitions": len(partitions),
            "partitions_added": state.added,
            "partitions_removed": len(removed),
            **table_if_any("newest_partitions", PARTITION_KEYS, sorted(partitions, key=lambda p: p[1])[-20:]),
            "dagster/table_name": f"{state.database}.tiktok_user_data",
            "dagster/uri": state.location,
            "dagster/column_lineage": glue_lineage(),
        },
        data_version=data_version(listing.fingerprint),
    )
