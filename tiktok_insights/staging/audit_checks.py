"""The audit's checks: what must be true of a batch before it is published. All are blocking, and all are pure.

What must be true of the published table belongs in `warehouse/table_checks.py`.
"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from tiktok_insights.checks import Check, Finding, Severity, check, description_of
from tiktok_insights.staging.measurement import COUNT_LIMIT, BatchFacts, ObjectFacts
from tiktok_insights.staging.quarantine import quarantine_key


@dataclass(frozen=True, slots=True)
class ObjectCheck(Check[BatchFacts]):
    """A check of each object of a batch.

    `fault` says what is wrong with an object, and is empty for a good one. Where that is the object's own doing
    (`blames_object`), the object is refused, so that the next run loads the others.
    """

    fault: Callable[[ObjectFacts], str]
    blames_object: bool


def object_check(*, blames_object: bool = False) -> Callable[[Callable[[ObjectFacts], str]], ObjectCheck]:
    """Declare the function below as a check of each object: it says what is wrong with one."""

    def declare(fault: Callable[[ObjectFacts], str]) -> ObjectCheck:
        def find(batch: BatchFacts) -> Finding:
            return Finding(tuple(f"{item.key}: {wrong}" for item in batch.objects if (wrong := fault(item))))

        return ObjectCheck(fault.__name__, description_of(fault), Severity.BLOCKING, find, fault, blames_object)

    return declare


@check(Severity.BLOCKING)
def staging_table_matches_the_contract(batch: BatchFacts) -> Finding:
    """The staging table has exactly the contract's columns, with their types and in their order."""
    return Finding(batch.differences)


@object_check()
def every_id_is_1_to_20_digits(item: ObjectFacts) -> str:
    """Every staged ID is text of 1 to 20 digits. An ID that became a number along the way is not."""
    return f"{item.malformed_ids:,} of {item.rows_found:,} rows have an invalid ID" if item.malformed_ids else ""


@object_check(blames_object=True)
def counts_are_in_range(item: ObjectFacts) -> str:
    """No count is negative, or so large that it must be an ID (10^18 or more). An object that fails is refused."""
    if not item.counts_out_of_range:
        return ""
    return (
        f"{item.counts_out_of_range:,} of {item.rows_found:,} rows, such as that of user {item.user_out_of_range}, "
        f"have a count of {COUNT_LIMIT:,} or more, which looks like an ID. Check that the columns are in the header's "
        "order, fix the file and upload it again"
    )


@object_check()
def no_duplicate_users_within_an_object(item: ObjectFacts) -> str:
    """No user has two staged rows from the same object."""
    if item.users_found == item.rows_found:
        return ""
    return f"{item.rows_found:,} rows for {item.users_found:,} users"


@object_check()
def every_row_is_staged_duplicate_or_rejected(item: ObjectFacts) -> str:
    """Each line of an object, counted without a CSV parser, was staged, dropped as a duplicate, or rejected."""
    counts = item.staged.counts
    if counts.rows_in == counts.staged + counts.duplicate + counts.rejected:
        return ""
    return (
        f"{counts.rows_in:,} rows, but {counts.staged:,} staged, {counts.duplicate:,} duplicate and "
        f"{counts.rejected:,} rejected"
    )


@object_check()
def every_staged_row_reached_the_warehouse(item: ObjectFacts) -> str:
    """The warehouse has as many staged rows of each object as were sent."""
    sent = item.staged.counts.staged
    return "" if item.rows_found == sent else f"{sent:,} rows were sent, {item.rows_found:,} are in the warehouse"


@object_check(blames_object=True)
def rejected_share_is_below_the_threshold(item: ObjectFacts) -> str:
    """No object has a larger share of rejected rows than max_rejected_share. An object that fails is refused."""
    counts, info = item.staged.counts, item.staged.item.info
    if counts.rejected <= counts.rows_in * item.max_rejected_share:
        return ""
    return (
        f"{counts.rejected:,} of {counts.rows_in:,} rows are rejected, more than max_rejected_share "
        f"({item.max_rejected_share:g}) allows; {quarantine_key(info.key, info.etag)} has the line, column and reason "
        "for each. Fix the file and upload it again. Or load the other rows: run tiktok-insights retry-refused "
        f"{shlex.quote(info.key)}, then a run with a higher max_rejected_share for staged_tiktok_data in its config"
    )
