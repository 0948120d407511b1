"""What must be true of the catalog: read as the contract says, with exactly the partitions that have CSVs."""

from collections.abc import Set
from dataclasses import dataclass

from tiktok_insights.catalog.crawler import Crawler
from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.catalog.table_definition import Partition, name_of
from tiktok_insights.checks import Finding, Severity, check

_TABLE_REMEDY = (
    "Delete the table in Glue if it exists (its files stay), and run again: the run creates it with all its partitions"
)
_PARTITION_REMEDY = "Delete the partition in Glue (its files stay), and run again: the run registers it again"


@dataclass(frozen=True, slots=True)
class CatalogCheckInput:
    """The catalog, the partitions that have CSVs in the bucket, and the crawler, if one is configured."""

    catalog: Catalog
    in_bucket: Set[Partition]
    crawler: Crawler | None = None


@check(Severity.ERROR)
def glue_table_matches_the_contract(given: CatalogCheckInput) -> Finding:
    """Athena, Hive and Spark read the bucket's CSVs through the Glue table as the contract says.

    Compares columns, partition keys, location, formats, SerDe, and the parameters that decide what is read.
    """
    if not (differences := given.catalog.drift()):
        return Finding()
    return Finding((*differences[:-1], f"{differences[-1]}. {_TABLE_REMEDY}"))


@check(Severity.ERROR)
def catalog_partitions_match_the_bucket(given: CatalogCheckInput) -> Finding:
    """Every folder with CSVs has a partition that points to it and is read like the table. Every partition has CSVs."""
    registered = given.catalog.partition_drift()
    missing, empty = sorted(given.in_bucket - registered.keys()), sorted(registered.keys() - given.in_bucket)
    offenders = [f"{name_of(partition)} is not in the catalog" for partition in missing]
    offenders += [f"{name_of(partition)} is in the catalog but not in the bucket" for partition in empty]
    different = [(name, found) for name, found in sorted(registered.items()) if found and name in given.in_bucket]
    offenders += [
        f"{name_of(partition)} is read differently: {', '.join(found)}. {_PARTITION_REMEDY}"
        for partition, found in different
    ]
    return Finding(tuple(offenders), {"partitions": len(registered), "partitions read differently": len(different)})
