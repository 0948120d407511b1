"""The spells that publications keep, and the states that people read, against the oracle of the insights."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.tables.daily_totals import DAILY_TOTALS
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS, FOLLOWER_SNAPSHOTS, STAGED_OBJECTS, STAGED_TIKTOK_DATA
from tiktok_insights.warehouse.presence import all_spells
from tiktok_insights.warehouse.publish_sql import publish_steps
from tiktok_insights_tests.support.campaigns import examples
from tiktok_insights_tests.support.engine import NOON, Engine
from tiktok_insights_tests.support.expected_spells import SpellRow, moment, spell_rows
from tiktok_insights_tests.support.expiring import expire
from tiktok_insights_tests.support.oracle.presence import statuses
from tiktok_insights_tests.support.oracle.records import Row, Snapshot
from tiktok_insights_tests.support.random_presence import LOOKS, MINUTE, random_snapshots

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
DAILY = [mart for mart in all_marts() if mart.name in ("account_days", "followers_joined_daily")]
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


def days_of(spells: Sequence[SpellRow]) -> Counter[tuple[str, datetime, str]]:
    """What the spells add to the numbers of each account and day."""
    found: Counter[tuple[str, datetime, str]] = Counter()
    for account, _, spell, first_seen, *rest in spells:
        missed, missed_again, out_of_reach = rest[-3:]
        if spell == 1 and first_seen:
            found[account, day(first_seen), "FIRST_SEEN"] += 1
        if missed:
            found[account, day(missed), "GONE" if missed_again else "MISSED_ONCE"] += 1
        elif out_of_reach:
            found[account, day(out_of_reach), "OUT_OF_VIEW"] += 1
    return found


def day(time: datetime) -> datetime:
    """The day's first second."""
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def shown_days(engine: Engine) -> dict[tuple[str, datetime, str], int]:
    """The numbers of each account and day that the marts show, without those that are 0."""
    found: dict[tuple[str, datetime, str], int] = {}
    for mart in DAILY:
        totals = [column.name for column in mart.columns if column.name in DAILY_TOTALS.names]
        rows = engine.session.query(f"SELECT {', '.join(totals)} FROM ({mart.select('main')}) AS mart")
        places = [totals.index(name) for name in ("ACCOUNT_ID", "DAY")]
        found |= {
            (*(row[place] for place in places), name): int(number)
            for row in rows
            for name, number in zip(totals, row, strict=True)
            if name not in ("ACCOUNT_ID", "DAY") and number
        }
    return found


def status_rows(snapshots: list[Snapshot], spells: Sequence[SpellRow]) -> list[tuple[Any, ...]]:
    """What the mart must say of one account by its snapshots and spells; no one has a name here."""
    first_seen = {tiktok_id: first_seen for _, tiktok_id, spell, first_seen, *_ in spells if spell == 1}
    return [
        (
            snapshots[0].account_id, tiktok_id, None, found.state, first_seen[tiktok_id], moment(found.last_seen_at),
            moment(found.first_missed_at), moment(found.out_of_reach_at), moment(found.followed_after),
            moment(found.followed_before),
        )
        for tiktok_id, found in statuses(snapshots).items()
    ]  # fmt: skip  # as above


@dataclass
class World:
    """Accounts whose snapshots come and expire, and what the tables must have of them."""

    engine: Engine
    come: dict[str, list[Snapshot]]
    cut: int | None = None
    #: What the days keep of what has expired.
    kept: Counter[tuple[str, datetime, str]] = field(default_factory=Counter)

    def publish(self, snapshots: list[Snapshot]) -> None:
        """Publish a batch; what is before the cut is not loaded."""
        loaded = [look for look in snapshots if self.cut is None or look.started_at >= self.cut]
        for look in loaded:
            self.come[look.account_id].append(look)
        publish(self.engine, loaded)

    def expire(self, cut: int) -> None:
        """Let the snapshots before the cut expire: the days keep their numbers."""
        days = shown_days(self.engine)
        self.kept.update(days_of(self.spells()))
        self.cut = max(cut, self.cut or 0)
        moved = moment(self.cut)
        assert moved is not None
        expire(self.engine.session, moved.replace(tzinfo=UTC), NOON)
        self.kept.subtract(days_of(self.spells()))
        assert shown_days(self.engine) == days == self.days()

    def days(self) -> dict[tuple[str, datetime, str], int]:
        """What the marts of days must show."""
        shown = Counter(self.kept)
        shown.update(days_of(self.spells()))
        return {place: number for place, number in shown.items() if number}

    def spells(self) -> list[SpellRow]:
        """The spells of all accounts."""
        return sorted((row for looks in self.come.values() for row in spell_rows(known(looks), self.cut)), key=repr)

    def states(self) -> list[tuple[Any, ...]]:
        """The states of all users in the retained history."""
        return [
            row
            for looks in self.come.values()
            if (retained := [look for look in looks if self.cut is None or look.started_at >= self.cut])
            for row in status_rows(retained, spell_rows(known(looks), self.cut))
        ]


def known(looks: list[Snapshot]) -> list[Snapshot]:
    """The snapshots with a time: an empty file of another producer has none."""
    return [look for look in looks if look.covered_to is not None or look.rows]


@pytest.mark.campaign
def test_spells_and_states_of_random_accounts_are_the_oracles(engine: Engine) -> None:
    """The snapshots of 300 accounts come one by one or several at once, in their order or not, and expire in a third.

    A torture takes more.
    """
    spells_seen: set[int] = set()
    states_seen: set[str] = set()
    kinds_kept: set[str] = set()
    for seed in range(examples(0.15)):
        chance = Random(seed)  # noqa: S311  # a world, not a secret
        engine.clear()
        waiting = {str(account): random_snapshots(chance, str(account)) for account in range(ACCOUNTS)}
        for account, snapshots in waiting.items():
            if int(account) % 4:  # of every fourth account, snapshots come in any order
                snapshots.sort(key=lambda look: (look.started_at, look.snapshot_id))
        world = World(engine, {account: [] for account in waiting})
        while any(waiting.values()):
            world.publish(
                [
                    snapshots.pop(0)
                    for snapshots in waiting.values()
                    for _ in range(min(len(snapshots), chance.randint(0, 3)))
                ]
            )
            if seed % 3 == 1 and chance.random() < 0.4:
                # Mostly early, where windows begin and end.
                world.expire(min(chance.choices(LOOKS, k=3)) * MINUTE)
        expected = world.spells()
        assert plain(engine, "SELECT * FROM PRESENCE_SPELLS") == expected, seed
        assert plain(engine, all_spells(engine.session.namespace)) == expected, seed
        assert plain(engine, STATUS.select("main")) == sorted(world.states(), key=repr), seed
        assert shown_days(engine) == world.days(), seed
        spells_seen |= {row[2] for row in expected}
        states_seen |= {row[3] for row in world.states()}
        kinds_kept |= {name for (_, _, name), number in world.kept.items() if number}
    assert {1, 2, 3} <= spells_seen
    assert states_seen == {"listed", "missed_once", "gone", "returned", "unknown"}
    assert kinds_kept == {"FIRST_SEEN", "GONE", "MISSED_ONCE", "OUT_OF_VIEW"}


@pytest.mark.parametrize("moved", [(), (5,), (1, 5)])
def test_who_followed_after_every_expired_snapshot_was_first_seen_when_we_say(
    engine: Engine, moved: tuple[int, ...]
) -> None:
    """Who followed before the end of one, or in its own second, may be in it; wherever in between the cut is."""
    hour, last = 60 * MINUTE, 100 * MINUTE
    windows = {"after": (last + 1, last + hour), "in": (last, last + hour), "before": (last - hour, last)}
    rows = [Row(name, after, before) for name, (after, before) in windows.items()]
    looks = [
        Snapshot(f"7/{at}", at, "whole", is_whole=True, covered_to=at, rows=tuple(shown), account_id="7")
        for at, shown in ((last, []), (last + 6 * hour, rows[:2]), (last + 7 * hour, rows))
    ]
    engine.clear()
    world = World(engine, {"7": []})
    world.publish(looks)
    for hours in moved:
        world.expire(last + hours * hour)
    spells = plain(engine, "SELECT * FROM PRESENCE_SPELLS")
    first_seen = {tiktok_id: time for _, tiktok_id, _, time, *_ in spells}
    first, second = (moment(last + hours * hour) for hours in (6, 7))
    unknown = {"in": None, "before": None} if moved else {"in": first, "before": second}
    assert first_seen == {"after": first, **unknown}
    assert spells == world.spells()
    assert plain(engine, all_spells(engine.session.namespace)) == spells
