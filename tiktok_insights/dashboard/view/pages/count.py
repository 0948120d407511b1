"""The line of TikTok's count, and its table."""

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import frame, plot, twin, unfilled
from tiktok_insights.dashboard.view.html import Html, tag


def count_chart(account: Account) -> Html:
    """The line of the days of an account."""
    visual = visual_of("today", "count")
    counted = [day for day in account.days if day.claimed is not None]
    if not counted:
        return unfilled(visual, "TikTok's count is in no snapshot of these days.")
    if len(counted) == 1:
        only = counted[0]
        text = f"One count so far: {numbers.count(only.claimed or 0)} on {numbers.day(only.day)}. A line needs two."
        return unfilled(visual, text)
    data = {
        "first": numbers.seconds(account.days[0].day),
        "hidden": [at for at, day in enumerate(account.days) if day.list == "hidden"],
        "since": {
            days: [numbers.seconds(period.since), period.to_count - period.from_count]
            for days, period in account.periods.items()
        },
        "bursts": [numbers.seconds(burst.started_at) for burst in account.bursts],
    }
    rows, before = [], None
    for day in account.days:
        change = "" if day.claimed is None or before is None else numbers.signed(day.claimed - before)
        shown = tag("span", "no snapshot", class_="mute") if day.claimed is None else numbers.count(day.claimed)
        rows.append([numbers.day(day.day, account.days[-1].day), shown, change])
        before = day.claimed
    table = twin(["Day", "TikTok's count", "Change since the day before"], reversed(rows))
    return frame(visual, plot("count", data, f"{visual.title}, by day"), table)
