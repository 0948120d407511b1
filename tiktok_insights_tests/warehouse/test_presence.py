"""The spells that publications keep, and the states that people read, against the oracle of the insights."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS, FOLLOWER_SNAPSHOTS, STAGED_OBJECTS, STAGED_TIKTOK_DATA
from tiktok_insights.warehouse.presence import all_spells
from tiktok_insights.warehouse.publish_sql import publish_steps
from tiktok_insights_tests.support.campaigns import examples
from tiktok_insights_tests.support.engine import NOON, Engine
from tiktok_insights_tests.support.expected_spells import SpellRow, moment, spell_rows
from tiktok_insights_tests.support.oracle.presence import statuses
from tiktok_insights_tests.support.oracle.records import Snapshot
from tiktok_insights_tests.support.random_presence import random_snapshots

pytestmark = pytest.mark.orders

#: The accounts of a world do not touch one another, so that one statement serves many of them.
ACCOUNTS = 20
BATCH = "batch"
STEPS = (
    "drop_outdated_spells",
    "fold_spells",
    "drop_touched_spells",
    "insert_touched_spells",
    "forget_touched_spells",
)
(STATUS,) = [mart for mart in all_marts() if mart.name == "follower_status"]
#: What the tables need, and no spell depends on.
_UNUSED: dict[str, Any] = {
    "SNAPSHOT_ID": "", "FIRST_MODIFIED": NOON, "LAST_MODIFIED": NOON, "ETAG": "", "STATUS": "loaded", "BATCH_ID": BATCH,
    "CONTENT_SHA256": "",
}  # fmt: skip  # as many lines as it needs


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One engine for all worlds."""
    engine = Engine()
    yield engine
    engine.close()


def insert(engine: Engine, table: Any, **values: Any) -> None:
    """One row; the columns that are not named are those that no spell depends on, 0 or NULL."""
    row = {
        column.name: values.get(column.name, _UNUSED.get(column.name, 0 if "NUMBER" in column.type else None))
        for column in table.columns
    }
    places = ", ".join("?" * len(row))
    engine.session.execute(
        f"INSERT INTO {engine.session.namespace.name_of(table)} VALUES ({places})", list(row.values())
    )


def publish(engine: Engine, snapshots: list[Snapshot]) -> None:
    """Put the snapshots into the tables as a batch does, and take the publication's steps over spells."""
    for look in snapshots:
        is_ours = look.covered_to is not None
        insert(engine, STAGED_OBJECTS, OBJECT_KEY=look.snapshot_id, ACCOUNT_ID=look.account_id)
        insert(
            engine, ACCOUNT_SNAPSHOTS, OBJECT_KEY=look.snapshot_id, ACCOUNT_ID=look.account_id,
            OUTCOME=look.outcome or None, COVERED_FROM=moment(look.covered_from), COVERED_TO=moment(look.covered_to),
            HOLES=json.dumps([[str(moment(hole.after)), str(moment(hole.before - 10**6))] for hole in look.holes])
            if is_ours else None,
            IS_WHOLE=look.is_whole if is_ours else None,
            LOOKED_AT=moment(look.started_at) if is_ours or look.rows else None,
        )  # fmt: skip  # in the order of the columns
        for row in look.rows:
            for table in (STAGED_TIKTOK_DATA, FOLLOWER_SNAPSHOTS):
                insert(
                    engine, table, OBJECT_KEY=look.snapshot_id, ACCOUNT_ID=look.account_id, TIKTOK_ID=row.tiktok_id,
                    FOLLOWED_AFTER=moment(row.followed_after), FOLLOWED_BEFORE=moment(row.followed_before),
                )  # fmt: skip  # as above
    steps = publish_steps(engine.session.namespace, NOON)
    for step in STEPS:
        engine.session.execute(steps[step], (BATCH,) * steps[step].count("?"))
    for table in (STAGED_OBJECTS, STAGED_TIKTOK_DATA):
        engine.session.execute(f"DELETE FROM {engine.session.namespace.name_of(table)}")


def plain(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    """Rows in one order, whole numbers as integers."""
    rows = (
        tuple(int(value) if type(value).__name__ == "Decimal" else value for value in row)
        for row in engine.session.query(sql)
    )
    return sorted(rows, key=repr)


def status_rows(snapshots: list[Snapshot]) -> list[tuple[Any, ...]]:
    """What the mart must say of one account; no one has a name here."""
    return [
        (
            snapshots[0].account_id, tiktok_id, None, found.state, moment(found.first_seen_at),
            moment(found.last_seen_at), moment(found.first_missed_at), moment(found.out_of_reach_at),
            moment(found.followed_after), moment(found.followed_before),
        )
        for tiktok_id, found in statuses(snapshots).items()
    ]  # fmt: skip  # as above


@pytest.mark.campaign
def test_spells_and_states_of_random_accounts_are_the_oracles(engine: Engine) -> None:
    """The snapshots of 300 accounts come one by one or several at once, in their order or not; a torture takes more."""
    spells_seen: set[int] = set()
    states_seen: set[str] = set()
    for seed in range(examples(0.15)):
        chance = Random(seed)  # noqa: S311  # a world, not a secret
        engine.clear()
        waiting = {str(account): random_snapshots(chance, str(account)) for account in range(ACCOUNTS)}
        for account, snapshots in waiting.items():
            if int(account) % 4:  # of every fourth account, snapshots come in any order
                snapshots.sort(key=lambda look: (look.started_at, look.snapshot_id))
        come: dict[str, list[Snapshot]] = {account: [] for account in waiting}
        while any(waiting.values()):
            batch = [
                snapshots.pop(0)
                for snapshots in waiting.values()
                for _ in range(min(len(snapshots), chance.randint(0, 3)))
            ]
            for look in batch:
                come[look.account_id].append(look)
            publish(engine, batch)
        expected: list[SpellRow] = sorted((row for looks in come.values() for row in spell_rows(looks)), key=repr)
        assert plain(engine, "SELECT * FROM PRESENCE_SPELLS") == expected, seed
        assert plain(engine, all_spells(engine.session.namespace)) == expected, seed
        states = sorted((row for looks in come.values() for row in status_rows(looks)), key=repr)
        assert plain(engine, STATUS.select("main")) == states, seed
        spells_seen |= {row[2] for row in expected}
        states_seen |= {row[3] for row in states}
    assert {1, 2, 3} <= spells_seen
    assert states_seen == {"listed", "missed_once", "gone", "returned", "unknown"}
