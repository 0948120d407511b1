"""From an ID, a handle or a secUid to all names of a person, in the tables or only in the bucket."""

import json
from io import BytesIO

import pytest

from tiktok_insights.people.identification import identify
from tiktok_insights.people.person import Person
from tiktok_insights.tiktok.page_rows import RowNames
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.removed_people import ANN, HANDLE, OLD_HANDLE, OTHERS, SEC_UID, plant
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.people

EVERYTHING = Person(ANN, frozenset({HANDLE, "ann.new"}), frozenset({SEC_UID}))


@pytest.fixture
def planted(loader: Loader) -> Loader:
    """Her pages, with one handle that became somebody else's; and a table that knows a newer handle."""
    plant(loader.store)
    loader.upload("list", row(ANN, uniqueId="ann.new"), row(OTHERS[1], uniqueId="someone"))
    loader.load()
    return loader


def test_every_name_finds_all_others(planted: Loader) -> None:
    """In the tables, or only in the bucket; her malformed row has the same secUid."""
    for reference in (ANN, "ann.new", f"@{HANDLE.upper()}", SEC_UID):
        found = identify(planted.session, planted.store, reference)
        assert found == Person(ANN, EVERYTHING.handles | {OLD_HANDLE}, EVERYTHING.sec_uids)
    assert {name for _, name in found.names()} == {ANN, "ann.new", HANDLE, OLD_HANDLE, SEC_UID}


def test_a_handle_of_several_is_refused(planted: Loader) -> None:
    """With the IDs, of which people choose."""
    with told("This handle or secUid <whose>", "belongs to 2 users"):
        identify(planted.session, planted.store, OLD_HANDLE)


def test_a_sec_uid_of_several_is_no_ones_name(planted: Loader) -> None:
    """As when the API gives everybody the same one: others would be erased with her."""
    key = "raw/followers/account=42/snapshot=20260131T093000125Z/page-000001.json.gz"
    (info,) = planted.store.list(key)
    other = {"userList": [{"user": {"id": OTHERS[0], "secUid": SEC_UID}}]}
    planted.store.replace(info, BytesIO(json.dumps(other).encode()), "application/gzip")
    assert identify(planted.session, planted.store, ANN).sec_uids == frozenset()
    with told("This handle or secUid <whose>", "belongs to 2 users"):
        identify(planted.session, planted.store, SEC_UID)


def test_a_malformed_row_counts_when_no_id_has_the_handle(planted: Loader) -> None:
    """Such a person has no ID, and is erased by the other names."""
    entry = {"object": "x", "line": 2, "column": None, "reason": "why", "row": "7.4e+18,lost.one,Lost"}
    planted.store.put("quarantine/csv/x.jsonl", json.dumps(entry).encode(), "application/jsonl")
    lost = identify(planted.session, planted.store, "lost.one")
    assert lost == Person("", frozenset({"lost.one"}))
    entry["row"] = f"7.4e+18,{HANDLE},Ann"
    planted.store.put("quarantine/csv/x.jsonl", json.dumps(entry).encode(), "application/jsonl")
    assert identify(planted.session, planted.store, HANDLE).id == ANN


def test_an_unknown_id_is_taken_as_it_is(loader: Loader) -> None:
    """So that someone can be kept out who never was here."""
    assert identify(loader.session, loader.store, "123") == Person("123")


def test_whose_a_row_is() -> None:
    """The ID and the secUid decide, and a handle only in a row that has neither."""
    assert EVERYTHING.is_row(RowNames(ANN, "x", "x"))
    assert EVERYTHING.is_row(RowNames("no ID", "x", SEC_UID))
    assert EVERYTHING.is_row(RowNames("", HANDLE, ""))
    assert not EVERYTHING.is_row(RowNames(OTHERS[0], HANDLE, "other"))
    assert not EVERYTHING.is_row(RowNames("", HANDLE, "other"))
    assert not Person("").is_row(RowNames("", "", ""))
    assert not Person("").is_mentioned_in("anything")


def test_a_file_that_is_no_csv_stops_no_search(planted: Loader) -> None:
    """With a CR within a line, as in UTF-16; and a handle may be in the address of a profile alone."""
    planted.put("odd", "name\rx,y\r".encode("utf-16"))
    planted.put("profiles", b"name,profile\nx,https://tiktok.example/@Zoe.z?lang=en\ny,mail@zoe.z\n")
    planted.store.put("quarantine/csv/followers/x.jsonl", b'{"row": "a\\rb,c"}\n', "text/plain")
    assert identify(planted.session, planted.store, ANN).id == ANN
    assert identify(planted.session, planted.store, "zoe.z") == Person("", frozenset({"Zoe.z"}))
