"""Removes people from everything that this system holds: suppress, lock, erase, search again.

It may be killed anywhere and repeated. The person is on the suppression list before anything is erased, and the bucket
is cleaned by that list, so a repeat also removes whoever has come back into it. What is erased in one kind of place
belongs in `erasing`; what no command can erase, in `remains`.
"""

import secrets
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.people.erasing.account import objects_of, remove_account, rows_of
from tiktok_insights.people.erasing.bucket_csv import clean_csv_quarantine, prepare_csvs
from tiktok_insights.people.erasing.bucket_raw import clean_raw
from tiktok_insights.people.erasing.bucket_search import find_in_bucket
from tiktok_insights.people.erasing.bucket_work import clean_work
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.warehouse import erase_in_warehouse
from tiktok_insights.people.erasing.warehouse_search import found_in_warehouse
from tiktok_insights.people.identification import identify
from tiktok_insights.people.person import Person
from tiktok_insights.people.places import ELSEWHERE
from tiktok_insights.people.receipt import Receipt, Removed, Search
from tiktok_insights.people.remains import Remainder
from tiktok_insights.people.unfinished import Unfinished
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.raw.manifest import iso
from tiktok_insights.staging.content import known_contents
from tiktok_insights.suppression import SuppressionList
from tiktok_insights.suppression_store import SuppressionStore

PACKAGE = "tiktok_insights"
_USER, _ACCOUNT = "a user", "an account"


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that a removal reaches.

    `lock` keeps extractions out while it is held. `clean_machine` makes the dashboard again and cleans this machine's
    files of these people; `remains` says what still holds them elsewhere.
    """

    store: ObjectStore
    connect: Connect
    suppressions: SuppressionStore
    unfinished: Unfinished
    lock: Callable[[], AbstractContextManager[object]]
    clean_machine: Callable[[Collection[Person]], Iterable[Cleaned]]
    remains: Callable[[], Iterable[Remainder]]
    progress: ProgressReporter = SILENT


def look_for(reach: Reach, reference: str) -> Search:
    """Say where a person is, and change nothing: a search for a list that is made up, of which nothing is kept.

    Raises UnknownPersonError.
    """
    person = _person(reach, reference)
    return _search(reach, SuppressionList(secrets.token_bytes(32)).with_names(person.names()))


def verify(reach: Reach) -> Search:
    """Search every place for everyone who was ever removed, and change nothing."""
    return _search(reach, reach.suppressions.read())


def forget(reach: Reach, reference: str = "") -> Receipt:
    """Remove the person whom an ID, handle or secUid names, and whoever's removal was cut off before.

    Without a reference, whoever has come back into the bucket is removed from there. Raises UnknownPersonError.
    """
    begun = datetime.now(UTC)
    person = _person(reach, reference) if reference else Person("", frozenset(), frozenset())
    with reach.unfinished.noted(person):
        people = reach.unfinished.people()
        names = [name for one in people for name in one.names()]
        suppression = reach.suppressions.add(names)
        with reach.lock():
            removed = tuple(Removed.of(cleaned) for cleaned in _erase(reach, suppression, people))
        search = _search(reach, suppression)
    return _receipt(reach, begun, _USER, len(names), removed, search)


def _person(reach: Reach, reference: str) -> Person:
    """Who it is; someone whose removal was cut off may be found nowhere any more."""
    known = [one for one in reach.unfinished.people() if reference in {text for _, text in one.names()}]
    if known:
        return known[0]
    with reach.connect() as session:
        return identify(session, reach.store, reference, reach.progress)


def _erase(reach: Reach, suppression: SuppressionList, people: Collection[Person]) -> Iterator[Cleaned]:
    """Erase in one place after the other: what others are made from first, and what is made from others last."""
    yield clean_raw(reach.store, suppression, reach.progress)
    yield clean_work(reach.store, suppression)
    with tempfile.TemporaryDirectory(prefix="tiktok_insights_forget_") as folder:
        with reach.connect() as session:
            contents = known_contents(session, [info.key for info in reach.store.list(CSV_PREFIX)])
        prepared = prepare_csvs(reach.store, suppression, Path(folder), reach.progress, contents)
        yield clean_csv_quarantine(reach.store, suppression, reach.progress)
        ids = {person.id for person in people if person.id}
        yield from erase_in_warehouse(reach.connect, suppression, ids, prepared.csvs)
        yield prepared.cleaned
    yield from reach.clean_machine(people)


def forget_account(reach: Reach, account_id: str) -> Receipt:
    """Remove an account and everything that only it led to. It is not put on the suppression list."""
    begun = datetime.now(UTC)
    with reach.lock():
        removed = [Removed.of(cleaned) for cleaned in remove_account(reach.store, reach.connect, account_id)]
        removed += [Removed.of(cleaned) for cleaned in reach.clean_machine(())]
    return _receipt(reach, begun, _ACCOUNT, 0, removed, look_for_account(reach, account_id))


def look_for_account(reach: Reach, account_id: str) -> Search:
    """Say where an account is, and change nothing."""
    left = [Removed(place, len(keys), len(keys)) for place, keys in objects_of(reach.store, account_id)]
    with reach.connect() as session:
        left += [Removed.of(cleaned) for cleaned in rows_of(session, account_id)]
    return Search(iso(datetime.now(UTC)), tuple(left))


def _search(reach: Reach, suppression: SuppressionList) -> Search:
    places = [*find_in_bucket(reach.store, suppression, reach.progress)]
    with reach.connect() as session:
        places += found_in_warehouse(session, suppression)
    return Search(iso(datetime.now(UTC)), tuple(map(Removed.of, places)))


def _receipt(
    reach: Reach, begun: datetime, what: str, names: int, removed: Sequence[Removed], search: Search
) -> Receipt:
    return Receipt(
        number=f"{begun:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        what=what,
        software=f"{PACKAGE} {version(PACKAGE)}",
        begun_at=iso(begun),
        ended_at=iso(datetime.now(UTC)),
        hashes=names,
        removed=tuple(removed),
        search=search,
        remains=tuple(reach.remains()),
        not_searched=ELSEWHERE,
    )
