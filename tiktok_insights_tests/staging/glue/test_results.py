"""Results that cannot be true: each is refused with what is wrong, and nothing of it is used."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tiktok_insights.clients.object_store import ObjectChangedError, ObjectInfo, ObjectStore
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import Content
from tiktok_insights.staging.glue.exchange import Result, result_key
from tiktok_insights.staging.glue.results import read_result
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Unreadable
from tiktok_insights_tests.support.troubleshooting import told

MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def item(name: str) -> CsvObject:
    """An object of the batch."""
    key = f"csv/followers/account=42/dt=2026-01-31/{name}.csv"
    return CsvObject(ObjectInfo(key, f"etag-{name}", 10, MOMENT), "42", "2026-01-31")


#: The third key begins as the fourth does.
STAGED, UNREAD, CHANGED, LONGER = item("a"), item("b"), item("c"), item("c.csv was replaced or deleted")
ITEMS = (STAGED, UNREAD, CHANGED, LONGER)


def staged(item: CsvObject) -> StagedObject:
    """An object without rows."""
    return StagedObject(item, Content("0" * 64, MOMENT))


def changed(item: CsvObject, store: ObjectStore) -> ObjectChangedError:
    """What the store says of an object that is not there in this version."""
    with pytest.raises(ObjectChangedError) as raised:
        store.replace(item.info, io.BytesIO(), "")
    return raised.value


@pytest.fixture
def honest(bucket: ObjectStore) -> Result:
    """A result that has one outcome for each object."""
    unread = Unreadable(UNREAD.info.key, "it is archived", UNREAD)
    outcomes = (staged(STAGED), unread, changed(CHANGED, bucket), changed(LONGER, bucket))
    return Result.of("b1", "jr_1", "3.5.6", outcomes)


def write(bucket: ObjectStore, body: bytes) -> None:
    """Do what the job does last."""
    bucket.put(result_key("b1"), body, "application/json")


def test_an_honest_result_is_read(bucket: ObjectStore, honest: Result) -> None:
    """With all that it says; and without one there is none."""
    assert read_result(bucket, "b1", ITEMS) is None
    write(bucket, honest.to_json())
    assert read_result(bucket, "b1", ITEMS) == honest


LIES: dict[str, tuple[Callable[[Result], Result], str]] = {
    "another batch": (lambda told: replace(told, batch_id="b2"), "it is of batch b2"),
    "misses an object": (lambda told: replace(told, staged=()), "it has no outcome for 1 objects, such as csv/"),
    "a foreign object": (
        lambda told: replace(told, staged=(*told.staged, staged(item("z")))),
        "it names an object that was not in the batch: csv/",
    ),
    "another version": (
        lambda told: replace(
            told, staged=(staged(replace(STAGED, info=replace(STAGED.info, etag="of another upload"))),)
        ),
        "it names an object that was not in the batch: csv/",
    ),
    "a foreign unreadable object": (
        lambda told: replace(told, unreadable=(Unreadable("raw/x", "why"),)),
        "it names an object that was not in the batch: an unknown one",
    ),
    "twice": (lambda told: replace(told, staged=told.staged * 2), "it has two outcomes for csv/"),
    "two outcomes": (
        lambda told: replace(told, unreadable=(*told.unreadable, Unreadable("k", "why", STAGED))),
        "it has two outcomes for csv/",
    ),
    "changed twice": (lambda told: replace(told, changed=told.changed * 2), "it says of an object that is not in"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_result_is_not_believed(bucket: ObjectStore, honest: Result, lie: str) -> None:
    """Whatever the lie is."""
    tell, words = LIES[lie]
    write(bucket, tell(honest).to_json())
    with told("<address> is not believed", bucket.uri(result_key("b1")), words):
        read_result(bucket, "b1", ITEMS)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"batch_id": "b1"}', b"\xff\xfe", b"1e999"])
def test_what_is_no_result_is_not_believed(bucket: ObjectStore, body: bytes) -> None:
    """Also half an object."""
    write(bucket, body)
    with told("<address> is not believed", "it is not a result of this version's job"):
        read_result(bucket, "b1", ITEMS)
