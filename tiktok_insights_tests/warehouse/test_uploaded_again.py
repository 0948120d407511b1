"""The same content uploaded again, in any way and order: an ETag is not content, LastModified not a list's time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiktok_insights.warehouse.lost_ids import RereadInput, no_id_is_lost
from tiktok_insights.warehouse.publish import Publication
from tiktok_insights.warehouse.table_checks import TableCheckInput, ledger_reconciles, no_object_is_refused
from tiktok_insights_tests.support.campaigns import examples
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.engine import Engine
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import Loader, put_in_parts

pytestmark = pytest.mark.orders

USER = "7000000000000000051"
NO_CSV = b"not,a,header\r\n1,2,3\r\n"


def listed(name: str, *rows: str) -> bytes:
    """A file of another producer, without times."""
    return csv_file(row_of_14(USER, uniqueId=name), *rows, header=HEADER_14)


JANUARY, FEBRUARY = ("2026-01-31", listed("old.name")), ("2026-02-28", listed("new.name"))


def load(loader: Loader) -> list[Publication]:
    """Load what is pending; afterwards nothing is."""
    loader.staging().stage(loader.listing())
    publications = loader.publish()
    assert loader.staging().stage(loader.listing()) == []
    return publications


@pytest.mark.parametrize("months", list(permutations((JANUARY, FEBRUARY))))
def test_the_newer_list_wins_in_whatever_order_files_come_and_come_again(
    loader: Loader, months: tuple[tuple[str, bytes], ...]
) -> None:
    """Loaded one after the other, and each uploaded again in another way: nothing is loaded, and nothing pending."""
    for day, body in months:
        loader.put("list", body, account="4400", day=day)
        load(loader)
    assert loader.rows("SELECT USER_NAME, EXTRACTED_AT FROM TIKTOK_DATA") == [
        ("new.name", datetime(2026, 2, 28, 23, 59, 59, 999999))  # noqa: DTZ001 - UTC, as TIMESTAMP_NTZ is
    ]
    before = {**loader.dump(), "LOAD_HISTORY": loader.rows("SELECT OBJECT_KEY, ETAG, LOADED_AT FROM LOAD_HISTORY")}
    for day, _ in months:
        put_in_parts(loader.store, f"csv/followers/account=4400/dt={day}/list.csv")
        (publication,) = load(loader)
        assert (publication.objects, publication.history_rows, publication.users) == (0, 0, 0)
    after = {**loader.dump(), "LOAD_HISTORY": loader.rows("SELECT OBJECT_KEY, ETAG, LOADED_AT FROM LOAD_HISTORY")}
    assert after == before
    assert {etag[-2:] for (etag,) in loader.rows("SELECT LATEST_ETAG FROM LOAD_HISTORY")} == {"-1"}


def test_a_row_without_a_time_is_as_old_as_its_upload_when_that_was_before_the_days_end(loader: Loader) -> None:
    """A day that is not over says nothing about when the list was taken."""
    key = loader.put("list", listed("today"), day="2999-12-31")
    load(loader)
    (info,) = loader.store.list(key)
    assert loader.rows("SELECT EXTRACTED_AT FROM TIKTOK_DATA") == [(info.last_modified.replace(tzinfo=None),)]


def test_a_content_that_comes_back_after_another_is_loaded_again(loader: Loader) -> None:
    """A, B, A and A in parts: four uploads, three loads, and A keeps the time of its first upload."""
    names = []
    for name in ("a", "b", "a"):
        key = loader.put("list", listed(name))
        load(loader)
        names += loader.rows("SELECT USER_NAME FROM TIKTOK_DATA")
    assert names == [("a",), ("b",), ("a",)]
    assert loader.rows("SELECT COUNT(*) FROM LOAD_HISTORY") == [(2,)]
    put_in_parts(loader.store, key)
    load(loader)
    assert loader.rows("SELECT USER_NAME, (SELECT COUNT(*) FROM LOAD_HISTORY) FROM TIKTOK_DATA") == [("a", 2)]


def test_a_loaded_content_that_replaces_a_refused_one_settles_the_object(
    loader: Loader, given: TableCheckInput
) -> None:
    """A, a broken file, and A again: it is loaded already, and no check warns of the broken one any more."""
    for body in (listed("a"), NO_CSV, listed("a")):
        loader.put("list", body)
        load(loader)
    assert no_object_is_refused(given).passed
    assert ledger_reconciles(given).passed
    assert sorted(loader.rows("SELECT STATUS FROM LOAD_HISTORY")) == [("loaded",), ("refused",)]


def test_two_runs_that_load_one_content_from_two_uploads_load_it_once(loader: Loader) -> None:
    """The second began before the first had given its verdict: its publication notices."""
    key = loader.put("list", listed("a"))
    first = loader.stage().batch_id
    change = "UPDATE LOAD_BATCHES SET VERDICT = ? WHERE BATCH_ID = ?"
    loader.session.execute(change, ("not yet", first))
    put_in_parts(loader.store, key)
    loader.stage()
    loader.session.execute(change, ("passed", first))
    assert [(item.objects, item.history_rows) for item in loader.publish()] == [(1, 1), (0, 0)]
    assert loader.staging().stage(loader.listing()) == []
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA") == [(0,)]


def test_an_upload_that_was_noted_waits_again_when_another_content_is_loaded_first(loader: Loader) -> None:
    """A is loaded; one run has B, and before it has given its verdict, another finds A again."""
    loader.put("list", listed("a"))
    load(loader)
    loader.put("list", listed("b"))
    second = loader.stage().batch_id
    change = "UPDATE LOAD_BATCHES SET VERDICT = ? WHERE BATCH_ID = ?"
    loader.session.execute(change, ("not yet", second))
    put_in_parts(loader.store, loader.put("list", listed("a")))
    loader.stage()
    loader.session.execute(change, ("passed", second))
    loader.publish()
    load(loader)
    assert loader.rows("SELECT USER_NAME FROM TIKTOK_DATA") == [("a",)]


def test_the_ids_of_an_object_that_was_uploaded_again_are_compared(loader: Loader, rereading: RereadInput) -> None:
    """With its quarantine, which has the name of the first upload."""
    key = loader.put("list", listed("a", row_of_14("x")))
    load(loader)
    put_in_parts(loader.store, key)
    load(loader)
    outcome = no_id_is_lost(rereading)
    assert (outcome.passed, outcome.facts["ids compared"]) == (True, 2)


@dataclass(frozen=True)
class InParts(Upload):
    """An upload whose ETag is not the MD5 of its bytes."""

    @property
    def etag(self) -> str:
        """What S3 says of an upload in parts."""
        return f"{super().etag}-1"


#: Two of the same day, and one of an earlier.
_KEYS = [f"csv/followers/account=42/dt={day}/list.csv" for day in ("2026-01-30", "2026-01-31", "2026-02-01")]
_KEYS[2] = _KEYS[1].replace("=42", "=43")
#: Without times; of one time in all; and no CSV.
_BODIES = [
    *(listed(name, row_of_14("7", uniqueId=other)) for name, other in (("a", "z"), ("b", "y"))),
    *(csv_file(row(USER, uniqueId=name, extracted_at="2026-01-31T23:59:59.999999Z")) for name in ("c", "d")),
    NO_CSV,
]
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(_KEYS),
        st.sampled_from(_BODIES),
        st.sampled_from((Upload, InParts)),
        st.integers(0, 2),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


class Model:
    """What TIKTOK_DATA must hold, in plain Python: of each user the row of the list that was newest at first."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.first: dict[tuple[str, bytes], datetime] = {}

    def load(self, bucket: dict[str, Upload]) -> None:
        """A run sees these uploads."""
        for key, upload in bucket.items():
            if upload.body != NO_CSV:
                self.content[key] = upload.body
                self.first.setdefault((key, upload.body), upload.written)

    def rows(self) -> list[tuple[object, ...]]:
        """ID, handle and time of each user."""
        best: dict[str, tuple[datetime, datetime, str]] = {}
        for key, body in self.content.items():
            first = self.first[key, body]
            for line in body.decode().splitlines()[1:]:
                fields = line.split(",")
                ended = datetime.fromisoformat(key.partition("dt=")[2][:10]) + timedelta(days=1, microseconds=-1)
                moment = datetime.fromisoformat(fields[15][:-1]) if len(fields) > 14 else min(first, ended)
                rank = (moment, first, fields[1])
                best[fields[0]] = max(best.get(fields[0], rank), rank)
        return sorted((user, name, moment) for user, (moment, _, name) in best.items())


@settings(max_examples=examples(0.3))
@given(steps=_STEPS)
def test_any_uploads_and_loads_give_what_plain_python_gives(
    steps: list[tuple[str, bytes, type[Upload], int, bool]],
) -> None:
    """Any order, repetition and way of uploading; after each load nothing is pending, and at last all comes again."""
    engine, model, bucket = Engine(), Model(), dict[str, Upload]()
    moment, number = datetime(2026, 1, 31), 0  # noqa: DTZ001 - UTC, as TIMESTAMP_NTZ is
    kinds: list[type[Upload]] = [InParts, Upload]
    last = [(key, body, kind, 1, True) for key, body, _, _, _ in steps[-2:] for kind in kinds]
    for key, body, kind, days, is_loaded in [*steps, *last]:
        moment += timedelta(days=days, seconds=1)
        upload = kind(key, body, moment)
        if key in bucket and bucket[key].etag == upload.etag:
            upload = bucket[key]  # S3 has another time then, which no run looks at
        bucket[key] = upload
        if is_loaded:
            waiting = dict(engine.waiting(bucket.values()))
            engine.stage(f"{number:04}", [bucket[key] for key in waiting])
            engine.publish(f"{number:04}")
            number += 1
            model.load({key: bucket[key] for key in waiting})
            assert engine.waiting(bucket.values()) == []
            found = engine.session.query("SELECT TIKTOK_ID, USER_NAME, EXTRACTED_AT FROM TIKTOK_DATA ORDER BY 1")
            assert found == model.rows()
    engine.close()
