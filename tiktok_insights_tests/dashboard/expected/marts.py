"""The rows of the marts that pages show as they are, recomputed from the rows of the history."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tiktok_insights_tests.dashboard.expected import coverage, people
from tiktok_insights_tests.dashboard.expected.facts import listed_users
from tiktok_insights_tests.dashboard.expected.history import History
from tiktok_insights_tests.support.oracle.audience import SMALLEST, TIERS, counts_served, tier
from tiktok_insights_tests.support.oracle.coverage import account_coverage
from tiktok_insights_tests.support.oracle.presence import departures, statuses
from tiktok_insights_tests.support.oracle.records import Row as Profile
from tiktok_insights_tests.support.oracle.records import Snapshot
from tiktok_insights_tests.support.oracle.times import day_start

Row = dict[str, Any]


def account_days(history: History) -> Iterator[Row]:
    """One row per account and day of which anything is known but who joined on it."""
    for account, looks in history.looks.items():
        snapshots = Counter(day_start(look.started_at) for look in looks)
        counts = {day_start(at) for at, _ in history.totals.get(account, [])}
        missed = [day_start(at) for _, _, at in departures(looks)]
        missed += [
            day_start(at)
            for one in statuses(looks).values()
            if one.state in ("missed_once", "unknown") and (at := one.first_missed_at or one.out_of_reach_at)
        ]
        known = sorted({*snapshots, *counts, *missed})
        for day, one in zip(known, coverage.days(history, account, looks, known), strict=True):
            row = {name.upper(): value for name, value in asdict(one).items() if not name.startswith("at_")}
            row["FOLLOWERS"] = row.pop("CLAIMED")
            yield {"ACCOUNT_ID": account, **row, "SNAPSHOTS": snapshots[day]}


def account_states(history: History) -> Iterator[Row]:
    """One row per account with a finished snapshot."""
    for account, looks in history.looks.items():
        if looks:
            row = {name.upper(): value for name, value in asdict(coverage.states(looks)).items()}
            yield {"ACCOUNT_ID": account, "USERS": len(statuses(looks)), **row, **_covered(looks)}


def account_periods(history: History) -> Iterator[Row]:
    """One row per account and period."""
    for account, looks in history.looks.items():
        counted = {look.started_at for look in looks if look.users_claimed is not None}
        for period in coverage.periods(looks).values():
            row = {name.upper(): value for name, value in asdict(period).items()}
            before, after = row.pop("FROM_COUNT"), row.pop("TO_COUNT")
            del row["DAYS_BETWEEN"]
            yield {
                **row,
                "ACCOUNT_ID": account,
                "SECONDS": (period.until - period.since).total_seconds(),
                "FOLLOWERS_BEFORE": before,
                "FOLLOWERS": after,
                "CHANGE": after - before,
                "EARLIER_SNAPSHOTS": len(counted) - 1,
            }


def listed_totals(history: History) -> Iterator[Row]:
    """One row per account with a finished snapshot."""
    for account, looks in history.looks.items():
        if not looks:
            continue
        users, covered = listed_users(history, looks), account_coverage(looks)
        served = [one for one in users if counts_served(one)]
        tiers = Counter(tier(one.followers) for one in served)
        kinds = Counter(one.counts_exact for one in served)
        private, verified = Counter(one.is_private for one in users), Counter(one.is_verified for one in users)
        yield {
            "ACCOUNT_ID": account,
            "USERS": len(users),
            "EXACT": kinds[True],
            "ROUNDED": kinds[False],
            "EXACT_OR_ROUNDED": kinds[None],
            "NOT_SERVED": len(users) - len(served),
            **_sums(served),
            "PUBLIC_USERS": private[False],
            "PRIVATE_USERS": private[True],
            "UNKNOWN_PRIVACY": private[None],
            "VERIFIED_USERS": verified[True],
            "NOT_VERIFIED_USERS": verified[False],
            "UNKNOWN_VERIFICATION": verified[None],
            "UNDER_NANO": tiers[SMALLEST],
            **{name.upper(): tiers[name] for _, name in TIERS},
            **_covered(looks),
            "IS_TOO_LITTLE": covered is None or covered.too_little,
        }


def audience_signs(history: History) -> Iterator[Row]:
    """One row per account with a finished snapshot, stretch of days, and class or sign."""
    for account, looks in history.looks.items():
        if not looks:
            continue
        covered = account_coverage(looks)
        found = people.care(
            looks, listed_users(history, looks), may_show=covered is not None and not covered.too_little
        )
        for days, signs in ((0, found.everyone), (28, found.joined_28), (90, found.joined_90)):
            for kind, groups in (("class", signs.classes), ("sign", signs.signs)):
                for group in groups:
                    yield {
                        "ACCOUNT_ID": account,
                        "DAYS": days,
                        "KIND": kind,
                        "NAME": group.name,
                        "USERS": group.users,
                        "USERS_KNOWN": group.of,
                        "SHARE": group.share,
                        **_covered(looks),
                    }


def _sums(served: Sequence[Profile]) -> Row:
    counts = {
        "FOLLOWERS": [one.followers for one in served],
        "FOLLOWING_COUNT": [one.following for one in served],
        "HEARTS": [one.hearts for one in served],
    }
    known = {name: [value for value in values if value is not None] for name, values in counts.items()}
    return {name: sum(values) for name, values in known.items()} | {
        f"{name.removesuffix('_COUNT')}_USERS": len(values) for name, values in known.items()
    }


def _covered(looks: Sequence[Snapshot]) -> Row:
    covered = account_coverage(looks)
    if covered is None:
        return dict.fromkeys(("SEEN", "CLAIMED", "COVERAGE"))
    return {"SEEN": covered.seen, "CLAIMED": covered.claimed, "COVERAGE": covered.share}


#: By mart.
ROWS: Mapping[str, Callable[[History], Iterator[Row]]] = {
    "account_days": account_days,
    "account_periods": account_periods,
    "account_states": account_states,
    "audience_signs": audience_signs,
    "listed_totals": listed_totals,
}
