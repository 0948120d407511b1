"""Bursts: the newest on Today, all on Growth; or a sentence that there was none in the days that could be seen."""

from tiktok_insights.dashboard.description import Visual, visual_of
from tiktok_insights.dashboard.facts.account import CHART_DAYS, Account
from tiktok_insights.dashboard.facts.change import Burst
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import Column, facts_list, frame, twin, unfilled
from tiktok_insights.dashboard.view.html import Html, join, tag
from tiktok_insights.dashboard.view.words import accounts as words
from tiktok_insights.dashboard.view.words.today import span_in_words
from tiktok_insights.insights.words import filled

_CANNOT = "cannot say"


def newest_burst(account: Account) -> Html:
    """The newest burst of an account."""
    visual = visual_of("today", "burst")
    if not account.bursts:
        return _none(account, visual)
    return frame(visual, *_shown(account.bursts[0]))


def all_bursts(account: Account) -> Html:
    """All bursts of an account: the newest in full, the others as a table."""
    visual = visual_of("growth", "bursts")
    if not account.bursts:
        return _none(account, visual)
    others = account.bursts[1:]
    columns = ["Began, UTC", "Joined", "Usual hour", "Kept after 14 days", "Several signs"]
    rows = [
        [
            numbers.moment(burst.started_at),
            numbers.count(burst.joined),
            _rate(burst.usual),
            _share(burst.share_kept),
            _share(burst.share_several),
        ]
        for burst in others
    ]
    more = [
        twin([Column(columns[0]), *columns[1:]], rows, numbers.plural(len(others), "earlier burst", "earlier bursts"))
    ]
    return frame(visual, *_shown(account.bursts[0]), *(more if others else []))


def _shown(burst: Burst) -> tuple[Html, Html, Html]:
    usual = "" if burst.usual is None else f" A usual hour: {_rate(burst.usual)}."
    ended = f"{numbers.clock(burst.ended_at)} UTC"
    when = f"{numbers.day(burst.started_at)}, {numbers.clock(burst.started_at)}\N{EN DASH}{ended}.{usual}"
    spread = None if burst.ages_spread_days is None else _days(burst.ages_spread_days)
    others = None if burst.others_spread_days is None else _days(burst.others_spread_days)
    return (
        tag("p", f"{numbers.count(burst.joined)} people in {span_in_words(burst)}", class_="big-line"),
        tag("p", when, class_="subtitle"),
        facts_list(
            [
                ("Kept after 14 days", _share(burst.share_kept), _beside(burst.others_kept)),
                ("Several signs", _share(burst.share_several), _beside(burst.others_several)),
                ("Half of their accounts made within", spread or _CANNOT, f"others: {others}" if others else ""),
            ]
        ),
    )


def _none(account: Account, visual: Visual) -> Html:
    if account.coverage.newest is None or not any(day.at_most is not None for day in account.days):
        return unfilled(visual, "No day is covered by two lists yet, so a burst could not be seen.")
    rule = filled("A burst needs at least {burst_joined} joins in an hour and {burst_times} times the usual hour.")
    if words.is_hidden(account):
        newest, since = account.coverage.newest, account.coverage.hidden_since
        day = numbers.day(since or newest.looked_at, newest.looked_at)
        text = f"No burst in the days that we could see. The list is hidden since {day}: a burst would not be seen."
        return unfilled(visual, text)
    return unfilled(visual, join((f"No hour stood out in {CHART_DAYS} days. ", rule)))


def _share(value: float | None) -> str:
    return _CANNOT if value is None else numbers.share(value)


def _rate(value: float | None) -> str:
    return _CANNOT if value is None else numbers.rate(round(value, 1))


def _beside(value: float | None) -> str:
    return "" if value is None else f"others: {numbers.share(value)}"


def _days(value: float) -> str:
    years = value / 365.25
    if years >= 2:  # two years
        return f"{years:.1f} years"
    return numbers.plural(round(value), "day", "days") if value >= 1 else "a day"
