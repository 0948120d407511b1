"""Replaying committed snapshots on a real bucket: what is written, what is left alone, and that nobody is asked."""

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.followers_csv import write_csv, write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory, csv_key
from tiktok_insights.lake.replay import Replay, Replayed, ReplayVerdict
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.refused_objects import archive
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import extract, manifest_of, requests_served
from tiktok_insights_tests.support.troubleshooting import told


def written(raw: RawStore, api: Api, *handles: str) -> list[str]:
    """Extract accounts, write their CSVs, and give the keys in the order of the accounts."""
    results = extract(raw, api.address, *handles)
    csvs = CsvInventory(raw.store)
    list(write_missing_csvs(raw, csvs, 0.01))
    return [csv_key(result.snapshot) for result in results if result.snapshot]


def replay(raw: RawStore, *accounts: str, write: bool = True, share: float = 0.01) -> list[Replayed]:
    """Replay as one run does."""
    return list(Replay(raw, CsvInventory(raw.store), share, write=write).run(accounts))


def listing(store: ObjectStore) -> list[tuple[str, str, object]]:
    """Every object of the bucket with its version and the time of its writing."""
    return [(info.key, info.etag, info.last_modified) for info in store.list("")]


def edit(store: ObjectStore, key: str, old: bytes, new: bytes) -> bytes:
    """Change the first place of a CSV where a text stands, as old code or a person would have; give the old bytes."""
    before = store.get(key).body
    assert old in before
    store.put(key, before.replace(old, new, 1), "text/csv")
    return before


def test_an_unchanged_bucket_stays_as_it_is(raw: RawStore, api: Api) -> None:
    """No object is written again, not even with the same bytes, and no request is spent."""
    written(raw, api, "city.museum", "fake.100.app", "fake.0")
    before, served = listing(raw.store), requests_served(api)
    results = replay(raw)
    assert [(item.verdict, item.diff.lines) for item in results] == [(ReplayVerdict.UNCHANGED, 0)] * 3
    assert listing(raw.store) == before
    assert requests_served(api) == served


def test_an_unchanged_csv_is_not_even_read(raw: RawStore, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its ETag says enough."""
    written(raw, api, "fake.31")

    def refuse(*_: object) -> None:
        raise AssertionError("a CSV was downloaded")

    monkeypatch.setattr(ObjectStore, "download", refuse)
    assert [item.verdict for item in replay(raw)] == [ReplayVerdict.UNCHANGED]


def test_a_damaged_csv_is_told_and_put_right(raw: RawStore, api: Api) -> None:
    """The diff names the user, the column and both texts; the bytes are those of before."""
    (key,) = written(raw, api, "fake.100")
    user = raw.store.get(key).body.splitlines()[1].split(b",")
    before = edit(raw.store, key, b"," + user[1] + b",", b",=damaged,")
    (item,) = replay(raw)
    assert item.verdict is ReplayVerdict.CHANGED
    (change,) = item.diff.changes
    assert (change.user_id, change.column) == (user[0].decode(), "uniqueId")
    assert (change.old, change.new) == ("=damaged", user[1].decode())
    assert raw.store.get(key).body == before
    assert [item.verdict for item in replay(raw)] == [ReplayVerdict.UNCHANGED]


def test_a_dry_replay_writes_nothing(raw: RawStore, api: Api) -> None:
    """It tells the same as the one that writes."""
    changed, missing = written(raw, api, "fake.100", "fake.31")
    edit(raw.store, changed, b"\r\n", b"\r\n7,gone.user,,,,,,,,,,,,,,\r\n")
    raw.store._s3.delete_object(Bucket=raw.store.bucket, Key=missing)
    before = listing(raw.store)
    dry = replay(raw, write=False)
    assert listing(raw.store) == before
    told = {item.verdict: (item.diff.rows_changed, item.diff.rows_added, item.diff.rows_removed) for item in dry}
    assert told[ReplayVerdict.CHANGED] == (0, 0, 1)
    assert told[ReplayVerdict.MISSING] == (0, next(i.csv.rows for i in dry if i.verdict is ReplayVerdict.MISSING), 0)
    assert [(item.verdict, item.diff) for item in replay(raw)] == [(item.verdict, item.diff) for item in dry]


def test_the_same_rows_in_other_bytes_are_put_right_too(raw: RawStore, api: Api) -> None:
    """Other line ends or quotes change no row, but the object is not what today's code makes."""
    (key,) = written(raw, api, "fake.31")
    before = edit(raw.store, key, b"\r\n", b"\n")
    (item,) = replay(raw)
    assert (item.verdict, item.diff.lines) == (ReplayVerdict.SAME_ROWS, 0)
    assert raw.store.get(key).body == before


@pytest.mark.parametrize("by", ["id", "handle", "@handle", "secUid"])
def test_one_account_can_be_replayed_by_any_of_its_names(raw: RawStore, api: Api, by: str) -> None:
    """The others are neither read nor written."""
    ours, other = written(raw, api, "fake.100", "fake.31")
    for key in (ours, other):
        edit(raw.store, key, b"\r\n", b"\n")
    damaged = raw.store.get(other).body
    account = api.body("/api/user/info", uniqueId="fake.100")["userInfo"]["user"]
    if by == "secUid":
        extract(raw, api.address, account["secUid"])
    names = {"id": account["id"], "handle": "fake.100", "@handle": "@fake.100", "secUid": account["secUid"]}
    (item,) = replay(raw, names[by])
    assert item.csv.key == ours
    assert raw.store.get(other).body == damaged


def test_an_account_without_raw_pages_is_an_error(raw: RawStore, api: Api) -> None:
    """The message names those that have some."""
    (key,) = written(raw, api, "fake.31")
    with told("The account <account> has no raw pages", "'nobody'", key.split("account=")[1].split("/")[0]):
        replay(raw, "nobody")


def test_a_blocked_snapshot_keeps_its_old_csv(raw: RawStore) -> None:
    """Today's threshold or code may take fewer rows than the one that wrote it; that is said, with the reason."""
    rows = [web_row(str(number)) for number in range(100, 198)]
    with scripted(Reply(body=encoded(web_page(*rows, "odd", "odd", total=98))), info=_info(98)) as script:
        (result,) = extract(raw, script.address, "some.shop")
    write_csv(raw, CsvInventory(raw.store), manifest_of(raw, result), 0.05)
    before = listing(raw.store)
    (item,) = replay(raw, share=0.01)
    assert item.verdict is ReplayVerdict.BLOCKED
    assert "2 of 100 rows have an unknown structure" in item.csv.blocked
    assert listing(raw.store) == before


def test_the_quarantine_follows_todays_code(raw: RawStore) -> None:
    """A row that today's code takes is in the quarantine no longer; what it rejects is."""
    rows = [web_row(str(number)) for number in range(100, 200)]
    with scripted(Reply(body=encoded(web_page(*rows, total=100))), info=_info(100)) as script:
        (result,) = extract(raw, script.address, "some.shop")
    manifest = manifest_of(raw, result)
    write_csv(raw, CsvInventory(raw.store), manifest, 0.01)
    snapshot = manifest.snapshot
    quarantine = f"quarantine/raw/followers/account={snapshot.account_id}/snapshot={snapshot.snapshot_id}.jsonl"
    raw.store.put(quarantine, b'{"row": "of old code"}\n', "application/jsonl")
    edit(raw.store, csv_key(snapshot), b"made.up", b"old.code")
    assert [item.verdict for item in replay(raw)] == [ReplayVerdict.CHANGED]
    assert raw.store.get(quarantine).body == b""


def test_a_damaged_page_blocks_its_snapshot_and_is_named(raw: RawStore, api: Api) -> None:
    """Its CSV is not made from what is left."""
    (key,) = written(raw, api, "fake.100")
    (result,) = extract(raw, api.address, "fake.100")
    page = manifest_of(raw, result).pages[1].key
    stored = raw.store.get(page)
    raw.store._s3.put_object(
        Bucket=raw.store.bucket, Key=page, Body=stored.body[:-9] + b"x" * 9, Metadata=stored.metadata
    )
    before = raw.store.get(key)
    (item,) = replay(raw)
    assert item.verdict is ReplayVerdict.BLOCKED
    told("<object> differs from what was stored.", page).says(item.csv.blocked)
    assert raw.store.get(key) == before


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("kind", ["manifest", "page", "csv", "quarantine"])
def test_a_snapshot_whose_object_is_refused_is_blocked_and_the_others_are_replayed(
    raw: RawStore, api: Api, kind: str, write: bool
) -> None:
    """An archived CSV is needed only where it must be compared, and an archived quarantine is written over."""
    key, other = written(raw, api, "fake.100", "fake.31")
    (result,) = extract(raw, api.address, "fake.100")
    snapshot = manifest_of(raw, result).snapshot
    for edited in (key, other):
        edit(raw.store, edited, b"\r\n", b"\n")
    quarantine = f"quarantine/raw/followers/account={snapshot.account_id}/snapshot={snapshot.snapshot_id}.jsonl"
    raw.store.put(quarantine, b"of old code", "text/plain")
    archived = {"manifest": snapshot.manifest, "page": snapshot.page(2), "csv": key, "quarantine": quarantine}[kind]
    archive(raw.store, archived)
    replayed = {item.csv.key: item for item in replay(raw, write=write)}
    assert replayed[other].verdict is ReplayVerdict.SAME_ROWS
    if kind == "quarantine":
        assert replayed[key].verdict is ReplayVerdict.SAME_ROWS
        assert not write or raw.store.get(quarantine).body == b""
        return
    assert replayed[key].verdict is ReplayVerdict.BLOCKED
    told("<object> cannot be read", archived).says(replayed[key].csv.blocked)


def test_a_csv_that_somebody_else_replaces_meanwhile_is_not_written_over(
    raw: RawStore, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was compared is what is replaced."""
    (key,) = written(raw, api, "fake.31")
    edit(raw.store, key, b"\r\n", b"\n")
    replace = ObjectStore.replace

    def late(self: ObjectStore, *arguments: object) -> None:
        self.put(key, b"somebody else's", "text/csv")
        replace(self, *arguments)  # type: ignore[arg-type]  # handed on as they are

    monkeypatch.setattr(ObjectStore, "replace", late)
    (item,) = replay(raw)
    assert item.verdict is ReplayVerdict.BLOCKED
    told("<object> was replaced or deleted", key).says(item.csv.blocked)
    assert raw.store.get(key).body == b"somebody else's"


def _info(followers: int) -> Reply:
    return Reply(body=encoded(user_info(followers=followers)))
