"""Stage catalog: the Glue table over the CSVs."""

from functools import partial

import dagster as dg

from tiktok_insights.catalog.crawler import CrawlReport
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

    The table comes from the contract and the partitions from the listing of the bucket. A partition whose files were
    all deleted is removed. Where `GLUE_CRAWLER` is set, the run then starts that crawler and waits for its end: it
    writes a table of its own, which is only compared with the contract.
    """
    listing = s3.csvs().listing()
    catalog = glue.catalog()
    state = catalog.register(listing.partitions)
    removed = catalog.remove_empty({*state.partitions} - listing.partitions, partial(has_csvs, s3.store()))
    partitions = {*state.partitions}.difference(removed)
    # Last: whatever becomes of the crawl, the table is registered.
    crawler = glue.open_crawler()
    crawled = _crawl_metadata(crawler.crawl()) if crawler else {}
    return dg.MaterializeResult(
        metadata={
            "partitions": len(partitions),
            "partitions_added": state.added,
            "partitions_removed": len(removed),
            **table_if_any("newest_partitions", PARTITION_KEYS, sorted(partitions, key=lambda p: p[1])[-20:]),
            "dagster/table_name": f"{state.database}.tiktok_user_data",
            "dagster/uri": state.location,
            "dagster/column_lineage": glue_lineage(),
            **crawled,
        },
        data_version=data_version(listing.fingerprint),
    )


def _crawl_metadata(report: CrawlReport) -> dict[str, str | int | float | dg.TableMetadataValue]:
    crawl = report.crawl
    tables = [(table.name, len(table.columns), len(table.partitions)) for table in report.tables]
    texts = {
        "crawler": crawl.crawler,
        "crawler_state": crawl.state,
        "crawler_last_crawl": crawl.status,
        "crawler_message": crawl.message,
        "crawler_problem": crawl.problem,
    }
    return {
        **{name: text for name, text in texts.items() if text},
        "crawler_seconds": round(crawl.seconds, 1),
        **table_if_any("crawled_tables", ("table", "columns", "partitions"), tables),
    }
