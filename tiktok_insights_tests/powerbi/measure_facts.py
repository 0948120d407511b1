"""What the dashboard says for each measure: the same number, from the facts that the HTML file prints.

A number by days, bands and so on is a mapping; what is blank in Power BI, None, 0 or absent, is left out of it. How the
measures' SQL is run belongs in `test_measures`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from tiktok_insights.dashboard.facts.account import Account, Facts
from tiktok_insights.dashboard.facts.change import Period
from tiktok_insights.dashboard.facts.coverage import Snapshot
from tiktok_insights.dashboard.facts.people import Group, Ranked, Signs, Total

Expected = Callable[[Account, Facts], Any]


def _of_period(value: Callable[[Period], int | None]) -> Expected:
    return lambda account, _: {days: value(period) for days, period in account.periods.items()}


def _of_newest(value: Callable[[Snapshot], Any]) -> Expected:
    return lambda account, _: None if account.coverage.newest is None else value(account.coverage.newest)


def _group(groups: Iterable[Group], name: str) -> int:
    return next(group.users for group in groups if group.name == name)


def _privacy(name: str) -> Expected:
    return lambda account, _: _group(account.who.privacy, name)


def _verification(name: str) -> Expected:
    return lambda account, _: _group(account.who.verification, name)


def _tier(name: str) -> Expected:
    return lambda account, _: _group(account.who.tiers, name)


def _listed(account: Account, _: Facts) -> Any:
    cover, who = account.coverage, account.who
    counts = {"exact": cover.exact, "rounded": cover.rounded, "unknown": cover.exact_or_rounded}
    counts["not served"] = cover.not_served
    return {
        **{("PRIVACY", group.name): group.users for group in who.privacy},
        **{("VERIFICATION", group.name): group.users for group in who.verification},
        **{("COUNTS", name): users for name, users in counts.items()},
    }


def _of_burst(account: Account, value: str) -> Any:
    return getattr(account.bursts[0], value) if account.bursts else None


def _signs(value: Callable[[Group], Any]) -> Expected:
    def found(account: Account, _: Facts) -> Any:
        care = account.care
        stretches: Mapping[int, Signs] = {0: care.everyone, 28: care.joined_28, 90: care.joined_90}
        return {
            (days, kind, group.name): value(group)
            for days, signs in stretches.items()
            for kind, groups in (("class", signs.classes), ("sign", signs.signs))
            for group in groups
        }

    return found


def _shared(account: Account, facts: Facts) -> Mapping[str, int]:
    return {one.other_account_id: one.at_least for one in facts.shared if one.account_id == account.account_id}


def _shared_share(account: Account, facts: Facts) -> Mapping[str, float | None]:
    return {one.other_account_id: one.share for one in facts.shared if one.account_id == account.account_id}


def _kept(value: str) -> Expected:
    return lambda account, _: {
        (cohort.start, kept.week): getattr(kept, value) for cohort in account.cohorts for kept in cohort.kept
    }


def _by_day(value: str) -> Expected:
    return lambda account, _: {day.day: getattr(day, value) for day in account.days}


def _by_week(value: str) -> Expected:
    return lambda account, _: {week.start: getattr(week, value) for week in account.weeks}


def _by_band(account: Account, _: Facts) -> Mapping[str, int]:
    return {group.name: group.users for group in account.who.bands}


def _share_by_band(account: Account, _: Facts) -> Mapping[str, float | None]:
    """The mart has no share for counts that were not served."""
    return {group.name: group.share for group in account.who.bands if group.name != "not served"}


EXPECTED: Mapping[str, Expected] = {
    # Today
    "Followers by TikTok's count": _of_period(lambda period: period.to_count),
    "Followers at the start": _of_period(lambda period: period.from_count),
    "Change of the count": _of_period(lambda period: period.to_count - period.from_count),
    "Joined and still listed": _of_period(lambda period: period.joined),
    "Joined earlier, seen now": _of_period(lambda period: period.joined_earlier),
    "No longer listed": _of_period(lambda period: period.gone),
    "Missed once so far": _of_period(lambda period: period.missed_once),
    "Unexplained change": _of_period(lambda period: period.unexplained),
    "Listed at the start": _of_period(lambda period: period.listed_before),
    "Still listed": _of_period(lambda period: period.still_listed),
    "Now unknown": _of_period(lambda period: period.unknown),
    "Back again": _of_period(lambda period: period.returned),
    "Came and left since": _of_period(lambda period: period.came_and_went),
    "Count of the day": _by_day("claimed"),
    "Newest burst": lambda account, _: account.bursts[0].started_at if account.bursts else None,
    "Joined in the newest burst": lambda account, _: _of_burst(account, "joined"),
    "Usual for such an hour": lambda account, _: _of_burst(account, "usual"),
    "Kept of the newest burst": lambda account, _: _of_burst(account, "share_kept"),
    "Several signs in the newest burst": lambda account, _: _of_burst(account, "share_several"),
    # Growth
    "Joined, at least": _by_day("at_least"),
    "Joined, at most": _by_day("at_most"),
    "Found gone": _by_day("gone"),
    "Kept": _kept("share"),
    "Kept, at least": _kept("share_from"),
    "Kept, at most": _kept("share_to"),
    "Listed or gone": _kept("n"),
    "Out of view": _kept("unknown"),
    # Who
    "Followers on the list": lambda account, _: account.who.users,
    "Sum of followers": lambda account, _: account.who.followers.value,
    "Sum of following": lambda account, _: account.who.following.value,
    "Sum of hearts": lambda account, _: account.who.hearts.value,
    "Public": _privacy("public"),
    "Private": _privacy("private"),
    "Public or private: unknown": _privacy("unknown"),
    "Verified": _verification("verified"),
    "Not verified": _verification("not verified"),
    "Verified: unknown": _verification("unknown"),
    "Under 1,000": _tier("under 1,000"),
    "Nano: 1,000 or more": _tier("nano"),
    "Micro: 10,000 or more": _tier("micro"),
    "Mid: 100,000 or more": _tier("mid"),
    "Macro: 500,000 or more": _tier("macro"),
    "Mega: 1,000,000 or more": _tier("mega"),
    "Exact counts": lambda account, _: account.coverage.exact,
    "Rounded counts": lambda account, _: account.coverage.rounded,
    "Exact or rounded counts": lambda account, _: account.coverage.exact_or_rounded,
    "Counts not served": lambda account, _: account.coverage.not_served,
    "Followers listed": _listed,
    "Followers in the band": _by_band,
    "Share of the band": _share_by_band,
    "New followers": lambda account, _: account.who.new_users,
    "Notable followers": lambda account, _: account.who.notable,
    # Care
    "Followers with it": _signs(lambda group: group.users),
    "Followers known": _signs(lambda group: group.of),
    "Share with it": _signs(lambda group: group.share),
    "Public with counts": lambda account, _: account.care.considered,
    "No video and no like": lambda account, _: account.care.without_activity,
    "With a video or a like": lambda account, _: account.care.considered - account.care.without_activity,
    "Share without activity": lambda account, _: account.care.share_without_activity,
    "Followers in the cell": lambda account, _: {(cell.joined, cell.created): cell.users for cell in account.care.map},
    "Share with several signs": _by_week("share_several"),
    "With several signs": _by_week("several"),
    "Signs known": _by_week("signs_known"),
    # Coverage
    "Followers seen": _of_newest(lambda newest: newest.seen),
    "Followers claimed": _of_newest(lambda newest: newest.claimed),
    "Share of followers seen": _of_newest(lambda newest: newest.share),
    "Newest snapshot": _of_newest(lambda newest: newest.looked_at),
    "Age of the newest snapshot, in days": _of_newest(lambda newest: newest.looked_at),
    "Kind of list": _of_newest(lambda newest: newest.list or "unknown"),
    "Coverage": _of_newest(lambda newest: (newest.list or "unknown", newest.seen, newest.claimed, newest.looked_at)),
    "Requests of the newest snapshot": lambda account, _: next(
        (one.requests for one in account.snapshots if one.requests is not None), None
    ),
    "Requests left": lambda account, _: next(
        (one.quota_left for one in account.snapshots if one.quota_left is not None), None
    ),
    "Ever seen: listed": lambda account, _: account.states.listed,
    "Ever seen: returned": lambda account, _: account.states.returned,
    "Ever seen: missed once": lambda account, _: account.states.missed_once,
    "Ever seen: gone": lambda account, _: account.states.gone,
    "Ever seen: unknown": lambda account, _: account.states.unknown,
    "Unknown: out of view": lambda account, _: account.states.unknown_out_of_view,
    "Unknown: no follow time": lambda account, _: account.states.unknown_without_time,
    "Followers of both, at least": _shared,
    "Share of the smaller list": _shared_share,
}

#: Measures by day or week: from when on the dashboard shows them.
FROM: Mapping[str, Callable[[Account], datetime | None]] = {
    **dict.fromkeys(
        ("Count of the day", "Joined, at least", "Joined, at most", "Found gone"),
        lambda account: account.days[0].day if account.days else None,
    ),
    **dict.fromkeys(
        (
            "Kept", "Kept, at least", "Kept, at most", "Listed or gone", "Out of view", "Share with several signs",
            "With several signs", "Signs known",
        ),
        lambda account: account.weeks[0].start if account.weeks else None,
    ),
}  # fmt: skip

#: Measures of each follower: the dashboard's ranking.
RANKED: Mapping[str, Callable[[Account], list[tuple[Any, int]]]] = {
    "Their followers": lambda one: _people(one.who.most_followed),
    "Accounts they follow": lambda one: _people(one.who.follow_most),
    "Their hearts": lambda one: [(name.nick_name, name.hearts) for name in one.who.most_hearts],
    "Their videos": lambda one: _people(one.who.most_videos),
}
#: The sums of those of which the dashboard shows one.
SUMS: Mapping[str, Callable[[Account], Total]] = {
    "Their followers": lambda one: one.who.followers,
    "Accounts they follow": lambda one: one.who.following,
    "Their hearts": lambda one: one.who.hearts,
}

#: On the tutorial's page only: the dashboard leaves friends out. By the mart and column that have the same number.
NOT_SHOWN: Mapping[str, tuple[str, str]] = {"Friends served": ("USER_TOTALS", "FRIENDS")}


def _people(ranked: Iterable[Ranked]) -> list[tuple[str, int]]:
    return [(one.person.tiktok_id, one.value) for one in ranked]
