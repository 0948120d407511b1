"""`tiktok-insights probe`: what is printed, the exit code, and the key that is never seen."""

import json

import pytest
from click.testing import CliRunner, Result

from tiktok_insights.cli import main
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import CANARY, requests_served


def probe(*words: str) -> Result:
    """Run `tiktok-insights probe` with words."""
    return CliRunner().invoke(main, ["probe", *words])


def test_the_table_is_for_people(store: ObjectStore, connections: Connections) -> None:
    """Dialect, totals, rows, cursor, fields, quota, latency, cost, and where the answers are."""
    before = requests_served(Api(connections.api_url))
    answer = probe("@fake.1000.app.data")
    assert answer.exit_code == 0, answer.output
    said = answer.stdout
    for words in (
        "fake.1000.app.data, ID ",
        "app\n",
        "total followers: 1,000 (same in the profile); more pages follow",
        "of 30 requested",
        "wrapped in data",
        "missing fields: followers.friend_count",
        "requests left, resets at ",
        "these users followed between ",
        f"stored as s3://{store.bucket}/probe/",
        "requests made  2\n",
    ):
        assert words in said, said
    assert requests_served(Api(connections.api_url)) == before + 2


def test_json_is_one_object(store: ObjectStore) -> None:
    """With every fact under its name."""
    answer = probe("fake.1000.rounded", "--format", "json")
    found = json.loads(answer.stdout)
    assert (found["page"]["dialect"], found["page"]["total"], found["requests"]) == ("web", 1000, 2)
    assert found["responses"]["page-000001"]["missing_fields"] == ["userList.statsV2"]
    assert found["account"]["counts_exact"] is False
    assert {info.key.split("/")[0] for info in store.list("")} == {"probe"}


@pytest.mark.parametrize("output", ["table", "json"])
def test_an_unknown_user_is_said_in_words(store: ObjectStore, output: str) -> None:
    """Exit code 1, the remedy on standard error, what was spent on standard output."""
    answer = probe("nobody.here", "--format", output)
    assert answer.exit_code == 1
    assert "no such user. Check the spelling, or whether the handle has changed." in answer.stderr
    assert "requests made  1" in answer.stdout or json.loads(answer.stdout)["requests"] == 1
    assert "Traceback" not in answer.output


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("invalid-key", "Check RAPIDAPI_KEY"),
        ("not-subscribed-key", "Subscribe to the API on RapidAPI"),
        ("endpoint-disabled-key", "your plan includes this endpoint"),
        ("a key with blanks", "Copy the key again"),
        ("", "Set RAPIDAPI_KEY"),
    ],
)
def test_a_refused_key_is_an_error_with_its_remedy(
    store: ObjectStore, connections: Connections, monkeypatch: pytest.MonkeyPatch, key: str, remedy: str
) -> None:
    """One request at most, exit code 1, nothing stored; the key itself is not said."""
    monkeypatch.setenv("TIKTOK_API_URL", connections.api_url)
    monkeypatch.setenv("RAPIDAPI_KEY", key)
    before = requests_served(Api(connections.api_url))
    answer = probe("fake.31")
    assert answer.exit_code == 1
    assert remedy in answer.output
    assert not key or key not in answer.output
    assert requests_served(Api(connections.api_url)) == before
    assert list(store.list("")) == []


def test_the_key_is_never_seen(store: ObjectStore, connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in what is printed, not in the bucket, when all is well and when it is not."""
    monkeypatch.setenv("TIKTOK_API_URL", connections.api_url)
    monkeypatch.setenv("RAPIDAPI_KEY", CANARY)
    said = "".join(probe(*words).output for words in (["fake.31"], ["fake.31", "--format", "json"], ["nobody.here"]))
    assert "fake.31" in said
    assert CANARY not in said
    objects = list(store.list(""))
    assert len(objects) == 5
    for info in objects:
        stored = store.get(info.key)
        assert CANARY not in info.key + repr(stored.metadata)
        assert CANARY.encode() not in stored.body
