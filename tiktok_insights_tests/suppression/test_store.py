"""The suppression list in the bucket, and its key in a secret: nobody is on it, many are, or something is wrong."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.suppression.hashes import NOBODY, Kind, SuppressionList
from tiktok_insights.suppression.store import LIST_KEY, SuppressionStore, secret_name
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.refused_objects import deny
from tiktok_insights_tests.support.troubleshooting import Told, told

pytestmark = pytest.mark.people

ANN = [(Kind.ID, "7423456789012345149"), (Kind.HANDLE, "ann.lee"), (Kind.SEC_UID, "MS4wLjABAAAAann")]


@pytest.fixture
def secrets(connections: Connections) -> Any:
    """A client of the stack's Secrets Manager."""
    return boto3.client("secretsmanager", **connections.aws)


@pytest.fixture
def kept(store: ObjectStore, secrets: Any) -> SuppressionStore:
    """The list of the test's bucket; nobody is on it."""
    return SuppressionStore(store, lambda: secrets)


def no_client() -> Any:
    """A client that nobody may ask for."""
    pytest.fail("the key is asked for")


def test_nobody_needs_no_key(store: ObjectStore) -> None:
    """Without a list there is one request, and none for the key; adding no names leaves it so."""
    without_key = SuppressionStore(store, no_client)
    asked: list[str] = []
    store._s3.meta.events.register("before-send.s3", lambda request, **_: asked.append(request.method))
    assert without_key.read() == NOBODY
    assert asked == ["GET"]
    assert without_key.add([]) == NOBODY
    assert not store.exists(LIST_KEY)


@pytest.mark.parametrize("has_secret", [False, True], ids=["no secret", "an empty secret"])
def test_the_first_name_makes_the_key(
    kept: SuppressionStore, store: ObjectStore, secrets: Any, has_secret: bool
) -> None:
    """The list is read again as it was written; the key is in no object; a repeat changes nothing."""
    name = secret_name(store.bucket)
    if has_secret:
        secrets.create_secret(Name=name)
    added = kept.add(ANN)
    assert kept.read() == added
    assert added.covers("7423456789012345149")
    key = secrets.get_secret_value(SecretId=name)["SecretString"]
    stored = store.get(LIST_KEY)
    assert added.key.hex() == key
    assert key.encode() not in stored.body
    assert kept.add(ANN) == added
    assert store.get(LIST_KEY).etag == stored.etag
    more = kept.add([(Kind.ID, "5")])
    assert (len(more.digests), more.key) == (4, added.key)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == key


def test_names_that_are_added_at_once_are_all_kept(store: ObjectStore, secrets: Any, kept: SuppressionStore) -> None:
    """Eight threads each add a name to a list that is not there yet, with a key that is not there yet."""
    names = [(Kind.ID, str(number)) for number in range(1, 9)]
    with ThreadPoolExecutor(len(names)) as pool:
        made = list(pool.map(lambda name: SuppressionStore(store, lambda: secrets).add([name]), names))
    found = kept.read()
    assert {item.key for item in made} == {found.key}
    assert all(found.has(*name) for name in names)
    assert len(found.digests) == len(names)


def test_a_key_that_was_made_before_a_kill_is_used(store: ObjectStore, secrets: Any, kept: SuppressionStore) -> None:
    """Killed between key and list: the next `add` uses that key."""
    secrets.create_secret(Name=secret_name(store.bucket), SecretString="ab" * 32)
    assert kept.add(ANN) == SuppressionList(b"\xab" * 32).with_names(ANN) == kept.read()


def _deleted(secrets: Any, name: str) -> None:
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def _waits_for_its_deletion(secrets: Any, name: str) -> None:
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)


def _no_key(secrets: Any, name: str) -> None:
    secrets.put_secret_value(SecretId=name, SecretString="password")


def _another(secrets: Any, name: str) -> None:
    secrets.put_secret_value(SecretId=name, SecretString="ab" * 32)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_deleted, told("The key of the suppression list <object> is missing")),
        (_waits_for_its_deletion, told("The key of the suppression list cannot be read")),
        (_no_key, told("The secret <name> has no key")),
        (_another, told("<object> was made with another key")),
    ],
)
def test_a_key_that_is_not_the_lists_stops_everything(
    kept: SuppressionStore, store: ObjectStore, secrets: Any, spoil: Callable[[Any, str], None], said: Told
) -> None:
    """Reading and adding alike: no second key is made for a list that exists, and no secret is in the message."""
    kept.add(ANN)
    before = store.get(LIST_KEY).body
    spoil(secrets, secret_name(store.bucket))
    for act in (kept.read, lambda: kept.add([(Kind.ID, "5")])):
        with said as error:
            act()
        assert "password" not in str(error.value)
        assert "abab" not in str(error.value)
    assert store.get(LIST_KEY).body == before


def test_a_list_that_may_not_be_read_stops_everything(kept: SuppressionStore, store: ObjectStore) -> None:
    """It is not taken for an empty one, and neither is a damaged one."""
    kept.add(ANN)
    deny(store, LIST_KEY)
    with told("Without the suppression list"):
        kept.read()
    deny(store)
    store.put(LIST_KEY, json.dumps({"version": 1}).encode(), "application/json")
    with told("<object> is not a readable suppression list"):
        kept.read()
