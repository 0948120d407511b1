"""A run's staging as its metadata show it, and as they hand it to the load report and the command line."""

import dataclasses

import dagster as dg

from tiktok_insights.defs.presentation import table_if_any
from tiktok_insights.defs.typed_metadata import TypedMetadata
from tiktok_insights.staging.staging_result import StagingResult

STAGING_RESULT = TypedMetadata("staging_result", StagingResult)

#: The columns of a table of objects: name, type and meaning.
OBJECT_COLUMNS = (
    ("object", "string", "Key of the CSV object."),
    ("status", "string", "Its status in the ledger; pending if its batch failed, so that the next run stages it."),
    ("rows in", "int", "Physical records after the header."),
    ("staged", "int", "Rows sent to the warehouse's staging table."),
    ("duplicate", "int", "Rows dropped because the object already has the user."),
    ("rejected", "int", "Rows in the quarantine."),
    ("suppressed", "int", "Rows dropped because the user was removed."),
    ("negative counts", "int", "Counts that were negative and became NULL."),
    ("reason", "string", "Why the object is not loaded, and what to do."),
)


def object_rows(result: StagingResult) -> list[tuple[object, ...]]:
    """The objects as rows of the table."""
    return [(o.key, o.status, *dataclasses.astuple(o.counts), o.reason) for o in result.objects]


def staging_entries(result: StagingResult) -> dict[str, dg.MetadataValue | int | str]:
    """The metadata that sum up a run's staging."""
    return {
        **({"batches": ", ".join(result.batches)} if result.batches else {}),
        **table_if_any("objects", [name for name, _, _ in OBJECT_COLUMNS], object_rows(result)),
        "objects_loaded": result.objects_loaded,
        "objects_refused": result.objects_refused,
        "dagster/row_count": result.rows.staged,
        "rows_duplicate": result.rows.duplicate,
        "rows_rejected": result.rows.rejected,
        **STAGING_RESULT.entry(result),
    }
