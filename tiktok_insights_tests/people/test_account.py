"""An account that was followed by mistake is removed: its objects, its rows, and the users whom only it lists."""

import gzip
import hashlib
import logging
from collections.abc import Collection, Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.listing import list_csvs
from tiktok_insights.people.erasing.account import remove_account
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.finding import Unread
from tiktok_insights.people.forget_account import forget_account
from tiktok_insights.people.person import Person
from tiktok_insights.people.unfinished import Unfinished
from tiktok_insights.progress import SILENT
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.forgetting import account_of, open_reach
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.staging.ledger import settled_versions
from tiktok_insights.staging.pending import pending
from tiktok_insights_tests.support.bodies import encoded, user_info
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.loading import Loader

pytestmark = pytest.mark.people

#: The account that goes, one whose ID begins with it, and one that lists some of the same users.
GONE, LONGER, OTHER = "42", "420", "43"
EARLIER, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
TABLES = ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS", "ACCOUNT_SNAPSHOTS", "LOAD_HISTORY", "PRESENCE_SPELLS")


def lists(loader: Loader, accounts: tuple[str, ...]) -> None:
    """Load the accounts' lists: the one that goes has the newest row of a user whom another one lists, too."""
    for account in accounts:
        time, name = (LATER, "newest") if account == GONE else (EARLIER, "earlier")
        users = ("1", f"9{account}")
        lines = [row(user, nickname=name, extracted_at=time, uniqueId=f"handle.{user}") for user in users]
        loader.upload("list", *lines, account=account)
    loader.load()


def contents(loader: Loader) -> dict[str, list[tuple[str, ...]]]:
    """What the tables hold, without the times and names that differ from load to load."""
    varying = {"BATCH_ID", "LOADED_AT", "FIRST_MODIFIED", "LAST_MODIFIED", "NEWEST_ROW_AT", "LOADED_TIMESTAMP"}
    found = {}
    for table in TABLES:
        rows = loader.session.records(f"SELECT * FROM {table}")
        found[table] = sorted(
            (tuple(str(value) for name, value in one.items() if name not in varying) for one in rows), key=repr
        )
    return found


def keys(store: ObjectStore) -> set[str]:
    """Every key in the bucket."""
    return {info.key for info in store.list("")}


def plant(store: ObjectStore, account: str) -> set[str]:
    """Put what else the bucket can hold about an account, and give the keys."""
    RawStore(store).remember_account(f"handle.{account}", account)
    folder, probe = f"account={account}/snapshot=20260131T120000000Z", f"probe/20260131T12000{account:0>4}Z"
    keys_of_others = (
        f"raw/followers/{folder}/page-000001.json.gz",
        f"raw/followers/{folder}/_manifest.json",
        f"quarantine/raw/followers/{folder}.jsonl",
        f"quarantine/csv/followers/account={account}/dt=2026-01-31/x.csv.abc.jsonl",
        f"{probe}/page-000001.json.gz",
    )
    for key in keys_of_others:
        store.put(key, b"{}", "text/plain")
    body = encoded(user_info(account_id=account))
    facts = {"fetched-at": "2026-01-31T12:00:00Z", "requests": "1", "parameters": "{}"}
    facts["sha256"] = hashlib.sha256(body).hexdigest()
    store.put_once(f"{probe}/account-info.json.gz", gzip.compress(body), "application/gzip", facts)
    return {*keys_of_others, f"{probe}/account-info.json.gz", f"raw/accounts/handle.{account}.json"}


def test_an_account_is_gone_as_if_it_had_never_been_followed(loader: Loader) -> None:
    """The tables are those of a warehouse that has loaded only the others; a second time, nothing is left to remove."""
    lists(loader, (LONGER, OTHER))
    expected, others = contents(loader), keys(loader.store)
    plant(loader.store, GONE)
    others |= plant(loader.store, LONGER)
    lists(loader, (GONE,))
    assert contents(loader) != expected

    removed = remove_account(loader.store, loader.connect, GONE)
    assert contents(loader) == expected
    assert keys(loader.store) == others
    counts = {place.place: place.copies for place in removed}
    assert (counts["responses"], counts["csv"], counts["quarantine"], counts["PUBLIC.FOLLOWER_SNAPSHOTS"]) == (
        5,
        1,
        2,
        2,
    )

    assert [place for place in remove_account(loader.store, loader.connect, GONE) if place.copies] == []
    assert pending(list_csvs(loader.store), settled_versions(loader.session)) == []


def test_logs_and_dagsters_records_lose_the_accounts_names(loader: Loader, tmp_path: Path) -> None:
    """Its ID, and the handles that the tables know before its rows go, until nothing is left to clean.

    So it is after a kill, or when something cannot be cleaned. The receipt tells what was found at first.
    """
    lists(loader, (GONE, OTHER))
    loader.session.execute("UPDATE ACCOUNT_SNAPSHOTS SET HANDLE = 'handle.' || ACCOUNT_ID")
    names: list[Person] = []

    def clean(people: Collection[Person]) -> Iterator[Cleaned]:
        names.extend(people)
        if len(names) == 1:
            raise KeyboardInterrupt
        yield Cleaned("logs", unread=(Unread("a.log", "denied"),) if len(names) == 2 else ())

    settings = read_settings()
    reach = open_reach(settings, SILENT, logging.getLogger(__name__))
    unfinished = Unfinished(tmp_path, of_accounts=True)
    reach = replace(reach, clean_machine=clean, lock=nullcontext, unfinished_accounts=unfinished)
    with suppress(KeyboardInterrupt):
        forget_account(reach, GONE)
    assert loader.rows("SELECT DISTINCT ACCOUNT_ID FROM ACCOUNT_SNAPSHOTS") == [(OTHER,)]
    receipts = [forget_account(reach, account_of(settings, reach, f"@Handle.{GONE}")) for _ in range(2)]
    assert [one.is_complete for one in receipts] == [False, True]
    for receipt in receipts:
        assert {one.place: one.copies for one in receipt.found if one.copies}["PUBLIC.FOLLOWER_SNAPSHOTS"] == 2
    assert not any(one.copies for one in forget_account(reach, GONE).found)
    assert names == [*[Person(GONE, frozenset({f"handle.{GONE}"}))] * 3, Person(GONE)]
