"""The audit of a batch: one pure function gives the verdict and the results of the blocking checks.

`measure` asks the warehouse what it really holds; `audit` judges. Each check is a sentence that should be true.
"""

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tiktok_insights.checks import CheckOutcome
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.schema import WAREHOUSE_COLUMNS, ColumnKind
from tiktok_insights.staging.quarantine import quarantine_key
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.tables.comparison import existing_columns, table_differences
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA
from tiktok_insights.tables.load_status import BatchVerdict

MAX_REJECTED_SHARE = 0.01
#: An id that slipped into a column of counts has 18 digits or more; no count of TikTok's comes near.
_COUNT_LIMIT = 10**18


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What the warehouse's staging table holds of one object, beside what was sent there.

    `user_out_of_range` is one of the users whose counts are.
    """

    staged: StagedObject
    rows_found: int
    users_found: int
    bent_ids: int
    counts_out_of_range: int
    user_out_of_range: str | None = None

    @property
    def key(self) -> str:
        """The object's key."""
        return self.staged.item.info.key


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch as measured. `differences` are between the staging table and the contract."""

    batch_id: str
    objects: tuple[ObjectFacts, ...]
    differences: tuple[str, ...]
    max_rejected_share: float


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What the audit says of a batch. `faults` says of objects that fail it by their own fault why, by their keys."""

    batch_id: str
    checks: tuple[CheckOutcome, ...]
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the batch may be published."""
        return all(check.passed for check in self.checks)

    @property
    def batch_verdict(self) -> BatchVerdict:
        """The verdict as LOAD_BATCHES has it."""
        return BatchVerdict.PASSED if self.passed else BatchVerdict.FAILED

    def to_json(self) -> str:
        """The results as text for LOAD_BATCHES."""
        return json.dumps({check.name: list(check.offenders) if not check.passed else True for check in self.checks})


def _per_object(is_good: Callable[[ObjectFacts], bool]) -> Callable[[BatchFacts], tuple[str, ...]]:
    return lambda facts: tuple(item.key for item in facts.objects if not is_good(item))


def _why_too_many_rejected(item: ObjectFacts, max_rejected_share: float) -> str:
    counts, info = item.staged.counts, item.staged.item.info
    if counts.rejected <= counts.rows_in * max_rejected_share:
        return ""
    what = (
        f"{counts.rejected:,} of {counts.rows_in:,} rows are rejected, more than max_rejected_share "
        f"({max_rejected_share:g}) lets pass; {quarantine_key(info.key, info.etag)} has line, column and reason of each"
    )
    return (
        f"{what}. Mend the file and put it there again. Or load the other rows: tiktok-insights retry-refused "
        f"{shlex.quote(info.key)}, then a run with a higher max_rejected_share for staged_tiktok_data in its config"
    )


def _why_out_of_range(item: ObjectFacts, _: float) -> str:
    if not item.counts_out_of_range:
        return ""
    return (
        f"{item.counts_out_of_range:,} of {item.rows_found:,} rows, such as that of user {item.user_out_of_range}, "
        f"have a count of {_COUNT_LIMIT:,} or more, as if an id stood there: are the columns in the header's order? "
        "Mend the file and put it there again"
    )


#: Checks that fail by the fault of single objects, which are then refused so that the others can load: what is wrong
#: with an object, where, and what to do; nothing for a good one.
FAULT_OF_THE_OBJECT: dict[str, Callable[[ObjectFacts, float], str]] = {
    "counts_are_in_range": _why_out_of_range,
    "rejected_share_is_under_the_threshold": _why_too_many_rejected,
}


def _at_fault(name: str) -> Callable[[BatchFacts], tuple[str, ...]]:
    why = FAULT_OF_THE_OBJECT[name]
    return lambda facts: tuple(
        f"{item.key}: {reason}" for item in facts.objects if (reason := why(item, facts.max_rejected_share))
    )


def _adds_up(item: ObjectFacts) -> bool:
    counts = item.staged.counts
    return counts.rows_in == counts.staged + counts.duplicate + counts.rejected


@dataclass(frozen=True, slots=True)
class Check:
    """What is true when the check is green, and what finds its offenders."""

    meaning: str
    find: Callable[[BatchFacts], tuple[str, ...]]


#: By the name of each check.
CHECKS: dict[str, Check] = {
    "staging_has_only_the_contracts_columns": Check(
        "The staging table has the contract's columns, types and order, and no other column.",
        lambda facts: facts.differences,
    ),
    "ids_are_exact_text": Check(
        "Every staged id is text of 1 to 20 digits, as no float on the way has left it.",
        _per_object(lambda item: item.bent_ids == 0),
    ),
    "counts_are_in_range": Check(
        f"No count is negative, or {_COUNT_LIMIT:,} or more, as if an id stood there. An object with one is refused.",
        _at_fault("counts_are_in_range"),
    ),
    "no_user_stands_twice_in_an_object": Check(
        "Each object has one staged row for each of its users.",
        _per_object(lambda item: item.users_found == item.rows_found),
    ),
    "rows_in_equal_staged_plus_duplicate_plus_rejected": Check(
        "The lines of each object, counted without a CSV parser, are its staged, duplicate and rejected rows.",
        _per_object(_adds_up),
    ),
    "every_staged_row_arrived_in_the_warehouse": Check(
        "The warehouse has as many staged rows of each object as were sent there.",
        _per_object(lambda item: item.rows_found == item.staged.counts.staged),
    ),
    "rejected_share_is_under_the_threshold": Check(
        "No object has more rejected rows than max_rejected_share lets pass. One that has is refused.",
        _at_fault("rejected_share_is_under_the_threshold"),
    ),
}


def audit(facts: BatchFacts) -> AuditVerdict:
    """Judge a batch by what was measured of it."""
    faults = {}
    for item in facts.objects:
        reasons = [why(item, facts.max_rejected_share) for why in FAULT_OF_THE_OBJECT.values()]
        if any(reasons):
            faults[item.key] = "; ".join(filter(None, reasons))
    return AuditVerdict(
        facts.batch_id, tuple(CheckOutcome(name, check.find(facts)) for name, check in CHECKS.items()), faults
    )


def measure(
    session: Session, batch_id: str, objects: tuple[StagedObject, ...], max_rejected_share: float
) -> BatchFacts:
    """Ask the warehouse what its staging table holds of each object of the batch."""
    counts = [column.warehouse for column in WAREHOUSE_COLUMNS if column.kind is ColumnKind.COUNT]
    out_of_range = " OR ".join(f"{name} < 0 OR {name} >= {_COUNT_LIMIT}" for name in counts)
    rows = session.query(
        "SELECT OBJECT_KEY, COUNT(*), COUNT(DISTINCT TIKTOK_ID), "
        "SUM(CASE WHEN LENGTH(TIKTOK_ID) BETWEEN 1 AND 20 "
        "AND TRANSLATE(CAST(TIKTOK_ID AS VARCHAR), '0123456789', '') = '' THEN 0 ELSE 1 END), "
        f"SUM(CASE WHEN {out_of_range} THEN 1 ELSE 0 END), MIN(CASE WHEN {out_of_range} THEN TIKTOK_ID END) "
        f"FROM {STAGED_TIKTOK_DATA.name} WHERE BATCH_ID = ? GROUP BY OBJECT_KEY",
        (batch_id,),
    )
    found = {key: (*(int(number) for number in numbers), user) for key, *numbers, user in rows}
    differences = table_differences(existing_columns(session)[STAGED_TIKTOK_DATA.name], STAGED_TIKTOK_DATA)
    return BatchFacts(
        batch_id,
        tuple(ObjectFacts(item, *found.get(item.item.info.key, (0, 0, 0, 0, None))) for item in objects),
        tuple(differences),
        max_rejected_share,
    )
