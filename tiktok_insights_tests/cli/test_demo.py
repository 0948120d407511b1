"""`tiktok-insights demo` as a person types it: interrupted, continued, and compared with the truth at every look."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tiktok_insights.demo.api_control import ApiControl
from tiktok_insights.demo.story import CAFE, CAP, STORY, looks
from tiktok_insights.local import stack
from tiktok_insights.local.fake_api.accounts import Account
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.stories.truth import truth
from tiktok_insights.tiktok.pagination import KNOWN_CAPS
from tiktok_insights_tests.support.cli_user import BIN, CliUser, cli_user_in
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.waiting import wait_until

pytestmark = [pytest.mark.worlds, pytest.mark.full]

GUIDE = ROOT / "docs" / "how_to" / "demo.md"

#: What a user may have in the shell; none of it may reach the demo.
FOREIGN = {
    "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
    "SNOWFLAKE_DATABASE": "PRODUCTION",
    "TIKTOK_API_URL": "http://x.example",
}


@pytest.fixture
def user(tmp_path: Path) -> Iterator[CliUser]:
    """A user with an empty folder, whose demo is stopped in the end."""
    with cli_user_in(tmp_path, BIN / "tiktok-insights") as found:
        yield found
        stack.stop(tmp_path / ".local" / "demo")


def kill_halfway(user: CliUser) -> None:
    """Begin the demo, and kill it in the middle of its days."""
    demo = user.home / ".local" / "demo"
    with subprocess.Popen(
        ["tiktok-insights", "demo"],  # noqa: S607  # as it is typed
        cwd=user.home,
        env={**user.environment, **FOREIGN},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_until((demo / "stack" / "endpoints.json").exists, seconds=120)
        control = ApiControl(stack.ensure_running(demo).tiktok_api)
        wait_until(lambda: control.clock > looks()[20], seconds=240)
        os.kill(process.pid, signal.SIGKILL)


def test_a_demo_that_was_killed_continues_where_it_was(user: CliUser) -> None:
    """And ends as an undisturbed one does."""
    kill_halfway(user)
    assert_is_true_and_made_once(user)


def test_a_demo_ends_as_the_truth_says_and_is_made_once(user: CliUser) -> None:
    """Every look of every account lists whom the world lists then; another call shows it again, without a request."""
    assert_is_true_and_made_once(user)


def assert_is_true_and_made_once(user: CliUser) -> None:
    """Make the demo, compare it with the world, and call it again."""
    answer = user.command("demo")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert not (user.home / ".local" / "stack").exists()
    demo = CliUser(user.home / ".local" / "demo", {**user.environment, **FOREIGN, "PWD": str(user.home)})
    assert not stack.status(demo.home).running

    assert_snapshots_are_true(demo)
    assert_states_are_true(demo)
    (loads,) = demo.rows("SELECT COUNT(DISTINCT LOADED_AT) AS N FROM LOAD_HISTORY")
    assert loads == {"N": 1}

    stack.stop(demo.home)
    began = time.monotonic()
    again = user.command("demo")
    assert again.returncode == 0
    assert again.stdout in answer.stdout
    assert CAFE in again.stdout
    assert not stack.status(demo.home).running
    assert time.monotonic() - began < 30


def assert_snapshots_are_true(demo: CliUser) -> None:
    """Every look of every account is there once, with its outcome and with those whom the world lists then."""
    world = World(story=STORY)
    rows = demo.rows(
        "SELECT S.HANDLE, S.SNAPSHOT_ID, S.OUTCOME, LISTAGG(F.TIKTOK_ID, ',') AS IDS FROM ACCOUNT_SNAPSHOTS S "
        "LEFT JOIN FOLLOWER_SNAPSHOTS F ON F.OBJECT_KEY = S.OBJECT_KEY GROUP BY 1, 2, 3"
    )
    found = {(row["HANDLE"], str(row["SNAPSHOT_ID"])[:15]): row for row in rows}
    for told in STORY.accounts:
        account = world.account(told.handle)
        for at in looks():
            row = found.pop((told.handle, f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%S}"))
            seen = set(str(row["IDS"]).split(",")) if row["IDS"] else set()
            assert row["OUTCOME"] == outcome(world, account, at), (told.handle, at)
            if row["OUTCOME"] in ("whole", "cut"):
                assert_listed(world, account, at, seen)
    assert found == {}
    assert {row["OUTCOME"] for row in rows} == {"whole", "cut", "hidden", "partial"}


def assert_states_are_true(demo: CliUser) -> None:
    """Who is called gone is gone, and who is called listed is listed; each state occurs, as the guide shows."""
    world, at = World(story=STORY), looks()[-1]
    true = {
        (told.handle, fact.tiktok_id): fact
        for told in STORY.accounts
        for fact in truth(world, world.account(told.handle), at)
    }
    rows = demo.rows(
        "SELECT A.HANDLE, S.TIKTOK_ID, S.STATE FROM Main.follower_status S "
        "JOIN (SELECT DISTINCT ACCOUNT_ID, HANDLE FROM ACCOUNT_SNAPSHOTS) A ON A.ACCOUNT_ID = S.ACCOUNT_ID"
    )
    states = {(str(row["HANDLE"]), str(row["TIKTOK_ID"])): str(row["STATE"]) for row in rows}
    left_early = [
        user for user, fact in true.items() if fact.why == "unfollowed" and (fact.left_at or at) < looks()[-2]
    ]
    found = [states.get(user) == "gone" for user in left_early]
    assert all(true[user].why for user, state in states.items() if state == "gone")
    assert all(true[user].why is None for user, state in states.items() if state in ("listed", "returned"))
    assert sum(found) >= 0.95 * len(found) > 50
    assert set(states.values()) == {"listed", "returned", "missed_once", "gone", "unknown"}
    shown = [line.split() for line in GUIDE.read_text(encoding="utf-8").splitlines()]
    counts = Counter((handle, state) for (handle, _), state in states.items())
    assert all([handle, state, str(users)] in shown for (handle, state), users in counts.items())


def outcome(world: World, account: Account, at: int) -> str:
    """How a look must end."""
    if trouble := world.fault(account, at):
        return {"hidden": "hidden", "ends-early": "partial"}[trouble.kind]
    listed, claimed = len(list(world.listed(account, at))), world.total(account, at)
    # A list that ends below a length at which some APIs cut may have been cut.
    caps = [cap for cap in (*KNOWN_CAPS, CAP) if listed <= cap < claimed]
    return "cut" if caps else "whole"


def assert_listed(world: World, account: Account, at: int, seen: set[str]) -> None:
    """Those who were seen are those whom the world lists.

    Where follows are not dense, pages do not overlap: of two who followed in one second, the one behind the end of a
    page is skipped. The other one may be dead, and in no list.
    """
    facts = list(truth(world, account, at))
    at_once = Counter(fact.follows[-1][0] for fact in facts)
    since = {fact.tiktok_id: fact.follows[-1][0] for fact in facts if fact.is_listed}
    assert seen <= since.keys(), (account.handle, at)
    assert all(at_once[since[user]] > 1 for user in since.keys() - seen), (account.handle, at)
    assert len(since) - len(seen) <= 1
