"""What must be true of the catalog: the contract's columns, and just the partitions that have CSVs."""

from tiktok_insights.catalog.glue_table import Catalog, Partition
from tiktok_insights.checks import CheckOutcome


def table_equals_the_contract(catalog: Catalog) -> CheckOutcome:
    """The Glue table has the contract's columns and partition keys."""
    return CheckOutcome("glue_table_equals_the_contract", tuple(catalog.drift()))


def every_csv_is_visible(catalog: Catalog, in_bucket: set[Partition]) -> CheckOutcome:
    """Every folder with CSVs is a partition, and no partition is without."""
    registered = catalog.partitions()
    offenders = [f"account={a}/dt={d} is not in the catalog" for a, d in sorted(in_bucket - registered)]
    offenders += [f"account={a}/dt={d} is in the catalog, not in the bucket" for a, d in sorted(registered - in_bucket)]
    return CheckOutcome("every_csv_is_visible_in_the_catalog", tuple(offenders), {"partitions": len(registered)})
