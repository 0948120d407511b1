"""The suppression list: whom it covers, what it keeps of them, and that another key is noticed."""

import hashlib
import hmac
import json

import pytest

from tiktok_insights.suppression.hashes import NOBODY, Kind, SuppressionList, is_outdated
from tiktok_insights_tests.support.troubleshooting import Told, told

KEY = b"k" * 32
ANN = [(Kind.ID, "7423456789012345149"), (Kind.HANDLE, "Ann.Lee"), (Kind.SEC_UID, "MS4wLjABAAAAann")]
UNREADABLE = told("<object> is not a readable suppression list")
LIST = SuppressionList(KEY).with_names(ANN)
NEWER = LIST.to_json().replace(b'"version": 1', b'"version": 2')


def test_a_person_is_covered_by_id_and_by_sec_uid() -> None:
    """Whatever the handle is by now; neighbors, prefixes and other people with the old handle are not covered."""
    assert LIST.covers("7423456789012345149", "another.handle", "another")
    assert LIST.covers("7423456789012345150", "x", "MS4wLjABAAAAann")
    for other in ("7423456789012345150", "742345678901234514", "74234567890123451490"):
        assert not LIST.covers(other, "Ann.Lee", "MS4wLjABAAAAbob")


def test_a_handle_decides_only_where_nothing_else_does() -> None:
    """A handle may be somebody else's by now, but a row without an ID and a secUid has nothing else."""
    for missing in ("", "0", "7.42e18", "not an id"):
        assert LIST.covers(missing, "ann.lee")
        assert not LIST.covers(missing, "ann.lee", "MS4wLjABAAAAbob")
        assert not LIST.covers(missing, "bob")
    assert not LIST.covers("", "", "")


def test_an_empty_list_covers_nobody_and_hashes_nothing() -> None:
    """No key is needed while nobody was removed."""
    assert not NOBODY
    assert not NOBODY.covers("7423456789012345149", "ann.lee", "MS4wLjABAAAAann")


def test_only_keyed_hashes_are_kept() -> None:
    """The object holds no name, and no hash that can be computed without the key; written out, it is the same list."""
    body = LIST.to_json()
    document = json.loads(body)
    assert set(document) == {"version", "key_check", "digests"}
    message = b"id\n7423456789012345149"
    assert hmac.digest(KEY, message, "sha256")[:16].hex() in document["digests"]
    assert len(document["digests"]) == 3
    assert document["digests"] == sorted(document["digests"])
    for name in (message, b"7423456789012345149", b"ann.lee", b"MS4wLjABAAAAann"):
        assert name not in body
        for digest in (hashlib.sha256, hashlib.md5, hashlib.sha1):
            assert digest(name, usedforsecurity=False).hexdigest()[:32].encode() not in body
    assert SuppressionList.from_json(body, KEY, "s3://b/list") == LIST


@pytest.mark.parametrize(
    ("body", "key", "said"),
    [
        (LIST.to_json(), b"other", told("<object> was made with another key")),
        (b"{", KEY, UNREADABLE),
        (b"[]", KEY, UNREADABLE),
        (
            b'{"version": 1, "key_check": "x", "digests": ["zz"]}',
            KEY,
            UNREADABLE,
        ),
        (
            LIST.to_json().replace(b'"version": 1', b'"version": 2'),
            KEY,
            told("<object> has version <number>; this package"),
        ),
    ],
)
def test_a_list_that_cannot_be_used_stops_everything(body: bytes, key: bytes, said: Told) -> None:
    """Read as an empty list, it would let people back in."""
    with said:
        SuppressionList.from_json(body, key, "s3://b/list")


def test_every_kind_has_hashes_of_its_own() -> None:
    """A handle that looks like somebody's ID does not cover that somebody."""
    of_handle = SuppressionList(KEY).with_names([(Kind.HANDLE, "7423456789012345149")])
    assert not of_handle.has(Kind.ID, "7423456789012345149")
    assert not of_handle.covers("7423456789012345149")


def test_a_fingerprint_tells_which_of_two_lists_lacks_somebody() -> None:
    """A list only grows: the smaller one is outdated, and so is one as large with other people; the empty one is ''."""
    more, other = LIST.with_names([(Kind.ID, "1")]), SuppressionList(KEY).with_names([(Kind.ID, n) for n in "123"])
    assert NOBODY.fingerprint == SuppressionList(KEY).fingerprint == ""
    assert len({found.fingerprint for found in (NOBODY, LIST, more, other)}) == 4
    for older, newer in ((NOBODY, LIST), (LIST, more), (NOBODY, more), (LIST, other), (other, LIST)):
        assert is_outdated(older.fingerprint, newer.fingerprint)
    for current, older in ((LIST, LIST), (more, LIST), (LIST, NOBODY), (NOBODY, NOBODY)):
        assert not is_outdated(current.fingerprint, older.fingerprint)
    assert KEY.hex() not in repr(LIST)
    assert repr(KEY) not in repr(LIST)
