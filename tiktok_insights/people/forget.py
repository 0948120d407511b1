"""Removes users from everything that this system holds: suppress, lock, erase, search again.

It may be killed anywhere and repeated. The person is on the suppression list before anything is erased, and the bucket
is cleaned by that list, so a repeat also removes whoever has come back into it. What is erased in one kind of place
belongs in `erasing`; what no command can erase, in `remains`; an account, in `forget_account`.
"""

import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.people.erasing.bucket_csv import clean_csv_quarantine, prepare_csvs
from tiktok_insights.people.erasing.bucket_raw import clean_raw
from tiktok_insights.people.erasing.bucket_search import find_in_bucket
from tiktok_insights.people.erasing.bucket_work import clean_work
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.object_names import count_strangers
from tiktok_insights.people.erasing.warehouse import erase_in_warehouse
from tiktok_insights.people.erasing.warehouse_search import found_in_warehouse, people_in_warehouse
from tiktok_insights.people.finding import Unread
from tiktok_insights.people.identification import identify
from tiktok_insights.people.person import Person
from tiktok_insights.people.receipt import A_USER, Receipt, Removed, Search, Whom
from tiktok_insights.people.remains import OUT_OF_REACH, Remainder
from tiktok_insights.people.unfinished import Note, Unfinished
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.raw.manifest import iso
from tiktok_insights.scratch import scratch_folder
from tiktok_insights.staging.content import known_contents
from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.suppression.store import SuppressionStore

_PACKAGE = "tiktok_insights"
#: A load that was going on may have written rows to the quarantine just after that was cleaned.
_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that a removal reaches.

    `lock` keeps extractions out while it is held. `clean_machine` makes the dashboard again and cleans this machine's
    files of these people; `remains` says what still holds them elsewhere. A local stack has other addresses after its
    files were cleaned, so whatever is needed of it is opened again then. `system` names bucket and database. What could
    not be read or cleaned is named in `log`, once, and not in the receipt: a key may be an account's ID.
    """

    open_store: Callable[[], ObjectStore]
    open_suppressions: Callable[[ObjectStore], SuppressionStore]
    connect: Connect
    unfinished: Unfinished
    unfinished_accounts: Unfinished
    lock: Callable[[], AbstractContextManager[object]]
    clean_machine: Callable[[Collection[Person]], Iterable[Cleaned]]
    remains: Callable[[], Iterable[Remainder]]
    system: str
    log: logging.Logger
    progress: ProgressReporter = SILENT
    named: set[Unread] = field(default_factory=set)

    @property
    def suppression(self) -> SuppressionStore:
        """The suppression list."""
        return self.open_suppressions(self.open_store())

    def told(self, places: Iterable[Cleaned]) -> tuple[Removed, ...]:
        """What a receipt says of places, each once; what could not be read or cleaned is named in the log."""
        places = tuple(places)
        for unread in dict.fromkeys(unread for one in places for unread in one.unread):
            if unread not in self.named:
                self.log.warning("Not searched or cleaned: %s: %s", unread.source, unread.reason)
                self.named.add(unread)
        return _added(map(Removed.of, places))


def look_for(reach: Reach, reference: str) -> Search:
    """Say where a person is, and change nothing: a search for a list that is made up, of which nothing is kept.

    Raises UnknownPersonError.
    """
    return _search(reach, _person(reach, reference).alone())


def verify(reach: Reach) -> Search:
    """Search every place for everyone who was ever removed, and change nothing."""
    return _search(reach, reach.suppression.read())


def forget(reach: Reach, reference: str | None = None) -> Receipt:
    """Remove the person whom an ID, handle or secUid names.

    Without a reference, finish every removal that was cut off, and remove whoever has come back into the bucket.
    Raises UnknownPersonError.
    """
    begun = datetime.now(UTC)
    if reference is not None:
        notes: tuple[Note, ...] = (_note(reach, reference, begun),)
    else:
        notes = reach.unfinished.notes() or tuple(_left_over(reach, begun))
    names = [name for note in notes for name in note.person.names()]
    with reach.unfinished.noted(notes) as kept:
        suppression = reach.suppression.add(names)
        found = _added(one for note in notes for one in note.found) if notes else _search(reach, suppression).places
        for _ in range(_ROUNDS):
            with reach.lock():
                cleaned = list(_erase(reach, suppression, [note.person for note in notes]))
            search = _search(reach, suppression)
            if not search.found:
                break
        searched = {place.place for place in search.places}
        others = reach.told(one for one in cleaned if one.place not in searched)
        if any(one.unread for one in others):
            # The next call cleans it, and has to know the names.
            kept.extend(notes)
    return receipt_of(reach, begun, Whom(A_USER, len(notes), len(names)), found, others, search)


def _added(places: Iterable[Removed]) -> tuple[Removed, ...]:
    """Each place once, with all that was found or cleaned there; an object counts for each who was found in it."""
    added: dict[str, Removed] = {}
    for one in places:
        before = added.get(one.place, Removed(one.place, 0, 0))
        added[one.place] = Removed(
            one.place,
            before.sources + one.sources,
            before.copies + one.copies,
            before.unread + one.unread,
            max(before.looked_at, one.looked_at),
        )
    return tuple(added.values())


def _note(reach: Reach, reference: str, begun: datetime) -> Note:
    """The removal that was cut off, or a new one. Someone whose removal was cut off may be found nowhere any more."""
    for note in reach.unfinished.notes():
        if reference.strip().removeprefix("@").lower() in {text.lower() for _, text in note.person.names()}:
            return note
    person = _person(reach, reference)
    return Note(iso(begun), person, _search(reach, person.alone()).places)


def _left_over(reach: Reach, begun: datetime) -> Iterator[Note]:
    """Whoever is on the list and still in a table: their removals were cut off, and noted on a machine that is lost."""
    with reach.connect() as session:
        people = people_in_warehouse(session, reach.suppression.read())
    for person in people:
        yield Note(iso(begun), person, _search(reach, person.alone()).places)


def _person(reach: Reach, reference: str) -> Person:
    with reach.connect() as session:
        return identify(session, reach.open_store(), reference, reach.progress)


def _erase(reach: Reach, suppression: SuppressionList, people: Collection[Person]) -> Iterator[Cleaned]:
    """Erase in one place after the other: what others are made from first, and what is made from others last."""
    store = reach.open_store()
    yield clean_raw(store, suppression, reach.progress)
    yield clean_work(store, suppression)
    with scratch_folder() as folder:
        with reach.connect() as session:
            contents = known_contents(session, [info.key for info in store.list(CSV_PREFIX)])
        prepared = prepare_csvs(store, suppression, Path(folder), reach.progress, contents)
        yield clean_csv_quarantine(store, suppression, reach.progress)
        ids = {person.id for person in people if person.id}
        yield from erase_in_warehouse(reach.connect, suppression, ids, prepared.csvs)
        yield prepared.cleaned
    yield from reach.clean_machine(people)


def _search(reach: Reach, suppression: SuppressionList) -> Search:
    store = reach.open_store()
    places = [*find_in_bucket(store, suppression, reach.progress)]
    with reach.connect() as session:
        places += found_in_warehouse(session, suppression)
    return Search(iso(datetime.now(UTC)), reach.told(places), count_strangers(store))


def receipt_of(
    reach: Reach,
    begun: datetime,
    whom: Whom,
    found: Sequence[Removed],
    cleaned: Sequence[Removed],
    search: Search,
) -> Receipt:
    """Give the receipt of a removal that has just ended."""
    return Receipt(
        number=f"{begun:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        whom=whom,
        system=reach.system,
        software=f"{_PACKAGE} {version(_PACKAGE)}",
        begun_at=iso(begun),
        ended_at=iso(datetime.now(UTC)),
        found=tuple(found),
        cleaned=tuple(cleaned),
        search=search,
        remains=tuple(reach.remains()),
        not_searched=OUT_OF_REACH,
    )
