"""Each measure: its SQL gives the number that the HTML dashboard shows, and its DAX is plain and names what there is.

DAX itself cannot be run here. It is a twin of the SQL: the same columns, in one of a few shapes.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from math import isclose
from typing import Any

import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.dashboard.facts.account import TOP, Account, Facts
from tiktok_insights.dashboard.facts.people import Total
from tiktok_insights.dashboard.reading.facts import read_facts
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.powerbi.model import MODEL
from tiktok_insights.powerbi.model.measures import MEASURES
from tiktok_insights.powerbi.model.objects import Measure, Table
from tiktok_insights.tables.definitions import TIKTOK_DATA
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.dashboard.test_reading_facts import fill
from tiktok_insights_tests.dashboard.test_reading_more_facts import large_worlds
from tiktok_insights_tests.powerbi.measure_facts import EXPECTED, FROM, NOT_SHOWN, RANKED, SUMS
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.oracle.records import Row, Snapshot

#: Read them before you add one: DAX is proved by reading only.
ALLOWED = {
    "CALCULATE", "COALESCE", "COUNTROWS", "DATEDIFF", "FORMAT", "IF", "ISBLANK", "LASTNONBLANK", "LASTNONBLANKVALUE",
    "MAX", "NOT", "SUM", "UTCNOW",
}  # fmt: skip
#: Of the worlds of the dashboard: whole, cut, hidden, too little, from another source, with a map, bursts and cohorts.
ACCOUNTS = ("6812345678901234567", "44", "47", "50", "11", "12", "13", "27", "32", "46", "51")
ALL = {measure.name: (MODEL.table(table), measure) for table, measures in MEASURES.items() for measure in measures}
_TEXT = re.compile(r'"[^"]*"')


@pytest.mark.parametrize("name", ALL)
def test_the_dax_is_plain(name: str) -> None:
    """Only functions of a short list occur, and every column and measure is there, also in the twin."""
    table, measure = ALL[name]
    dax = _TEXT.sub('""', measure.expression)
    assert set(re.findall(r"(\w+)\s*\(", dax)) <= ALLOWED
    assert dax.count("CALCULATE(") <= 1
    for other, column in re.findall(r"(\w+)\[([^\]]+)\]", dax):
        assert column in {one.name for one in MODEL.table(other).columns}, (other, column)
    for column in re.findall(rf"(?:SUM|MAX)\({table.name}\[(\w+)\]\)", dax):
        assert re.search(rf"\b{column}\b", measure.sql), f"the twin does not read {column}"
    for column, value in re.findall(r'\[(\w+)\] (?:=|<>) "([^"]*)"', measure.expression):
        assert value in {*choices(table.name, column)}, f"{column} is never {value!r}"
        assert f"'{value}'" in measure.sql, f"the twin knows no {value!r}"
    assert set(re.findall(r"(?<!\w)\[([^\]]+)\]", dax)) <= ALL.keys()
    assert measure.name.casefold() not in {column.name.casefold() for column in table.columns}


def choices(table: str, column: str) -> Sequence[str]:
    """The values of a column that has few."""
    (mart,) = [mart for mart in all_marts() if mart.view == table]
    (found,) = [one for one in mart.columns if one.name == column]
    return found.choices or [outcome.value for outcome in Outcome]


def test_every_measure_is_compared() -> None:
    """None is without a number of the dashboard, and none is expected that is no measure."""
    assert EXPECTED.keys() | RANKED.keys() | NOT_SHOWN.keys() == ALL.keys()


@pytest.mark.worlds
def test_each_measure_is_the_number_on_the_dashboard(loader: Loader) -> None:
    """Over lists of all kinds, for every account; and each measure has a number somewhere."""
    fill(loader, measured_worlds())
    facts = read_facts(loader.session)
    assert {account.account_id for account in facts.accounts} == {*ACCOUNTS, "60"}
    for table_name in MEASURES:
        copy(loader.session, MODEL.table(table_name))
    wrong, without = [], set(ALL)
    for name, (table, measure) in ALL.items():
        if name in NOT_SHOWN:
            continue
        rows = run(loader.session, table, measure, [account.account_id for account in facts.accounts])
        for account in facts.accounts:
            of_account = rows[account.account_id]
            check = rank_problem(name, of_account, account) if name in RANKED else ""
            if problem := check or problem_of(name, of_account, account, facts):
                wrong.append(f"{name}, account {account.account_id}: {problem}")
            if any(row[-1] for row in of_account):
                without.discard(name)
    assert wrong == []
    assert without == NOT_SHOWN.keys()
    for name, (mart, column) in NOT_SHOWN.items():
        assert loader.session.query(
            ALL[name][1].sql.format(table=f"TWIN_OF_{ALL[name][0].name}")
        ) == loader.session.query(f"SELECT {column} FROM {loader.session.namespace.view_schema}.{mart}")


def measured_worlds() -> list[Snapshot]:
    """Accounts with all that measures tell, such as followers of every tier.

    These have as many followers on every list: of two lists of one moment, the later upload tells a user's newest row.
    """
    looks = [look for look in large_worlds() if look.account_id in ACCOUNTS]
    places = {50: 20_000, 60: 200_000, 70: 600_000, 80: 2_000_000}
    of_11 = [look for look in looks if look.account_id == "11" and len(look.rows) > max(places)]
    sizes = {look.rows[at].tiktok_id: size for look in of_11 for at, size in places.items()}
    return [replace(look, rows=_sized(look, sizes)) for look in looks]


def _sized(look: Snapshot, sizes: Mapping[str, int]) -> tuple[Row, ...]:
    return tuple(replace(row, followers=sizes.get(row.tiktok_id, row.followers)) for row in look.rows)


def copy(session: Session, table: Table) -> None:
    """Copy a mart, which is computed once then and not for each measure."""
    source = session.namespace.name_of(TIKTOK_DATA) if table.name == TIKTOK_DATA.name else table.name
    schema = "" if table.name == TIKTOK_DATA.name else f"{session.namespace.view_schema}."
    session.execute(f"CREATE OR REPLACE TEMPORARY TABLE TWIN_OF_{table.name} AS SELECT * FROM {schema}{source}")


def run(
    session: Session, table: Table, measure: Measure, accounts: Sequence[str]
) -> Mapping[str, list[tuple[Any, ...]]]:
    """Run the SQL of a measure for each account, in one statement."""
    sql = measure.sql.format(table=f"TWIN_OF_{table.name}", account="?")
    statement = " UNION ALL ".join(f"SELECT '{account}', twin.* FROM ({sql}) AS twin" for account in accounts)
    values = [account for account in accounts for _ in range(sql.count("?"))]
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for account, *row in session.query(statement, values):
        found[account].append(tuple(map(_plain, row)))
    return found


def problem_of(name: str, rows: list[tuple[Any, ...]], account: Account, facts: Facts) -> str:
    """Compare a measure with the dashboard; empty if they agree."""
    if name not in EXPECTED:
        return ""
    expected = EXPECTED[name](account, facts)
    found: Any
    if isinstance(expected, Mapping):
        first = FROM[name](account) if name in FROM else None
        by_group = {row[0] if len(row) == 2 else row[:-1]: row[-1] for row in rows}
        found = {key: value for key, value in by_group.items() if value and (first is None or _time(key) >= first)}
        expected = {key: value for key, value in expected.items() if value}
        agrees = found.keys() == expected.keys() and all(_equal(found[key], expected[key]) for key in found)
    else:
        found = None if not rows else rows[0] if len(rows[0]) > 1 else rows[0][0]
        agrees = len(rows) <= 1 and _equal(found or None, expected or None)
    return "" if agrees else f"{found!r} is not {expected!r}"


def rank_problem(name: str, rows: list[tuple[Any, ...]], account: Account) -> str:
    """Compare a measure of each follower with the dashboard's sum and ranking."""
    ranking = RANKED[name](account)
    if name in SUMS and (total := SUMS[name](account)) != Total(sum(row[-1] for row in rows), len(rows)):
        return f"{rows!r} are not {total!r}"
    by_name: dict[Any, int] = defaultdict(int)
    for tiktok_id, nick_name, value in rows:
        by_name[nick_name if name == "Their hearts" else tiktok_id] += value
    values = sorted((value for value in by_name.values() if value), reverse=True)[:TOP]
    if values != [value for _, value in ranking] or any(by_name[key] != value for key, value in ranking):
        return f"{by_name!r} are not {ranking!r}"
    return ""


def _time(key: Any) -> datetime:
    found: datetime = key[0] if isinstance(key, tuple) else key
    return found


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return isclose(one, other, abs_tol=1e-6)
    return bool(one == other)
