"""The page Today: the equation of the change, the line of the count, the newest burst, and all accounts."""

from collections.abc import Mapping

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account, Facts
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.banner import seen_share
from tiktok_insights.dashboard.view.components import (
    Column,
    Part,
    chip,
    frame,
    hundred_bar,
    lead,
    note,
    small_ruler,
    table,
)
from tiktok_insights.dashboard.view.components.marks import LISTS
from tiktok_insights.dashboard.view.html import Html, join, tag
from tiktok_insights.dashboard.view.pages.bursts import newest_burst
from tiktok_insights.dashboard.view.pages.count import count_chart
from tiktok_insights.dashboard.view.pages.equation import equation
from tiktok_insights.dashboard.view.pages.layout import Drawn, by_period
from tiktok_insights.dashboard.view.words import accounts as words
from tiktok_insights.dashboard.view.words import today as sentences

_CANNOT = tag("span", "cannot say", class_="mute")


def drawn(account: Account) -> Drawn:
    """The page of an account."""
    return Drawn(
        by_period(lambda days: lead(sentences.sentences(account, days))),
        {
            "equation": tag("div", by_period(lambda days: equation(account, days)), class_="w12"),
            "whereabouts": tag("div", by_period(lambda days: _whereabouts(account, days)), class_="w12 tight"),
            "count": count_chart(account),
            "burst": newest_burst(account),
        },
    )


def together(facts: Facts) -> Mapping[str, Html]:
    """The table of all accounts."""

    def rows_of(days: int) -> Html:
        columns: list[Column | str] = [
            "Account",
            Column("Coverage", "wide"),
            "Followers",
            f"Change in {days} days",
            "Joined, still listed",
            "No longer listed",
            "Unexplained",
            Column("Last list, UTC", "nowrap"),
        ]
        return table(
            columns, [_row(account, days, number) for number, account in enumerate(facts.accounts)], "stack big"
        )

    left_out = (
        note(
            f"The file holds the {len(facts.accounts)} largest accounts; {numbers.count(facts.left_out)} more have "
            "data."
        )
        if facts.left_out
        else None
    )
    return {"accounts": frame(visual_of("today", "accounts"), by_period(rows_of), left_out)}


def _whereabouts(account: Account, days: int) -> Html:
    period, visual = account.periods.get(days), visual_of("today", "whereabouts")
    if period is None or period.listed_before is None:
        return Html("")
    returned = f"({numbers.count(period.returned)} left and returned)" if period.returned else ""
    bar = hundred_bar(
        (
            Part("still listed", period.still_listed or 0, "seen", remark=returned),
            Part("gone", period.gone or 0, "gone"),
            Part("gone?", period.missed_once or 0, "maybe"),
            Part("unknown", period.unknown or 0, "unseen"),
        ),
        thin=True,
    )
    before = numbers.plural(period.listed_before, "person", "people")
    start, end = sentences.since(period), numbers.day(period.until, period.until)
    title = visual.title.replace("everyone listed at the start is", f"the {before} listed on {start} are")
    came = period.came_and_went
    who = "One more joined" if came == 1 else f"Another {numbers.count(came or 0)} joined"
    was = "was" if came == 1 else "were"
    text = f"{who} after {start} and {was} gone again before {end}: no change in this sum."
    brief = note(text) if came else None
    return tag("section", tag("h3", title, class_="small-title"), bar, brief, data_visual=visual.name)


def _row(account: Account, days: int, number: int) -> list[Html | str]:
    period, coverage, kind = account.periods.get(days), account.coverage, words.list_kind(account)
    newest, last = coverage.newest, coverage.last_list
    share = "" if newest is None or newest.share is None else f", {numbers.share(newest.share)}"
    seen = chip(kind, LISTS[kind] if kind == "hidden" else LISTS[kind] + share)
    claimed = None if newest is None else newest.claimed
    change = None if period is None else period.to_count - period.from_count
    known = period is not None and period.joined is not None
    gone = (period.gone or 0) + (period.missed_once or 0) if period is not None else 0
    at = (
        f"{numbers.day(last.looked_at, newest.looked_at)}, {numbers.clock(last.looked_at)}" if last and newest else None
    )
    return [
        tag("a", words.called(account), href=f"#{'today' if number == 0 else f'today-{number}'}", data_go=number),
        join((seen, small_ruler(seen_share(account)))),
        _CANNOT if claimed is None else numbers.count(claimed),
        _CANNOT if change is None else numbers.signed(change),
        numbers.count(period.joined or 0) if period is not None and known else _CANNOT,
        numbers.count(gone) if known else _CANNOT,
        numbers.signed(period.unexplained or 0) if period is not None and known else _CANNOT,
        at or tag("span", "none yet", class_="mute"),
    ]
