"""Planted bugs: rows or IDs go wrong at one place of a load, and the next comparison finds it before readers do.

The table of bugs and what catches them is in docs/explanation/write_audit_publish.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from tiktok_insights.clients.object_store import Downloaded, ObjectInfo, ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.local import csv_group
from tiktok_insights.staging.local.csv_group import CsvGroup, Transformed, TransformedGroup
from tiktok_insights.staging.local.rejections import Rejections
from tiktok_insights.staging.row_counts import IdSums, RowCounts, require_conserved
from tiktok_insights.warehouse.lost_ids import RereadInput, no_id_is_lost
from tiktok_insights.warehouse.publish import PublishError
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import Loader, put_upload

pytestmark = pytest.mark.batches

#: What catches a bug: the refusal of an object (the beginning of its reason), a check of the audit, or the publication.
COUNTS, IDS = "refused: the CSV reader found", "refused: the IDs of its"
QUARANTINE = "refused: its rejected rows are not"
ARRIVED, DUPLICATES = "every_staged_row_reached_the_warehouse", "no_duplicate_users_within_an_object"
PUBLICATION, VERIFY = "publication", "no_id_is_lost"

Plant = Callable[[pytest.MonkeyPatch], None]


class BentEngine:
    """DuckDB, but in one of its statements other words, or other values."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, old: str, new: str, bend: Callable[[Any], Any]) -> None:
        self._duck, self._old, self._new, self._bend = duck, old, new, bend

    def execute(self, sql: str, values: Sequence[Any] | None = None) -> Any:
        """Run the statement, bent if it is the one."""
        if self._old in sql:
            sql, values = sql.replace(self._old, self._new), self._bend(values)
        return self._duck.execute(sql, values)

    def cursor(self) -> Any:
        """A cursor of the engine."""
        return self._duck.cursor()


def engine(old: str, new: str, bend: Callable[[Any], Any] = lambda values: values) -> Plant:
    """Plant a bug in the engine's SQL."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        begin = CsvGroup.__init__

        def bent(group: CsvGroup, duck: Any, *args: Any) -> None:
            begin(group, BentEngine(duck, old, new, bend), *args)  # type: ignore[arg-type]

        patch.setattr(CsvGroup, "__init__", bent)

    return plant


def warehouse(old: str, new: str) -> Plant:
    """Plant a bug in the warehouse's SQL."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        execute = Session.execute
        patch.setattr(Session, "execute", lambda self, sql, values=(): execute(self, sql.replace(old, new), values))

    return plant


def first_two_swapped(values: list[Any]) -> list[Any]:
    """The bound columns of the table `objects`; two objects have each other's key."""
    keys = values[2]
    return [*values[:2], [*keys[1:2], keys[0], *keys[2:]], *values[3:]]


def results_shifted(patch: pytest.MonkeyPatch) -> None:
    """Each object gets the results of the one before."""
    transform = CsvGroup.transform

    def shifted(group: CsvGroup) -> TransformedGroup:
        found = transform(group)
        results = [*found.results.values()]
        return replace(found, results=dict(zip(found.results, [results[-1], *results[:-1]], strict=True)))

    patch.setattr(CsvGroup, "transform", shifted)


def rejections_shifted(patch: pytest.MonkeyPatch) -> None:
    """The rejected rows are counted from one row too late, as if a file before had one more."""
    begin = Rejections.__init__

    def shifted(found: Rejections, duck: Any, split_rows: Mapping[int, int]) -> None:
        begin(found, duck, split_rows)
        found._rows_before = {number: rows + 1 for number, rows in found._rows_before.items()}

    patch.setattr(Rejections, "__init__", shifted)


def counts_compared_with_themselves(patch: pytest.MonkeyPatch) -> None:
    """Where a row is lost, and the number that came in is taken from what became of it."""

    def blind(counts: RowCounts, sums: IdSums) -> None:
        require_conserved(replace(counts, rows_in=counts.accounted), sums)

    lose_a_row(patch)
    patch.setattr(csv_group, "require_conserved", blind)


def both_compared_with_themselves(patch: pytest.MonkeyPatch) -> None:
    """As above, and the sum, too: two bugs more than one."""
    lose_a_row(patch)
    result = CsvGroup._result

    def blind(group: CsvGroup, file: Any, counts: RowCounts, sums: IdSums, *args: Any) -> Transformed:
        found = replace(file.inspect(), records=counts.accounted, id_sum=sums.accounted)
        return result(group, replace(file, inspect=lambda: found), counts, sums, *args)

    patch.setattr(CsvGroup, "_result", blind)


def downloads_swapped(patch: pytest.MonkeyPatch) -> None:
    """Two objects have each other's bytes before anyone has looked at them."""
    download = ObjectStore.download
    seen: dict[str, ObjectInfo] = {}

    def swapped(store: ObjectStore, info: ObjectInfo, path: Any) -> Downloaded:
        if not seen:
            seen.update({item.key: item for item in store.list("csv/")})
        names = {"b.csv": "c.csv", "c.csv": "b.csv"}
        folder, _, name = info.key.rpartition("/")
        return download(store, seen[f"{folder}/{names.get(name, name)}"], path)

    patch.setattr(ObjectStore, "download", swapped)


_SOURCE = "CREATE VIEW source AS FROM lines JOIN objects USING (object_number)"
_NUMBER = "CAST(parse_filename(filename, true) AS INTEGER)"
_SENT = "FROM transformed JOIN objects USING (object_number) WHERE disposition = 'staged'"
_HISTORY = "FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA WHERE BATCH_ID = ? AND"
_SELECTED = "SELECT OBJECT_KEY, ACCOUNT_ID, SNAPSHOT_ID, FIRST_MODIFIED, TIKTOK_ID,"
_SWAP = "CASE {0} WHEN '21' THEN '31' WHEN '31' THEN '21' ELSE {0} END"
_DIGIT = "replace({0}, '7423456789012345149', '7423456789012345148')"
_TWICE = "FROM transformed UNION ALL FROM transformed WHERE TIKTOK_ID = '21'"
_STAGED = "SELECT * FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA"
_HISTORY_TWICE = f"FROM ({_STAGED} UNION ALL {_STAGED} WHERE TIKTOK_ID = '21') AS twice WHERE BATCH_ID = ? AND"
lose_a_row = engine(_SOURCE, f"{_SOURCE} WHERE Tiktok_id <> '21'")


def id_in_the_file(expression: str) -> Plant:
    """Other IDs as the engine reads them."""
    return engine(
        "CREATE VIEW lines AS SELECT Tiktok_id,", f"CREATE VIEW lines AS SELECT {_of('Tiktok_id', expression)},"
    )


def id_sent(expression: str) -> Plant:
    """Other IDs in the file that is sent."""
    return engine("FIRST_MODIFIED, TIKTOK_ID, ", f"FIRST_MODIFIED, {_of('TIKTOK_ID', expression)}, ")


def id_published(expression: str) -> Plant:
    """Other IDs in the history."""
    other = expression.format("TIKTOK_ID")
    return warehouse(_SELECTED, _SELECTED.replace("TIKTOK_ID", other))


def _of(column: str, expression: str) -> str:
    return f"{expression.format(column)} AS {column}"


BUGS: dict[str, tuple[Plant, str]] = {
    "a row is dropped in the transform": (lose_a_row, COUNTS),
    "a row is dropped between transform and upload": (engine(_SENT, f"{_SENT} AND TIKTOK_ID <> '21'"), ARRIVED),
    "a row is dropped in the publication": (warehouse(_HISTORY, f"{_HISTORY} TIKTOK_ID <> '21' AND"), PUBLICATION),
    "IDs are swapped between objects in the transform": (id_in_the_file(_SWAP), IDS),
    "IDs are swapped between objects before the upload": (id_sent(_SWAP), ARRIVED),
    "IDs are swapped between objects in the publication": (id_published(_SWAP), PUBLICATION),
    "one digit is changed in the transform": (id_in_the_file(_DIGIT), IDS),
    "one digit is changed before the upload": (id_sent(_DIGIT), ARRIVED),
    "one digit is changed in the publication": (id_published(_DIGIT), PUBLICATION),
    "one digit is changed in the table alone": (
        warehouse("SELECT TIKTOK_ID, USER_NAME,", f"SELECT {_of('TIKTOK_ID', _DIGIT)}, USER_NAME,"),
        PUBLICATION,
    ),
    "a duplicate is inserted in the transform": (
        engine(_SOURCE, f"{_SOURCE} UNION ALL FROM lines JOIN objects USING (object_number) WHERE Tiktok_id = '21'"),
        COUNTS,
    ),
    "a duplicate is inserted before the upload": (
        engine("FROM transformed JOIN", f"FROM ({_TWICE}) AS transformed JOIN"),
        f"{DUPLICATES}, {ARRIVED}",
    ),
    "a duplicate is inserted in the publication": (warehouse(_HISTORY, _HISTORY_TWICE), PUBLICATION),
    "a count is compared with itself": (counts_compared_with_themselves, IDS),
    "a group's files are shifted by one in the read": (
        engine(_NUMBER, f"CASE WHEN {_NUMBER} < 4 THEN ({_NUMBER} + 1) % 4 ELSE 4 END"),
        IDS,
    ),
    "two objects have each other's key": (
        engine("INSERT INTO objects", "INSERT INTO objects", first_two_swapped),
        ARRIVED,
    ),
    "the results of a group are shifted by one": (results_shifted, ARRIVED),
    "the rejected rows are those of the next record": (rejections_shifted, QUARANTINE),
}


def fill(loader: Loader) -> list[Upload]:
    """Four objects as alike as objects can be: by numbers alone, none is told from another. And one of 14 columns."""
    narrow = csv_file(row_of_14("51"), row_of_14("x"), header=HEADER_14)
    return [
        loader.upload("a", row("11"), row("7423456789012345149"), row("9"), row("9")),
        loader.upload("b", row("21"), row("22"), row("9"), row("9")),
        loader.upload("c", row("31"), row("32"), row("9"), row("9")),
        loader.upload("d", row("41"), row("42"), row("9"), row("9")),
        put_upload(loader.store, Upload(loader.put("e", narrow), narrow, datetime.min)),  # noqa: DTZ901 - the bucket says when
    ]


def load(loader: Loader) -> tuple[str, set[str]]:
    """Load what is pending; say what has caught a bug, if anything, and the objects that were refused."""
    batch = loader.stage()
    if failed := [outcome.name for outcome in Staging.outcomes([batch]) if not outcome.passed]:
        return ", ".join(failed), set()
    try:
        loader.publish()
    except PublishError:
        return PUBLICATION, set()
    reasons = {" ".join(item.reason.split()[:5]) for item in batch.refused}
    return ", ".join(f"refused: {reason}" for reason in sorted(reasons)), {item.item.info.key for item in batch.refused}


def published(loader: Loader) -> dict[str, Any]:
    """What readers see of users."""
    tables = loader.tables()
    return {name: tables[name] for name in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS")}


@pytest.mark.parametrize(("plant", "by"), BUGS.values(), ids=BUGS)
def test_a_planted_bug_is_caught_before_readers_see_it(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, plant: Plant, by: str
) -> None:
    """By one comparison, named here; the tables have the objects that are right, or are untouched."""
    uploads = fill(loader)
    with monkeypatch.context() as patch:
        plant(patch)
        caught, refused = load(loader)
    assert caught.startswith(by) if by.startswith("refused") else caught == by
    right = [upload for upload in uploads if upload.key not in refused] if refused else []
    expected = history.tables(right)
    assert published(loader) == {name: expected[name] for name in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS")}


@pytest.mark.parametrize("plant", [downloads_swapped, both_compared_with_themselves])
def test_what_no_sum_can_see_is_found_by_verify(loader: Loader, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    """An error made before both sides were summed, or in all comparisons at once: the objects are read again."""
    fill(loader)
    with monkeypatch.context() as patch:
        plant(patch)
        assert load(loader) == ("", set())
    found = no_id_is_lost(RereadInput(loader.session, loader.store, datetime.now(UTC)))
    assert not found.passed
