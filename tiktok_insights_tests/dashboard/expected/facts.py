"""All the facts of all accounts."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from tiktok_insights.dashboard.facts import coverage as facts
from tiktok_insights.dashboard.facts.account import Account, Facts, Shared
from tiktok_insights_tests.dashboard.expected import coverage, growth, people
from tiktok_insights_tests.dashboard.expected.history import History, moment
from tiktok_insights_tests.support.oracle.coverage import account_coverage
from tiktok_insights_tests.support.oracle.presence import listed_rows
from tiktok_insights_tests.support.oracle.profiles import shared
from tiktok_insights_tests.support.oracle.records import Row, Snapshot
from tiktok_insights_tests.support.oracle.retention import left_out

TOP = 20


def expected_facts(history: History) -> Facts:
    """What the dashboard must say of all accounts."""
    largest = sorted(history.looks, key=lambda one: (-(history.counts[one] or -1), one))
    pairs = []
    for one, other in combinations(sorted(largest[:20]), 2):
        if (found := shared(history.looks[one], history.looks[other])) is not None:
            pairs.append(Shared(one, other, found.at_least, found.share))
    times = [look.started_at for one in largest[:20] for look in history.looks[one]]
    return Facts(
        tuple(account(history, one) for one in largest[:20]),
        len(largest[20:]),
        tuple(sorted(pairs, key=lambda one: (-one.at_least, one.account_id, one.other_account_id))),
        len(times),
        moment(min(times)) if times else None,
        moment(max(times)) if times else None,
    )


def account(history: History, name: str) -> Account:
    """All about one account."""
    looks = history.looks[name]
    covered = account_coverage(looks)
    may_show = covered is not None and not covered.too_little
    listed = listed_users(history, looks)
    newest = [
        replace(look, rows=tuple(map(_without_place, look.rows))) if look.covered_to is None else look for look in looks
    ]
    return Account(
        account_id=name,
        handle=history.handles[name],
        coverage=coverage.coverage(history, looks, listed),
        periods=coverage.periods(looks),
        days=coverage.days(history, name, looks, coverage.chart_days(looks)),
        bursts=growth.bursts(looks, listed, may_show=may_show)[:TOP],
        cohorts=growth.cohorts(looks),
        weeks=growth.weeks(looks, listed, may_show=may_show),
        without_cohort=left_out(looks),
        who=people.who(looks, listed, may_show=may_show),
        care=people.care(newest, listed, may_show=may_show),
        states=coverage.states(looks),
        snapshots=_in_charts(history, looks),
    )


def listed_users(history: History, looks: Sequence[Snapshot]) -> list[Row]:
    """The users on an account's list. Profiles are the newest known from any account's; windows are of this one's."""
    return [_with_window(history.profiles[row.tiktok_id], row) for row in listed_rows(looks)]


def _with_window(profile: Row, row: Row) -> Row:
    return replace(
        profile,
        followed_after=row.followed_after,
        followed_before=row.followed_before,
        list_position=row.list_position,
    )


def _without_place(row: Row) -> Row:
    """A file of another producer has no order."""
    return replace(row, list_position=None)


def _in_charts(history: History, looks: Sequence[Snapshot]) -> tuple[facts.Snapshot, ...]:
    first = coverage.first_day(looks)
    return tuple(coverage.snapshot(history, look) for look in reversed(looks) if look.started_at >= first)
