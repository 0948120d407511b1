"""What became of an object's records, as counts and as sums over their IDs, and whether the two sides are equal.

What a record can become is added here, to both classes. Where the numbers come from belongs in `inspection` (what came
in), in the transform and in `quarantine` (what became of it).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.inspection import Inspection
from tiktok_insights.staging.transform import DUPLICATE, REJECTED, STAGED


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What became of an object's records; `negative_counts` counts values, not rows.

    `suppressed` are the rows of people who were removed. No sum over their IDs is kept: of one row it would tell whose.
    """

    rows_in: int = 0
    staged: int = 0
    duplicate: int = 0
    rejected: int = 0
    suppressed: int = 0
    negative_counts: int = 0

    @property
    def accounted(self) -> int:
        """How many records became something."""
        return self.staged + self.duplicate + self.rejected + self.suppressed

    def __str__(self) -> str:
        parts = (f"{self.staged:,} staged", f"{self.duplicate:,} duplicate", f"{self.rejected:,} rejected")
        suppressed = f", {self.suppressed:,} suppressed" if self.suppressed else ""
        return f"{self.rows_in:,} rows in: {', '.join(parts)}{suppressed}"


@dataclass(frozen=True, slots=True)
class IdSums:
    """The sums over the IDs of these records (tables/id_sums.py), but for the suppressed ones.

    `rows_in` comes from the object's bytes.
    """

    rows_in: int = 0
    staged: int = 0
    duplicate: int = 0
    rejected: int = 0

    @property
    def accounted(self) -> int:
        """The sum over the IDs of the records that became something."""
        return self.staged + self.duplicate + self.rejected


def counted(number: int, numbers: Mapping[tuple[int, str], tuple[int, ...]]) -> tuple[RowCounts, IdSums]:
    """What became of an object's rows; of each disposition an engine counts rows, negative counts, and adds up IDs."""
    staged, duplicate, rejected = (numbers.get((number, name), (0, 0, 0)) for name in (STAGED, DUPLICATE, REJECTED))
    return (
        RowCounts(0, staged[0], duplicate[0], rejected[0], negative_counts=staged[1]),
        IdSums(0, staged[2], duplicate[2], rejected[2]),
    )


def with_inspection(counts: RowCounts, sums: IdSums, inspection: Inspection) -> tuple[RowCounts, IdSums]:
    """Add to what an engine counted what the inspection says: what came in, and lines that no engine could split."""
    counts = replace(
        counts,
        rows_in=inspection.records + inspection.suppressed,
        rejected=counts.rejected + len(inspection.lines_without_rows),
        suppressed=inspection.suppressed,
    )
    return counts, replace(sums, rows_in=inspection.id_sum)


def require_quarantined(sums: IdSums, written: int) -> None:
    """Raise UnloadableError unless the rejected rows are those that were written to the quarantine, by their IDs."""
    if written != sums.rejected:
        raise UnloadableError(
            "its rejected rows are not those that the quarantine would have; rewrite the file with another program"
        )


def require_conserved(counts: RowCounts, sums: IdSums) -> None:
    """Raise UnloadableError unless each record became something, with its own ID."""
    if counts.accounted != counts.rows_in:
        msg = (
            f"the CSV reader found {counts.accounted} of {counts.rows_in} records; rewrite the file with another "
            "program"
        )
        raise UnloadableError(msg)
    if sums.accounted != sums.rows_in:
        msg = (
            f"the IDs of its {counts.rows_in} rows are not those in the file after the CSV reader; rewrite the file "
            "with another program"
        )
        raise UnloadableError(msg)
