"""The page Growth: who joined per day, how many stay, whether it adds up, and the bursts."""

from datetime import datetime

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.change import Day
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import Column, frame, lead, plot, swatch, twin, unfilled
from tiktok_insights.dashboard.view.html import Html, tag
from tiktok_insights.dashboard.view.pages.bridge import bridge
from tiktok_insights.dashboard.view.pages.bursts import all_bursts
from tiktok_insights.dashboard.view.pages.kept import kept
from tiktok_insights.dashboard.view.pages.layout import Drawn, by_period
from tiktok_insights.dashboard.view.words import growth as words

#: What a day's list is in the strip below the bars, in one letter for the script.
_LETTERS = {"whole": "w", "cut": "w", "partial": "p", "window": "o", "hidden": "h"}


def drawn(account: Account) -> Drawn:
    """The page of an account."""
    return Drawn(
        by_period(lambda days: lead(words.sentences(account, days))),
        {
            "joined": _joined(account),
            "kept": kept(account),
            "adds_up": frame(visual_of("growth", "adds_up"), by_period(lambda days: bridge(account, days))),
            "bursts": all_bursts(account),
        },
    )


def _joined(account: Account) -> Html:
    visual = visual_of("growth", "joined")
    if not any(day.at_most is not None for day in account.days):
        return unfilled(visual, "No day is covered yet: it needs two snapshots, or a list that reaches back.")
    days = account.days
    data = {
        "first": numbers.seconds(days[0].day),
        "lists": "".join(_letter(day) for day in days),
        "since": {period.days: numbers.seconds(period.since) for period in account.periods.values()},
        "bursts": [[numbers.seconds(burst.started_at), numbers.seconds(burst.ended_at)] for burst in account.bursts],
    }
    key = tag(
        "p",
        swatch("seen", "at least"),
        swatch("possible", "at most"),
        swatch("gone", "gone, by day of the first miss"),
        swatch("maybe", "gone?"),
        swatch("unseen", "no list covers the day"),
        class_="keyline",
    )
    columns: list[Column | str] = [
        "Day",
        "At least",
        "At most",
        "Gone",
        "Gone?",
        Column("Out of view", "late"),
        Column("List", "text"),
    ]
    table = twin(columns, [_row(day, days[-1].day) for day in reversed(days)])
    return frame(visual, key, plot("joined", data, f"{visual.title}, by day"), table)


def _letter(day: Day) -> str:
    if day.list is None:
        return "-"
    return "p" if day.has_holes else _LETTERS.get(day.list, "o")


def _row(day: Day, newest: datetime) -> list[Html | str]:
    missing = tag("span", "not covered", class_="mute")
    return [
        numbers.day(day.day, newest),
        missing if day.at_least is None else numbers.count(day.at_least),
        "" if day.at_most is None else numbers.count(day.at_most),
        numbers.count(day.gone),
        numbers.count(day.missed_once),
        numbers.count(day.out_of_view),
        tag("span", "none", class_="mute")
        if day.list is None
        else day.list + (", with holes" if day.has_holes else ""),
    ]
