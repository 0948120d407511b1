"""The bridge from the count at the start to the count at the end (M5), drawn without scripts.

Over long periods what was lost is little beside who joined. Then its part of the axis is drawn again, enlarged.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.change import Period
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import empty
from tiktok_insights.dashboard.view.html import Html, tag
from tiktok_insights.dashboard.view.words import accounts as words
from tiktok_insights.dashboard.view.words import today

#: What takes less of the axis than this is enlarged.
_SMALL = 0.2
#: What is hatched has an outline.
_OUTLINES = {"maybe": " o-maybe", "unseen": " o-unseen"}


@dataclass(frozen=True, slots=True)
class _Step:
    """A part of the bridge: from one level to another."""

    label: str
    change: int
    before: int
    kind: str

    @property
    def after(self) -> int:
        return self.before + self.change


@dataclass(frozen=True, slots=True)
class _Axis:
    """The levels that a row's width stands for."""

    low: float
    high: float

    def place(self, level: float) -> float:
        return 100 * (level - self.low) / ((self.high - self.low) or 1)


def bridge(account: Account, days: int) -> Html:
    """The bridge of a period."""
    period = account.periods.get(days)
    if period is None:
        return empty(today.no_period(account, days))
    if period.joined is None:
        hidden = "the list is hidden" if words.is_hidden(account) else "there is no list at both ends of the period"
        change = numbers.signed(period.to_count - period.from_count)
        return empty(f"TikTok's count changed by {change}. What it is made of, we cannot say: {hidden}.")
    steps = _steps(period)
    if not any(step.change for step in steps):
        return empty("Nothing changed in this period: nobody joined, nobody is gone, and the count is the same.")
    return tag("div", *_rows(period, steps), class_="bridge")


def _steps(period: Period) -> list[_Step]:
    steps, level = [], 0
    for label, change, kind in (
        ("joined and still listed", period.joined or 0, "seen"),
        ("gone", -(period.gone or 0), "gone"),
        ("gone?", -(period.missed_once or 0), "maybe"),
        ("unexplained", period.unexplained or 0, "unseen"),
    ):
        steps.append(_Step(label, change, level, kind))
        level += change
    return steps


def _rows(period: Period, steps: Sequence[_Step]) -> list[Html]:
    levels = [0, *(step.after for step in steps)]
    wide = _Axis(min(levels), max(levels))
    ends = [step.after for step in steps]
    close = _Axis(min(ends), max(ends))
    lost = (close.high - close.low) / ((wide.high - wide.low) or 1)
    rows = [_end(period.from_count, today.since(period)), _row(steps[0], wide)]
    if 0 < lost < _SMALL:
        margin = (close.high - close.low) * 0.08
        close = _Axis(close.low - margin, close.high + margin)
        rows.append(_enlarged(wide, close))
    else:
        close = wide
    rows += [_row(step, close) for step in steps[1:] if step.change]
    return [*rows, _end(period.to_count, numbers.day(period.until, period.until))]


def _end(count: int, day: str) -> Html:
    return tag("p", f"{day}: ", tag("b", numbers.count(count)), class_="bridge-end")


def _row(step: _Step, axis: _Axis) -> Html:
    first, last = sorted((axis.place(step.before), axis.place(step.after)))
    width = max(last - first, 0.3)
    box = tag(
        "rect",
        x=f"{min(first, 100 - width):.2f}%",
        width=f"{width:.2f}%",
        class_=f"f-{step.kind}{_OUTLINES.get(step.kind, '')}",
    )
    label = tag("p", tag("b", numbers.signed(step.change)), f" {step.label}")
    return tag("div", label, tag("svg", box), class_="bridge-row")


def _enlarged(wide: _Axis, close: _Axis) -> Html:
    left, right = (min(max(wide.place(level), 0), 100) for level in (close.low, close.high))
    lines = (
        tag("line", x1=f"{top:.2f}%", y1=0, x2=f"{bottom}%", y2=22, class_="leader")
        for top, bottom in ((left, 0), (right, 100))
    )
    times = 100 / max(right - left, 0.1)
    drawing = tag("svg", *lines, width="100%", height=22)
    return tag(
        "div", drawing, tag("p", f"The end of the bar, enlarged {numbers.rate(round(times))} times:"), class_="enlarged"
    )
