"""The four cards of a period: change = joined - no longer listed + unexplained (M5)."""

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.change import Period
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import Card, cards, certainty, note, state
from tiktok_insights.dashboard.view.html import Html, tag
from tiktok_insights.dashboard.view.words import accounts as words
from tiktok_insights.dashboard.view.words import today as sentences

_ARROW = "\N{RIGHTWARDS ARROW}"
_EXACT = "Exact: TikTok's own number"


def equation(account: Account, days: int) -> Html:
    """The cards of a period; "Cannot say" where there is nothing to compare."""
    period = account.periods.get(days)
    joined = None if period is None else period.joined
    made = [
        _count(account, period),
        *(_unknown(account, period) if period is None or joined is None else _known(account, period)),
    ]
    hidden = note(
        "Nothing is estimated. When the list is visible again, the first snapshot fills in who joined and is still "
        "there."
    )
    return tag(
        "section",
        cards(made),
        hidden if words.is_hidden(account) else None,
        data_visual=visual_of("today", "equation").name,
    )


def _count(account: Account, period: Period | None) -> Card:
    newest = account.coverage.newest
    if period is None:
        claimed = None if newest is None or newest.claimed is None else numbers.count(newest.claimed)
        sure = certainty("cannot-say", "No count yet") if claimed is None else certainty("counted", _EXACT)
        return Card("TikTok's count", "count", claimed, "No earlier snapshot to compare with", sure)
    change = numbers.signed(period.to_count - period.from_count)
    both = f"{numbers.count(period.from_count)} {_ARROW} {numbers.count(period.to_count)}"
    return Card("TikTok's count", "count", change, both, certainty("counted", _EXACT))


def _known(account: Account, period: Period) -> list[Card]:
    joined, gone, maybe = period.joined or 0, period.gone or 0, period.missed_once or 0
    unknown, rest, start = period.unknown or 0, period.unexplained or 0, sentences.since(period)
    per_day = f"{numbers.rate(joined / period.days_between)} a day" if period.days_between else ""
    sure = certainty("counted", f"On the newest list, not on that of {start}")
    if period.joined_earlier:
        earlier = numbers.count(period.joined_earlier)
        sure = certainty("counted", f"On the newest list, not on that of {start}; {earlier} had followed before")
    if period.joined_is_at_least:
        sure = certainty("at-least", f"At least: the list no longer reaches back to {start}")
    states = tag(
        "ul",
        state("gone", numbers.count(gone)),
        state("gone?", numbers.count(maybe)),
        state("unknown", numbers.count(unknown)),
        class_="states",
    )
    left = certainty("counted", "Gone: missed by two snapshots")
    if unknown:
        left = certainty("at-least", f"At least {numbers.count(gone)}: the unknown may be gone too")
    share = abs(rest) / (joined + gone + maybe) if joined + gone + maybe else None
    of = "The sum is exact" if not rest else f"{numbers.share(share)} of all comings and goings" if share else ""
    return [
        Card("Joined, still listed", "joined", numbers.count(joined), per_day, sure, "="),
        Card("No longer listed", "gone", numbers.count(gone + maybe), states, left, "\N{MINUS SIGN}"),
        Card(
            "Unexplained",
            "adds_up",
            numbers.count(abs(rest)),
            sentences.unexplained_reason(account, rest) if rest else "",
            certainty("cannot-say" if rest else "counted", of),
            "\N{MINUS SIGN}" if rest < 0 else "+",
        ),
    ]


def _unknown(account: Account, period: Period | None) -> list[Card]:
    why = "Needs a second snapshot"
    if words.is_hidden(account):
        newest, since = account.coverage.newest, account.coverage.hidden_since
        why = f"Hidden since {numbers.day(since, newest.looked_at)}" if since and newest else "The list is hidden"
    elif period is not None:
        why = "Needs two lists"
    sure = certainty("cannot-say", why)
    change = 0 if period is None else period.to_count - period.from_count
    whole = "Nothing to compare" if period is None else f"The whole change, {numbers.signed(change)}"
    lists = ("No list to count from", "No list to compare with") if period else ("No earlier list", "No earlier list")
    signs = ("", "", "") if period is None else ("=", "\N{MINUS SIGN}", "+")
    return [
        Card("Joined, still listed", "joined", None, lists[0], sure, signs[0]),
        Card("No longer listed", "gone", None, lists[1], sure, signs[1]),
        Card("Unexplained", "adds_up", None, whole, sure, signs[2]),
    ]
