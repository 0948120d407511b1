"""What an engine makes of the objects in a bucket, without the batch's verdict: to compare it with another engine's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import known_contents
from tiktok_insights.staging.engine import Engine, ObjectOutcome
from tiktok_insights.staging.id_findings import IdFindings
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.shared_warehouse import empty_tables


def items_of(loader: Loader) -> list[CsvObject]:
    """All objects in the bucket, as a run takes them."""
    return sorted(loader.listing().objects, key=lambda item: (item.info.last_modified, item.info.key))


def stage(loader: Loader, items: Sequence[CsvObject], engine: Engine | None = None) -> list[ObjectOutcome]:
    """Stage these objects as one batch, without its verdict."""
    contents = known_contents(loader.session, [item.info.key for item in items])
    return list((engine or LocalEngine(loader.store, loader.session)).stage("batch", items, contents))


@dataclass(frozen=True)
class Staged:
    """What came of each object by its key: the row of STAGED_OBJECTS, its IDs, the staged rows, and the quarantine."""

    objects: dict[str, Any]
    ids: dict[str, IdFindings]
    rows: Counter[tuple[Any, ...]]
    quarantine: dict[str, bytes]


def staged(loader: Loader, engine: Engine | None = None) -> Staged:
    """Stage everything; give what came of it, and leave the warehouse and the quarantine empty."""
    outcomes = stage(loader, items_of(loader), engine)
    objects = {outcome.item.info.key: outcome.row("") for outcome in outcomes if isinstance(outcome, StagedObject)}
    ids = {outcome.item.info.key: outcome.ids for outcome in outcomes if isinstance(outcome, StagedObject)}
    assert len(objects) == len(outcomes)
    quarantine = {info.key: loader.store.get(info.key).body for info in loader.store.list("quarantine/")}
    found = Staged(objects, ids, Counter(loader.rows("SELECT * FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA")), quarantine)
    for key in quarantine:
        loader.store._s3.delete_object(Bucket=loader.store.bucket, Key=key)
    empty_tables(loader.session)
    return found
