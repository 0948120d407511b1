"""The checks on the catalog, each green and red."""

from typing import TYPE_CHECKING

import boto3

from tiktok_insights.catalog.checks import (
    CatalogCheckInput,
    catalog_partitions_match_the_bucket,
    glue_table_matches_the_contract,
)
from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.catalog.table_definition import table_input
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.troubleshooting import told

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

DELETE_TABLE = (
    "Delete the table in Glue if it exists (its files stay), and run again: the run creates it with all its partitions"
)
DAY, NEXT_DAY = ("42", "2026-01-31"), ("42", "2026-02-01")


def test_a_registered_catalog_passes_both_checks(catalog: Catalog) -> None:
    """Every folder is a partition and every partition a folder; the columns are the contract's."""
    catalog.register([DAY, NEXT_DAY])
    outcome = catalog_partitions_match_the_bucket(CatalogCheckInput(catalog, {DAY, NEXT_DAY}))
    assert (outcome.passed, outcome.facts) == (True, {"partitions": 2, "partitions read differently": 0})
    assert glue_table_matches_the_contract(CatalogCheckInput(catalog, set())).passed


def test_a_folder_without_partition_and_a_partition_without_folder_are_named(catalog: Catalog) -> None:
    """Red both ways."""
    catalog.register([DAY])
    outcome = catalog_partitions_match_the_bucket(CatalogCheckInput(catalog, {NEXT_DAY}))
    assert outcome.offenders == (
        "account=42/dt=2026-02-01 is not in the catalog",
        "account=42/dt=2026-01-31 is in the catalog but not in the bucket",
    )
    assert not outcome.passed
    told("catalog_partitions_match_the_bucket: <partition> is <what> in").says_check(outcome)


def test_a_missing_table_is_red_and_no_error(catalog: Catalog) -> None:
    """Somebody dropped the table, or the catalog was never materialized."""
    given = CatalogCheckInput(catalog, {DAY})
    assert glue_table_matches_the_contract(given).offenders == (f"the table is missing. {DELETE_TABLE}",)
    assert catalog_partitions_match_the_bucket(given).offenders == ("account=42/dt=2026-01-31 is not in the catalog",)


def test_a_retyped_column_is_red(catalog: Catalog, connections: Connections) -> None:
    """Whoever changed the table since: the column is named."""
    catalog.register([DAY])
    glue: GlueClient = boto3.client("glue", **connections.aws)
    changed = table_input(catalog.location)
    changed["StorageDescriptor"]["Columns"][0]["Type"] = "double"
    glue.update_table(DatabaseName=catalog.database, TableInput=changed)
    outcome = glue_table_matches_the_contract(CatalogCheckInput(catalog, set()))
    assert outcome.offenders == (f"tiktok_id is double, not string. {DELETE_TABLE}",)
    told("glue_table_matches_the_contract: <differences>").says_check(outcome)
