"""The faults for which the audit refuses an object: each function says what is wrong, and nothing of a good one.

All are pure. What a batch as a whole must hold to belongs in `audit_checks.py`; why a file cannot be read at all, in
`header.py` and `inspection.py`.
"""

import shlex

from tiktok_insights.checks import pseudonym
from tiktok_insights.staging.measurement import COUNT_LIMIT, ObjectFacts
from tiktok_insights.staging.quarantine import quarantine_key


def counts_out_of_range(item: ObjectFacts) -> str:
    """Find counts that are negative, or so large that they must be IDs (10^18 or more)."""
    if not item.counts_out_of_range:
        return ""
    return (
        f"{item.counts_out_of_range:,} of {item.rows_found:,} rows, such as that of user "
        f"{pseudonym(item.user_out_of_range or '')}, "
        f"have a count of {COUNT_LIMIT:,} or more, which looks like an ID. Check that the columns are in the header's "
        "order, fix the file and upload it again"
    )


def too_many_rejected_rows(item: ObjectFacts) -> str:
    """Find a larger share of rejected rows than max_rejected_share."""
    counts, info = item.staged.counts, item.staged.item.info
    if counts.rejected <= counts.rows_in * item.max_rejected_share:
        return ""
    return (
        f"{counts.rejected:,} of {counts.rows_in:,} rows are rejected, more than max_rejected_share "
        f"({item.max_rejected_share:g}) allows; {quarantine_key(info.key, info.etag)} has the line, column and reason "
        "for each. Fix the file and upload it again. Or load the other rows: run tiktok-insights retry-refused "
        f"{shlex.quote(info.key)}, then a run with a higher max_rejected_share for staged_tiktok_data in its config"
    )


def rounded_ids(item: ObjectFacts) -> str:
    """Find IDs that a spreadsheet or a floating-point number has rounded before the file was uploaded."""
    rounded = item.staged.ids.rounded
    return rounded and f"{rounded}. Export the file again from its source with the IDs as text, and upload it again"


#: In the order in which a reason lists them.
FAULTS = (rounded_ids, counts_out_of_range, too_many_rejected_rows)


def fault_of(item: ObjectFacts) -> str:
    """Say everything that is wrong with an object, with what to do; nothing of a good one."""
    return "; ".join(filter(None, (fault(item) for fault in FAULTS)))
