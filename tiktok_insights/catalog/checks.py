"""What must be true of the catalog: the contract's columns, and exactly the partitions that have CSVs."""

from collections.abc import Set
from dataclasses import dataclass

from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.catalog.partitions import Partition
from tiktok_insights.checks import Finding, Severity, check


@dataclass(frozen=True, slots=True)
class CatalogCheckInput:
    """The catalog, and the partitions that have CSVs in the bucket."""

    catalog: Catalog
    in_bucket: Set[Partition]


@check(Severity.ERROR)
def glue_table_matches_the_contract(given: CatalogCheckInput) -> Finding:
    """The Glue table has the contract's columns and partition keys, and covers the bucket's CSVs."""
    return Finding(tuple(given.catalog.drift()))


@check(Severity.ERROR)
def catalog_partitions_match_the_bucket(given: CatalogCheckInput) -> Finding:
    """Every folder with CSVs is a partition of the Glue table, and every partition has CSVs."""
    registered = given.catalog.partitions()
    missing, empty = sorted(given.in_bucket - registered), sorted(registered - given.in_bucket)
    offenders = [f"account={account}/dt={day} is not in the catalog" for account, day in missing]
    offenders += [f"account={account}/dt={day} is in the catalog but not in the bucket" for account, day in empty]
    return Finding(tuple(offenders), {"partitions": len(registered)})
