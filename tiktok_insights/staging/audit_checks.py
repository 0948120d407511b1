"""The audit's checks: what must be true of a batch before it is published, and what a person should know. All are pure.

They judge the objects that are not refused. A fault for which only its own object is refused belongs in
`object_faults.py`; what must be true of the published table, in `warehouse/table_checks.py`.
"""

from collections.abc import Callable

from tiktok_insights.checks import Check, Finding, Severity, check, description_of
from tiktok_insights.staging.measurement import BatchFacts, ObjectFacts


def object_check(severity: Severity) -> Callable[[Callable[[ObjectFacts], str]], Check[BatchFacts]]:
    """Declare the function below as a check of each object of a batch: it says what is wrong with one."""

    def declare(fault: Callable[[ObjectFacts], str]) -> Check[BatchFacts]:
        def find(batch: BatchFacts) -> Finding:
            return Finding(tuple(f"{item.key}: {wrong}" for item in batch.objects if (wrong := fault(item))))

        return Check(fault.__name__, description_of(fault), severity, find)

    return declare


@check(Severity.BLOCKING)
def staging_table_matches_the_contract(batch: BatchFacts) -> Finding:
    """The staging table has exactly the contract's columns, with their types and in their order."""
    return Finding(batch.differences)


@object_check(Severity.BLOCKING)
def every_id_is_1_to_20_digits(item: ObjectFacts) -> str:
    """Every staged ID is text of 1 to 20 digits. An ID that became a number along the way is not."""
    return f"{item.malformed_ids:,} of {item.rows_found:,} rows have an invalid ID" if item.malformed_ids else ""


@object_check(Severity.BLOCKING)
def no_duplicate_users_within_an_object(item: ObjectFacts) -> str:
    """No user has two staged rows from the same object."""
    if item.users_found == item.rows_found:
        return ""
    return f"{item.rows_found:,} rows for {item.users_found:,} users"


@object_check(Severity.BLOCKING)
def every_row_is_staged_duplicate_or_rejected(item: ObjectFacts) -> str:
    """Each line of an object was staged, dropped as a duplicate, or rejected, and kept its ID.

    Lines and IDs are counted and added up from the object's bytes, without a CSV parser.
    """
    counts, sums = item.staged.counts, item.staged.id_sums
    if counts.rows_in != counts.accounted:
        return (
            f"{counts.rows_in:,} rows, but {counts.staged:,} staged, {counts.duplicate:,} duplicate, "
            f"{counts.rejected:,} rejected and {counts.suppressed:,} suppressed"
        )
    return "" if sums.rows_in == sums.accounted else f"{counts.rows_in:,} rows, but some with another ID"


@object_check(Severity.BLOCKING)
def every_staged_row_reached_the_warehouse(item: ObjectFacts) -> str:
    """The warehouse has as many staged rows of each object as were sent, of the same users."""
    sent = item.staged.counts.staged
    if item.rows_found != sent:
        return f"{sent:,} rows were sent, {item.rows_found:,} are in the warehouse"
    return "" if item.id_sum_found == item.staged.id_sums.staged else f"{sent:,} rows were sent, some with another ID"


@object_check(Severity.WARNING)
def every_id_has_one_handle_within_an_object(item: ObjectFacts) -> str:
    """No object has an ID whose rows have different handles.

    If one has, the user was renamed between two pages, or two users were merged.
    """
    ids = item.staged.ids
    if not ids.renamed:
        return ""
    number = f"{ids.renamed:,} ID{'s' * (ids.renamed != 1)}"
    return f"{number} with different handles, such as {', '.join(ids.examples)}. The newest row of each is kept"
