"""Batches that an earlier run began, with an engine that remembers them: they continue, and are judged once."""

import json
from collections.abc import Iterator, Sequence

from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging import audit
from tiktok_insights.staging.batch import Batch, Staging
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.engine import BatchLimits, BegunBatch, ObjectOutcome
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.staging.verdict import write_verdict
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader

OLD = "20200101T000000.000000Z-00000000"


class Remembering(LocalEngine):
    """The local engine, which is told what was begun, and of which batches it has the outcomes already."""

    shares_batches = True
    limits = BatchLimits(1, 1_000_000)

    def __init__(self, loader: Loader, *begun: BegunBatch) -> None:
        super().__init__(loader.store, loader.session)
        self._begun = begun
        self.done: dict[str, list[ObjectOutcome]] = {}
        self.forgotten: list[str] = []

    def stage(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> Iterator[ObjectOutcome]:
        """Stage the objects, unless that was done."""
        return iter(self.done[batch_id]) if batch_id in self.done else super().stage(batch_id, items, contents)

    def begun(self, waiting: Sequence[CsvObject]) -> Sequence[BegunBatch]:  # noqa: ARG002 - it is told
        """What it was told."""
        return self._begun

    def forget(self, batch_id: str) -> None:
        """Note it."""
        self.forgotten.append(batch_id)


def items(loader: Loader) -> tuple[CsvObject, ...]:
    """Three objects that wait."""
    for name, number in (("a", "1"), ("b", "2"), ("c", "3")):
        loader.put(name, csv_file(row(number)))
    return loader.listing().objects


def stage(loader: Loader, engine: Remembering) -> list[Batch]:
    """Stage what is pending."""
    return Staging(loader.store, loader.session, 1.0, loader.log, engine=engine).stage(loader.listing())


def test_what_was_begun_comes_first_and_keeps_its_id(loader: Loader) -> None:
    """The others are in new batches, of the engine's size."""
    first, *others = items(loader)
    engine = Remembering(loader, BegunBatch(OLD, tuple(others)))
    begun, new = stage(loader, engine)
    assert (begun.batch_id, [item.item for item in begun.objects]) == (OLD, others)
    assert [item.item for item in new.objects] == [first]
    assert engine.forgotten == [OLD, new.batch_id]
    loader.publish()
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_DATA") == [(3,)]


def test_rows_of_a_batch_that_continues_are_not_swept(loader: Loader) -> None:
    """However long ago they were staged; those of a batch that is forgotten are."""
    waiting = items(loader)
    nothing = KnownContents({}, {})
    engine = Remembering(loader, BegunBatch(OLD, waiting))
    lost = OLD.replace("2020", "2019")
    engine.done[OLD] = list(LocalEngine(loader.store, loader.session).stage(OLD, waiting, nothing))
    list(LocalEngine(loader.store, loader.session).stage(lost, waiting, nothing))
    (batch,) = stage(loader, engine)
    assert batch.verdict.passed
    rows = loader.rows("SELECT BATCH_ID, COUNT(*) FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA GROUP BY 1")
    assert rows == [(OLD, 3)]


def test_the_verdict_does_not_tell_in_which_order_the_engine_was_done(loader: Loader) -> None:
    """What a check lists is in the order of the keys."""
    keys = [loader.put(name, csv_file(row("1", uniqueId=name), row("1", uniqueId="x"))) for name in ("b", "a", "c")]
    waiting = loader.listing().objects
    engine = Remembering(loader, BegunBatch(OLD, waiting))
    nothing = KnownContents({}, {})
    engine.done[OLD] = list(LocalEngine(loader.store, loader.session).stage(OLD, waiting, nothing))[::-1]
    (batch,) = stage(loader, engine)
    ((checks,),) = loader.rows(f"SELECT CHECKS FROM LOAD_BATCHES WHERE BATCH_ID = '{OLD}'")
    listed = json.loads(checks)["every_id_has_one_handle_within_an_object"]
    assert [text.partition(": ")[0] for text in listed] == sorted(keys)
    assert [item.item.info.key for item in batch.objects] == sorted(keys)


def test_a_batch_that_failed_its_audit_is_not_continued(loader: Loader) -> None:
    """Its launcher was killed after the verdict: the objects are in new batches."""
    waiting = items(loader)
    write_verdict(loader.session, audit.AuditVerdict(OLD, (), ()))
    loader.session.execute("UPDATE LOAD_BATCHES SET VERDICT = 'failed'")
    engine = Remembering(loader, BegunBatch(OLD, waiting))
    batches = stage(loader, engine)
    assert OLD not in {batch.batch_id for batch in batches}
    assert engine.forgotten[0] == OLD
    assert len(batches) == 3


def test_of_two_that_staged_a_batch_one_writes_the_verdict(loader: Loader) -> None:
    """The other finds it there, and reports no batch of its own."""
    items(loader)
    (batch, *_) = stage(loader, Remembering(loader))
    assert not write_verdict(loader.session, batch.verdict, may_be_judged=True)
    counts = "SELECT (SELECT COUNT(*) FROM LOAD_BATCHES), (SELECT COUNT(*) FROM TIKTOK_INTERNAL.STAGED_OBJECTS)"
    assert loader.rows(counts) == [(3, 3)]
