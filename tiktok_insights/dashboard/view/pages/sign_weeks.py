"""The share of several signs by week joined (M10), with intervals, and its table."""

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.change import Week
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import frame, note, plot, twin, unfilled
from tiktok_insights.dashboard.view.html import Html, tag
from tiktok_insights.dashboard.view.words import care as words
from tiktok_insights.dashboard.view.words.groups import people

_COLUMNS = ["Week of", "Several signs", "Of", "Share", "95% interval"]


def sign_weeks(account: Account) -> Html:
    """The weeks of an account; the table alone if no week has a share."""
    visual = visual_of("care", "weeks")
    if not account.weeks:
        return unfilled(visual, "No week is covered by two lists yet, so who joined in which week is not certain.")
    rows = [_row(week) for week in reversed(account.weeks)]
    if all(week.share_several is None for week in account.weeks):
        return unfilled(visual, words.no_week(account), twin(_COLUMNS, rows))
    usual = words.several(account.care.everyone).share
    data = {
        "weeks": [_point(week, usual) for week in account.weeks],
        "usual": None if usual is None else round(usual, 5),
    }
    return frame(visual, plot("signs", data, f"{visual.title}: share"), _burst(account), twin(_COLUMNS, rows))


def _point(week: Week, usual: float | None) -> list[int | float | str | None]:
    """A week for the script: its Monday, people with several signs and known, share and interval, whether unusual."""
    shares = (week.share_several, week.share_from, week.share_to)
    return [
        numbers.seconds(week.start),
        people(week.several),
        week.signs_known,
        *(None if share is None else round(share, 5) for share in shares),
        int(words.is_unusual(week, usual)),
    ]


def _row(week: Week) -> list[Html | str]:
    none = tag("span", "no share", class_="mute")
    has_interval = week.share_from is not None and week.share_to is not None
    return [
        numbers.day(week.start),
        people(week.several),
        people(week.signs_known),
        none if week.share_several is None else numbers.share(week.share_several, 1),
        numbers.interval(week.share_from or 0, week.share_to or 0) if has_interval else "",
    ]


def _burst(account: Account) -> Html | None:
    """In which of the weeks the newest burst is."""
    for burst in account.bursts[:1]:
        weeks = [week.start for week in account.weeks if week.start <= burst.started_at]
        if weeks:
            return note(f"The burst of {numbers.day(burst.started_at)} is in the week of {numbers.day(weeks[-1])}.")
    return None
