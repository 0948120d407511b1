"""Every fact of the dashboard, recomputed from the rows of the history, over lists of all kinds.

Longer worlds: `test_reading_more_facts.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from math import isclose
from typing import Any

import pytest

from tiktok_insights.clients.snowflake_session import NamedRow
from tiktok_insights.dashboard.facts.account import Account, Facts
from tiktok_insights.dashboard.reading.facts import read_facts
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.tables.account_looks import ACCOUNT_LOOKS
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS
from tiktok_insights_tests.dashboard.expected.facts import expected_facts
from tiktok_insights_tests.dashboard.expected.history import moment, read_history
from tiktok_insights_tests.dashboard.support_marts import compare_marts
from tiktok_insights_tests.insights.test_followers_over_time import BURSTS
from tiktok_insights_tests.insights.test_who_follows import crowd, look
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.mart_worlds import load
from tiktok_insights_tests.support.oracle.random_looks import START, random_looks
from tiktok_insights_tests.support.oracle.records import Row, Snapshot
from tiktok_insights_tests.support.oracle.times import DAY, HOUR, WEEK
from tiktok_insights_tests.support.oracle.worlds import cut, foreign, hidden, shown, whole, window

pytestmark = pytest.mark.worlds


def small_worlds() -> list[Snapshot]:
    """Accounts whose lists are of all kinds, of one kind, and what chance does not give."""
    alone = random_looks(2, "7", ("whole",), users=40, count=3)
    return [
        *random_looks(1, "42"),
        *random_looks(3, "43", ("whole", "whole", "hidden", "window"), users=40, count=8, bursts=BURSTS[:1]),
        *random_looks(5, "46", ("foreign", "hidden"), users=20, count=3),
        # The same users in another account's lists, of which the newest lacks some.
        *alone,
        *(replace(one, account_id="70", rows=one.rows[15:]) for one in alone[1:]),
        # A map of everyone, and one with too many impossible accounts; lists that are too little for shares.
        look("11", crowd(120)),
        look("12", crowd(120, impossible=1)),
        look("13", crowd(50), is_whole=False),
        # Lists before a window and before looks at a list that is hidden; a window alone, and only a hidden list.
        look("20", crowd(40)),
        replace(window(START + HOUR, *crowd(20), back_to=START - 9 * HOUR), account_id="20"),
        look("21", crowd(40)),
        *(replace(hidden(START + number * DAY), account_id="21") for number in (1, 2)),
        replace(window(START, *crowd(40), back_to=START - WEEK), account_id="26"),
        replace(hidden(START), account_id="27"),
        *odd_worlds(),
    ]


def odd_worlds() -> list[Snapshot]:
    """What chance seldom gives: who is away when a period begins, equally near snapshots, weeks long ago."""

    def rows(names: str, since: int) -> tuple[Row, ...]:
        return shown(*names, after=since - HOUR, before=since)

    a, e, old = rows("1", START - DAY), rows("5", START - DAY), rows("23", START - DAY)
    back, later, again = rows("3", START + 2 * DAY), rows("2", START + 5 * DAY), rows("5", START + 8 * DAY)
    returns = [
        # 2 and 3 are gone; 3 is back when the period begins, 2 after that, and 5 leaves and is back.
        whole(START, *a, *e, *old),
        whole(START + HOUR, *a, *e),
        whole(START + DAY, *a, *e),
        whole(START + 2 * DAY, *a, *e, *back),
        whole(START + 5 * DAY, *a, *back, *later),
        whole(START + 6 * DAY, *a, *back, *later),
        # 4 follows in the last second before the period begins, and is seen only now.
        whole(START + 9 * DAY, *a, *back, *later, *again, *rows("4", START + 2 * DAY)),
    ]
    equally_near = [
        whole(START, *a),
        whole(START + 2 * DAY, *a, *e),
        whole(START + 8 * DAY, *a, *e, *old),
        # A file without a count shows one more.
        foreign(START + 9 * DAY, "1", "9"),
    ]
    # The first day of the charts is 54 days before START, their first week the one after that of user 6.
    first, six, three, four = (
        rows("12", START - 15 * WEEK),
        rows("6", START - 11 * WEEK - DAY),
        rows("3", START - 30 * DAY),
        rows("4", START - 25 * DAY),
    )
    long_ago = [
        whole(START - 11 * WEEK, *first, *six),
        whole(START - 55 * DAY, *first),
        whole(START - 54 * DAY, *first),
        whole(START, *shown("1", after=None, before=START - 100 * DAY), *three, *four),
        cut(START + HOUR, *three, *four, back_to=START - 31 * DAY),
        hidden(START + 5 * DAY),
    ]
    # As far from 7 days as from 28.
    halfway = [whole(START, *a), whole(START + 17 * DAY + DAY // 2, *a)]
    accounts = {"30": returns, "31": equally_near, "32": long_ago, "33": halfway}
    return [replace(one, account_id=account) for account, looks in accounts.items() for one in looks]


def fill(loader: Loader, looks: Sequence[Snapshot]) -> None:
    """Load the looks; two looks at an account itself, and a snapshot that is not finished."""
    for mart in all_marts():
        Marts(loader.session).make(mart)
    assert read_facts(loader.session) == Facts((), 0, (), 0, None, None)
    load(loader, looks)
    totals = ((START + DAY // 2 - 60, 4_321), (START - 3 * DAY, 17), (START + 90, None))
    loader.session.insert(
        ACCOUNT_LOOKS,
        [
            {
                **dict.fromkeys(ACCOUNT_LOOKS.names), "OBJECT_KEY": f"look{at}", "ACCOUNT_ID": "42",
                "LOOKED_AT": moment(at), "FOLLOWERS": followers, "TOTALS_ARE_EXACT": True,
            }
            for at, followers in totals
        ],
    )  # fmt: skip
    open_ = {"OBJECT_KEY": "open", "ACCOUNT_ID": "60", "SNAPSHOT_ID": "open", "HANDLE": "not.yet", "USERS_SEEN": 5}
    loader.session.insert(ACCOUNT_SNAPSHOTS, [{**dict.fromkeys(ACCOUNT_SNAPSHOTS.names), **open_}])


def differences(found: Any, expected: Any, place: str = "") -> Iterator[str]:
    """Where two facts differ, each with both values."""
    if is_dataclass(expected) and type(found) is type(expected):
        for field in fields(expected):
            yield from differences(getattr(found, field.name), getattr(expected, field.name), f"{place}.{field.name}")
    elif isinstance(expected, Mapping) and isinstance(found, Mapping) and found.keys() == expected.keys():
        for key in expected:
            yield from differences(found[key], expected[key], f"{place}[{key}]")
    elif isinstance(expected, tuple) and isinstance(found, tuple) and len(found) == len(expected):
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from differences(one, other, f"{place}[{number}]")
    elif isinstance(expected, float) and isinstance(found, float):
        # The marts' shares have six decimals.
        if not isclose(found, expected, abs_tol=1e-6, rel_tol=1e-9):
            yield f"{place}: {found} is not {expected}"
    elif type(found) is not type(expected) or found != expected:
        yield f"{place}: {found!r} is not {expected!r}"


def compared(loader: Loader, looks: Sequence[Snapshot]) -> Facts:
    """Compare the facts of some looks as they are read, and as they are recomputed."""
    fill(loader, looks)
    found, expected = read_facts(loader.session), expected_facts(read_history(loader.session))
    assert list(differences(found, expected)) == []
    for account in found.accounts:
        adds_up(account)
    return found


def test_every_fact_is_recomputed_from_the_history(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers, names, orders and types; the sums that a reader can check; and the rows of the marts behind them.

    One account has the same facts by itself, and is read with as many statements as all.
    """
    facts = compared(loader, small_worlds())
    assert len(facts.accounts) == 17
    compare_marts(loader, read_history(loader.session))
    asked: list[str] = []
    records = loader.session.records

    def note(sql: str, values: Sequence[object] = ()) -> list[NamedRow]:
        asked.append(sql)
        return records(sql, values)

    monkeypatch.setattr(loader.session, "records", note)
    read_facts(loader.session)
    statements = len(asked)
    alone = read_facts(loader.session, ["@account.42"])
    assert len(asked) == 2 * statements
    assert (alone.left_out, alone.shared) == (16, ())
    assert alone.accounts == tuple(account for account in facts.accounts if account.account_id == "42")


def adds_up(account: Account) -> None:
    """The sums that a reader can check."""
    for period in account.periods.values():
        if period.joined is None:
            continue
        assert None not in (period.gone, period.missed_once, period.unexplained, period.still_listed, period.unknown)
        left = (period.gone or 0) + (period.missed_once or 0)
        assert period.to_count - period.from_count == period.joined - left + (period.unexplained or 0)
        assert period.listed_before == (period.still_listed or 0) + left + (period.unknown or 0)
    states, cover = account.states, account.coverage
    assert states.listed + states.returned == cover.listed == account.who.users == account.care.everyone.users
    assert cover.listed == cover.exact + cover.rounded + cover.exact_or_rounded + cover.not_served
    assert states.unknown == states.unknown_out_of_view + states.unknown_without_time
    for groups in (account.who.privacy, account.who.verification, account.who.tiers, account.who.bands):
        assert sum(group.users for group in groups) == account.who.users
    for signs in (account.care.everyone, account.care.joined_28, account.care.joined_90):
        assert sum(group.users for group in signs.classes) == signs.users
