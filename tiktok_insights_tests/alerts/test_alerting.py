"""Each alert is sent once: over ticks, machines, failing destinations and a bucket that is away."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tiktok_insights.alerts.alerting import Alerting
from tiktok_insights.alerts.destinations import Destination, Slack, Webhook
from tiktok_insights.alerts.memory import STATE_KEY, AlertMemory
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights_tests.alerts.observed import NOW, at, failed, well
from tiktok_insights_tests.support.scripted import Reply, Script, scripted

pytestmark = pytest.mark.deploy

_LOG = logging.getLogger(__name__)
Machine = Callable[..., Alerting]


@pytest.fixture
def hook() -> Iterator[Script]:
    """A server that takes everything."""
    with scripted(Reply()) as server:
        yield server


@pytest.fixture
def machine(store: ObjectStore, tmp_path: Path) -> Machine:
    """Makes machines with a folder of their own that share the bucket."""

    def make(*to: Destination, name: str = "a", opened: Callable[[], ObjectStore] = lambda: store) -> Alerting:
        return Alerting(AlertMemory(opened, tmp_path / name, _LOG), to, "a-bucket", _LOG)

    return make


def no_bucket() -> ObjectStore:
    """Open a bucket that is away."""
    raise ObjectUnavailableError("s3://a-bucket is away.")


def ids_of(server: Script) -> list[str]:
    """The IDs of the alerts that a webhook got."""
    return [json.loads(asked.body)["id"] for asked in server.asked]


def test_two_ticks_and_two_machines_send_an_alert_once(machine: Machine, hook: Script) -> None:
    """And again after it was well."""
    for name in ("a", "b"):
        for minute in (1, 2):
            machine(Webhook(hook.address), name=name).tell([failed(1)], at(minute))
    assert ids_of(hook) == [failed(1).fingerprint]
    machine(Webhook(hook.address)).tell([well(3)], at(3))
    for name in ("a", "b"):
        machine(Webhook(hook.address), name=name).tell([failed(1), failed(4)], at(4))
    assert ids_of(hook) == [failed(1).fingerprint] * 2


def test_machines_at_the_same_moment_send_an_alert_once(machine: Machine, hook: Script) -> None:
    """Six of them, none of which waits for another."""
    start = threading.Barrier(6)

    def tick(name: str) -> None:
        alerting = machine(Webhook(hook.address), name=name)
        start.wait()
        alerting.tell([failed(1), failed(1, "verify")], at(1))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(tick, "abcdef"))
    assert sorted(ids_of(hook)) == sorted({failed(1).fingerprint, failed(1, "verify").fingerprint})


def test_a_destination_that_fails_is_asked_again_and_the_others_are_not(machine: Machine, hook: Script) -> None:
    """After a minute, or as long as it asks to wait; until it takes the alert."""
    replies = (Reply(500), Reply(429, headers={"Retry-After": "300"}), Reply(200))
    with scripted(*replies) as broken:
        to = (Slack(broken.address), Webhook(hook.address))
        courses = [(0, 1), (0.5, 1), (1.1, 2), (4, 2), (6.2, 3), (60, 3)]
        for minute, asked in courses:
            machine(*to).tell([failed(0)], at(minute))
            assert (len(broken.asked), len(hook.asked)) == (asked, 1), minute


def test_a_destination_that_is_dead_costs_one_request_a_tick_and_is_given_up(
    machine: Machine, hook: Script, caplog: pytest.LogCaptureFixture
) -> None:
    """However many alerts wait for it; after a day they are dropped, and that is logged."""
    with scripted(Reply(503)) as dead:
        to = (Slack(dead.address), Webhook(hook.address))
        problems = [failed(0, f"job_{number}") for number in range(5)]
        deliveries = machine(*to).tell(problems, at(0))
        assert (len(dead.asked), len(hook.asked)) == (1, 5)
        assert [bool(delivery.problem) for delivery in deliveries] == [True, False] * 5
        machine(*to).tell([], NOW + timedelta(hours=25))
        assert len(dead.asked) == 1
    assert caplog.text.count("No one took the alert") == 5
    assert dead.address not in caplog.text


def test_a_machine_that_was_killed_before_it_sent_loses_nothing(
    machine: Machine, hook: Script, store: ObjectStore
) -> None:
    """Another one sends what was claimed, when the lease is over."""

    class Killed(Webhook):
        """Ends its process before it sends."""

        def send(self, *_: object) -> None:
            """Die."""
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        machine(Killed(hook.address)).tell([failed(1)], at(1))
    assert store.exists(STATE_KEY)
    other = machine(Webhook(hook.address), name="b")
    assert other.tell([failed(1)], at(2)) == []
    other.tell([failed(1)], at(7))
    assert ids_of(hook) == [failed(1).fingerprint]


def test_without_the_bucket_an_alert_is_sent_once(
    machine: Machine, hook: Script, store: ObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    """By this machine's file; when the bucket is back it learns of that, and what was told before is known."""
    to = Webhook(hook.address)
    machine(to).tell([failed(0, "verify")], at(0))
    away = machine(to, opened=no_bucket)
    for minute in (1, 2):
        away.tell([failed(1), failed(1, "verify")], at(minute))
    assert ids_of(hook) == [failed(0, "verify").fingerprint, failed(1).fingerprint]
    assert "The bucket does not keep alerts (ObjectUnavailableError)" in caplog.text
    for name in ("a", "b"):
        machine(to, name=name).tell([failed(1)], at(3))
    assert len(hook.asked) == 2
    assert failed(1).fingerprint in store.get(STATE_KEY).body.decode()


def test_a_state_that_someone_damaged_is_made_again(
    machine: Machine, hook: Script, store: ObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    """With a warning; the alert is sent, once."""
    store.put(STATE_KEY, b"{", "application/json")
    for minute in (1, 2):
        machine(Webhook(hook.address)).tell([failed(1)], at(minute))
    assert len(hook.asked) == 1
    assert "cannot be read, and is made again" in caplog.text


def test_a_tick_without_news_writes_nothing(machine: Machine, hook: Script, store: ObjectStore) -> None:
    """It reads one object."""
    machine(Webhook(hook.address)).tell([failed(1)], at(1))
    before = store.info(STATE_KEY)
    machine(Webhook(hook.address)).tell([failed(1), well(0, "verify")], at(2))
    assert store.info(STATE_KEY) == before


def test_an_address_that_is_no_longer_configured_gets_nothing(machine: Machine, hook: Script) -> None:
    """What waited for it is dropped."""
    with scripted(Reply(500)) as gone:
        machine(Slack(gone.address), Webhook(hook.address)).tell([failed(1)], at(1))
        machine(Webhook(hook.address)).tell([], at(10))
        machine(Slack(gone.address), Webhook(hook.address)).tell([], at(20))
        assert (len(gone.asked), len(hook.asked)) == (1, 1)
