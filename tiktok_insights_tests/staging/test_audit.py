"""The audit as a pure function: each check is red on facts that break just it, and a faulty object is refused alone."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tiktok_insights.checks import Severity
from tiktok_insights.clients.object_store import ObjectInfo
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.audit import audit
from tiktok_insights.staging.content import Content
from tiktok_insights.staging.id_findings import IdFindings
from tiktok_insights.staging.measurement import BatchFacts, ObjectFacts, measure
from tiktok_insights.staging.row_counts import IdSums, RowCounts
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.tables.id_sums import id_sum
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import Told, told

KEY = "csv/followers/account=42/dt=2026-01-31/a.csv"
OTHER_KEY = "csv/followers/account=42/dt=2026-01-31/b.csv"

ALL_CHECKS = [
    "staging_table_matches_the_contract",
    "every_id_is_1_to_20_digits",
    "no_duplicate_users_within_an_object",
    "every_row_is_staged_duplicate_or_rejected",
    "every_staged_row_reached_the_warehouse",
    "every_id_has_one_handle_within_an_object",
]


def staged(key: str, counts: RowCounts, id_sums: IdSums | None = None) -> StagedObject:
    """What staging says of an object; each row is of the user whose number is 1, unless the sums say else."""
    return StagedObject(
        CsvObject(ObjectInfo(key, "e", 9, datetime(2026, 1, 31, tzinfo=UTC)), "42", "2026-01-31"),
        Content("0" * 64, datetime(2026, 1, 31, tzinfo=UTC)),
        counts,
        id_sums or IdSums(counts.rows_in, counts.staged, counts.duplicate, counts.rejected),
    )


GOOD = ObjectFacts(
    staged(KEY, RowCounts(rows_in=100, staged=97, duplicate=2, rejected=1)),
    max_rejected_share=0.01,
    rows_found=97,
    users_found=97,
    id_sum_found=97,
)
EMPTY = ObjectFacts(staged(OTHER_KEY, RowCounts()), 0.01)


ROUNDED = "all IDs above 2^53 end in 0000, such as 1 and 2: why"


def facts(*objects: ObjectFacts, differences: tuple[str, ...] = ()) -> BatchFacts:
    """A batch with these objects beside one that has no rows."""
    return BatchFacts("batch", (*objects, EMPTY), differences)


def test_a_good_batch_passes_every_check() -> None:
    """One hundredth rejected is just under the threshold; an object without rows harms nothing."""
    verdict = audit(facts(GOOD))
    assert [check.name for check in verdict.outcomes] == ALL_CHECKS
    assert [check.offenders for check in verdict.outcomes] == [()] * 6
    assert verdict.passed
    assert json.loads(verdict.to_json()) == dict.fromkeys(ALL_CHECKS, True)


def test_a_batch_without_objects_passes() -> None:
    """Nothing is wrong with nothing."""
    assert audit(BatchFacts("batch", (), ())).passed


@pytest.mark.parametrize(
    ("check", "bad", "expected"),
    [
        pytest.param(
            "every_id_is_1_to_20_digits",
            replace(GOOD, malformed_ids=1),
            told("every_id_is_1_to_20_digits: <object>"),
            id="an id is no digits",
        ),
        pytest.param(
            "no_duplicate_users_within_an_object",
            replace(GOOD, users_found=96),
            told("no_duplicate_users_within_an_object: <object>"),
            id="a user stands twice",
        ),
        pytest.param(
            "every_row_is_staged_duplicate_or_rejected",
            replace(GOOD, staged=staged(KEY, RowCounts(101, 97, 2, 1))),
            told("every_row_is_staged_duplicate_or_rejected: <object>: <number> rows, but <number>"),
            id="a row is nowhere",
        ),
        pytest.param(
            "every_staged_row_reached_the_warehouse",
            replace(GOOD, rows_found=98, users_found=98, id_sum_found=98),
            told("every_staged_row_reached_the_warehouse: <object>: <number> rows were sent, <number>"),
            id="a row too many arrived",
        ),
        pytest.param(
            "every_staged_row_reached_the_warehouse",
            replace(GOOD, rows_found=96, users_found=96, id_sum_found=96),
            told("every_staged_row_reached_the_warehouse: <object>: <number> rows were sent, <number>"),
            id="a row is lost on the way",
        ),
        pytest.param(
            "every_staged_row_reached_the_warehouse",
            replace(GOOD, id_sum_found=98),
            told("every_staged_row_reached_the_warehouse: <object>: <number> rows were sent, some"),
            id="a row arrived as another user's",
        ),
        pytest.param(
            "every_row_is_staged_duplicate_or_rejected",
            replace(GOOD, staged=staged(KEY, GOOD.staged.counts, IdSums(101, 97, 2, 1))),
            told("every_row_is_staged_duplicate_or_rejected: <object>: <number> rows, but some"),
            id="a row became another user's",
        ),
    ],
)
def test_each_check_is_red_when_just_it_is_broken(check: str, bad: ObjectFacts, expected: Told) -> None:
    """The broken object is the only offender of the only red check, and the verdict is red."""
    verdict = audit(facts(bad))
    ((red),) = [outcome for outcome in verdict.outcomes if not outcome.passed]
    ((offender),) = red.offenders
    assert (red.name, offender.partition(": ")[0]) == (check, KEY)
    expected.says_check(red)
    assert not verdict.passed
    assert json.loads(verdict.to_json())[check] == [offender]
    assert {item.status for item in verdict.objects} == {LoadStatus.LOADED}


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        pytest.param(
            replace(GOOD, counts_out_of_range=1, user_out_of_range="7"),
            told("<number> of <number> rows, such as that of user <user>, have a count of", "user …7"),
            id="an id for a count",
        ),
        pytest.param(
            replace(GOOD, staged=staged(KEY, RowCounts(100, 97, 1, 2))),
            told("<number> of <number> rows are rejected, more than max_rejected_share", KEY),
            id="two of a hundred rejected",
        ),
        pytest.param(
            replace(
                GOOD,
                staged=replace(GOOD.staged, ids=IdFindings(ROUNDED)),
            ),
            told("all IDs above 2^53", "end in 0000"),
            id="rounded ids",
        ),
    ],
)
def test_a_faulty_object_is_refused_and_the_batch_passes_without_it(bad: ObjectFacts, expected: Told) -> None:
    """Its reason is what the ledger will say; what the batch's checks would find in it counts no more."""
    verdict = audit(facts(replace(bad, malformed_ids=1, users_found=1)))
    assert verdict.passed
    refused, other = verdict.objects
    assert (refused.status, other.status) == (LoadStatus.REFUSED, LoadStatus.LOADED)
    expected.says(refused.reason)


def test_an_id_with_two_handles_warns_and_the_batch_passes() -> None:
    """The object's line names the first ones, and how many there are."""
    renamed = IdFindings(renamed=4, examples=("7423…0001", "7423…0002", "7423…0003"))
    verdict = audit(facts(replace(GOOD, staged=replace(GOOD.staged, ids=renamed))))
    ((red),) = [outcome for outcome in verdict.outcomes if not outcome.passed]
    assert (verdict.passed, red.severity) == (True, Severity.WARNING)
    told("every_id_has_one_handle_within_an_object: <object>:", "4 IDs", "7423…0001, 7423…0002, 7423…0003").says_check(
        red
    )


def test_a_faulty_object_hides_no_fault_of_the_batch() -> None:
    """Another object, whose rows went astray, fails the batch; a refused one stands beside it."""
    bad = replace(GOOD, counts_out_of_range=1)
    lost = replace(GOOD, staged=staged("lost", RowCounts(2, 2)), rows_found=1, users_found=1)
    verdict = audit(facts(bad, lost))
    assert [check.offenders for check in verdict.outcomes if not check.passed] == [
        ("lost: 2 rows were sent, 1 are in the warehouse",)
    ]


def test_an_object_that_cannot_be_read_keeps_its_reason() -> None:
    """It was refused before the audit, which has nothing to add."""
    unreadable = replace(EMPTY, staged=replace(EMPTY.staged, reason="line 1 is empty"))
    verdict = audit(BatchFacts("batch", (unreadable,), ()))
    assert verdict.passed
    assert [item.reason for item in verdict.objects] == ["line 1 is empty"]


def test_an_object_at_fault_is_told_what_is_wrong_where_and_what_to_do() -> None:
    """Both faults of one object: the counts, the quarantine, a user, and the two ways on."""
    bad = replace(
        GOOD,
        staged=staged(KEY, RowCounts(rows_in=1_000, staged=988, rejected=12)),
        rows_found=988,
        users_found=988,
        counts_out_of_range=3,
        user_out_of_range="77",
    )
    assert audit(facts(bad)).objects[0].reason == (
        "3 of 988 rows, such as that of user …7, have a count of 1,000,000,000,000,000,000 or more, which "
        "looks like an ID. Check that the columns are in the header's order, fix the file and upload it again; "
        "12 of 1,000 rows are rejected, more than max_rejected_share (0.01) allows; "
        f"quarantine/{KEY}.e.jsonl has the line, column and reason for each. Fix the file and upload it again. "
        f"Or load the other rows: run tiktok-insights retry-refused {KEY}, "
        "then a run with a higher max_rejected_share for staged_tiktok_data in its config"
    )


def test_a_column_that_is_not_the_contracts_is_red() -> None:
    """The differences are the offenders."""
    verdict = audit(facts(GOOD, differences=("TIKTOK_ID is FLOAT, not TEXT",)))
    ((red),) = [check for check in verdict.outcomes if not check.passed]
    assert (red.name, red.offenders) == (ALL_CHECKS[0], ("TIKTOK_ID is FLOAT, not TEXT",))
    told("staging_table_matches_the_contract: <differences>").says_check(red)


def test_measure_asks_what_the_warehouse_really_holds(loader: Loader) -> None:
    """Rows, users, malformed ids and counts out of range of each object, whoever put them there; of this batch only."""
    key = loader.put("a", csv_file(row("1"), row("2")))
    batch = loader.stage()
    of_both = id_sum([b"1", b"2"])
    clean = measure(loader.session, batch.batch_id, batch.objects, 0.5)
    assert clean == BatchFacts(batch.batch_id, (ObjectFacts(batch.objects[0], 0.5, 2, 2, of_both),), ())
    for tiktok_id, count in [
        ("2", "NULL"),
        ("7.42e+18", "0"),
        ("", "0"),
        ("742345678901234514900", "-1"),
        ("5", "1" + "0" * 18),
        ("6", "9" * 18),
    ]:
        loader.session.execute(
            "INSERT INTO TIKTOK_INTERNAL.STAGED_TIKTOK_DATA "
            "(BATCH_ID, OBJECT_KEY, ACCOUNT_ID, SNAPSHOT_ID, FIRST_MODIFIED, TIKTOK_ID, DIGG_COUNT) "
            f"SELECT ?, ?, '42', 's', '2026-01-31 12:00:00', ?, {count}",
            (batch.batch_id, key, tiktok_id),
        )
    loader.session.execute("UPDATE TIKTOK_INTERNAL.STAGED_TIKTOK_DATA SET EXTRACTED_AT = EXTRACTED_AT")
    found = measure(loader.session, batch.batch_id, batch.objects, 0.5)
    id_sum_found = of_both + id_sum([b"2", b"7.42e+18", b"", b"742345678901234514900", b"5", b"6"])
    assert found.objects == (ObjectFacts(batch.objects[0], 0.5, 8, 7, id_sum_found, 3, 2, "5"),)
    assert measure(loader.session, "another", batch.objects, 0.5).objects == (ObjectFacts(batch.objects[0], 0.5),)


@pytest.mark.usefixtures("altered_tables")
def test_measure_names_a_drifted_staging_table(loader: Loader) -> None:
    """An id that became a number, and a column that nobody knows, are differences."""
    loader.session.execute("ALTER TABLE TIKTOK_INTERNAL.STAGED_TIKTOK_DATA DROP COLUMN TIKTOK_ID")
    loader.session.execute("ALTER TABLE TIKTOK_INTERNAL.STAGED_TIKTOK_DATA ADD COLUMN TIKTOK_ID FLOAT")
    loader.session.execute("ALTER TABLE TIKTOK_INTERNAL.STAGED_TIKTOK_DATA ADD COLUMN AVATAR VARCHAR")
    assert measure(loader.session, "batch", (), 0.5).differences == (
        "column AVATAR (VARCHAR) is unexpected",
        "column TIKTOK_ID is FLOAT, not VARCHAR(20) NOT NULL",
    )
