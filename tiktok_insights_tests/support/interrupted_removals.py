"""One removal of a person, or of an account, as the command does it: here, or in a process that `killed_runs` kills.

With it, the load and the extraction that may come in between: both read the suppression list, as the assets do. Light
enough for the process that children are forked from. What fails is in `fail_points`.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import boto3

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.local_files import clean_machine
from tiktok_insights.people.forget import Reach, forget
from tiktok_insights.people.forget_account import forget_account
from tiktok_insights.people.person import Person
from tiktok_insights.people.receipt import Receipt
from tiktok_insights.people.unfinished import Note, Unfinished
from tiktok_insights.raw.manifest import Manifest, PageEntry, SnapshotKey, iso
from tiktok_insights.raw.removed_rows import cleaning
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.runtime.extraction_lock import machine_lock
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.suppression.store import SuppressionStore
from tiktok_insights.tiktok.models import Quota, Response
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.interrupted_loads import Places

_LOG = logging.getLogger(__name__)
_LATER = datetime(2026, 2, 1, 12, tzinfo=UTC)
#: The snapshot that an extraction takes which comes in between.
LATER = SnapshotKey("42", "20260201T120000000Z")


@dataclass(frozen=True)
class ListedPlaces(Places):
    """Where a load reads and writes that keeps removed people out."""

    def suppressions(self, store: ObjectStore) -> SuppressionStore:
        """The suppression list."""
        return SuppressionStore(store, lambda: boto3.client("secretsmanager", **self.aws))

    def engine(self, store: ObjectStore, session: Session) -> LocalEngine:
        """What stages, with the list as it is now."""
        return LocalEngine(store, session, self.suppressions(store).read())


@dataclass(frozen=True)
class Removal:
    """A person's removal from these places, and from the files of a home without a stack."""

    places: ListedPlaces
    home: Path
    reference: str

    def reach(self) -> Reach:
        """What it reaches."""

        def clean(people: Collection[Person]) -> list[Cleaned]:
            return clean_machine(self.home, self.home / "dagster", [name for one in people for name in one.names()])

        def lock() -> AbstractContextManager[object]:
            return machine_lock(self.home, _LOG)

        return Reach(
            open_store=self.places.store,
            open_suppressions=self.places.suppressions,
            connect=self.places.session,
            unfinished=Unfinished(self.home),
            unfinished_accounts=Unfinished(self.home, of_accounts=True),
            lock=lock,
            clean_machine=clean,
            remains=tuple,
            system="a test",
            log=_LOG,
        )

    def run(self) -> Receipt:
        """Remove the person."""
        return forget(self.reach(), self.reference)

    def extract(self, body: bytes) -> None:
        """Store a page with this body as the snapshot of an extraction that begins now."""
        with machine_lock(self.home, _LOG):
            store = self.places.store()
            raw = RawStore(store, cleaning(self.places.suppressions(store).read))
            quota = Quota(None, None, None)
            page = raw.put_response(LATER.page(1), Response("/list", {"minCursor": "0"}, body, _LATER, 1, quota))
            entry = PageEntry(page.key, page.sha256, 3, iso(_LATER), 5, 6)
            times = iso(_LATER), iso(_LATER + timedelta(minutes=1))
            raw.commit(
                Manifest(
                    LATER.account_id, "some.shop", "MS4shop", LATER.snapshot_id, *times, "whole", "", 3, 9, True, (),
                    3, 0, 0, 1, (entry,),
                )
            )  # fmt: skip


@dataclass(frozen=True)
class AccountRemoval(Removal):
    """An account's removal; `reference` is its ID."""

    def run(self) -> Receipt:
        """Remove the account."""
        return forget_account(self.reach(), self.reference)


@contextmanager
def watched(requests: Requests) -> Iterator[None]:
    """Number, and fail, the requests of a removal, and its changes of files."""
    write = Unfinished._write
    clean = clean_machine

    def write_counted(unfinished: Unfinished, notes: Sequence[Note]) -> None:
        requests.change_file("unfinished.json", lambda: write(unfinished, notes))

    def clean_counted(*given: object) -> object:
        return requests.change_file("of this machine", lambda: clean(*given))  # type: ignore[arg-type]

    with (
        patch.object(Unfinished, "_write", write_counted),
        patch(f"{__name__}.clean_machine", clean_counted),
        requests.watched(),
    ):
        yield
