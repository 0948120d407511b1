"""The picture of the dashboard for Dagster's UI: the cards and the line of the largest account, as a PNG.

It is drawn with fixed colors and the fonts that vl-convert brings, so it is the same on each machine. It holds the
account's name and numbers, and no follower. The pages themselves belong in `view/`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from tiktok_insights.dashboard.facts.account import Account, Facts
from tiktok_insights.dashboard.facts.change import Day, Period
from tiktok_insights.text.printable import printable

EXTRA = "tiktok-insights[dashboard]"
_WIDTH, _HEIGHT = 960, 470
_INK, _GREY, _BLUE, _LINE, _GROUND = "#14171B", "#646970", "#2F72BA", "#E5E4DF", "#FBFBF9"
_PLOT = (90, 230, 900, 420)
_FONT = "Roboto, Helvetica, Arial, sans-serif"


class ExtraMissingError(RuntimeError):
    """The picture needs the extra `dashboard`; the message says how to install it."""


def picture(facts: Facts) -> bytes | None:
    """Draw the picture, a PNG of at most 80 kB; None if there is no account. Raises ExtraMissingError."""
    try:
        import vl_convert
    except ImportError as error:
        msg = f"The picture needs vl-convert. Install it with: pip install '{EXTRA}'"
        raise ExtraMissingError(msg) from error
    if not facts.accounts:
        return None
    png: bytes = vl_convert.svg_to_png(_svg(facts.accounts[0]), scale=0.9)
    return png


def _svg(account: Account) -> str:
    name = f"@{account.handle}" if account.handle else account.account_id
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" font-family="{_FONT}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="{_GROUND}"/>',
        _text(40, 46, printable(name), 20, weight=600),
        _text(40, 72, _seen(account), 14, _GREY),
        *_cards(account.periods[min(account.periods)] if account.periods else None),
        *_chart(account.days),
        "</svg>",
    ]
    return "".join(parts)


def _seen(account: Account) -> str:
    """What the numbers rest on: no number without its coverage."""
    newest = account.coverage.newest
    if newest is None:
        return "No whole look at the list yet."
    at = f"as of {newest.looked_at:%-d %b %Y, %H:%M} UTC"
    if newest.list == "hidden":
        return f"The list is hidden, {at}."
    share = "" if newest.share is None else f" ({newest.share:.0%})"
    of = f" of {newest.claimed:,}" if newest.claimed else ""
    return f"{newest.seen:,}{of} followers seen{share}, {at}."


def _cards(period: Period | None) -> Iterator[str]:
    if period is None:
        yield _text(40, 130, "One snapshot so far: what changes is shown from the second one on.", 16, _GREY)
        return
    gone = None if period.gone is None else period.gone + (period.missed_once or 0)
    cards = (
        (f"TikTok's count, since {period.since:%-d %b}", _signed(period.to_count - period.from_count)),
        ("Joined, still listed", _number(period.joined)),
        ("No longer listed", _number(gone)),
        ("Unexplained", _signed(period.unexplained)),
    )
    for place, (label, value) in enumerate(cards):
        x = 40 + place * 225
        yield _text(x, 118, label, 13, _GREY)
        yield _text(x, 156, value, 32 if value != _CANNOT_SAY else 22, _INK if value != _CANNOT_SAY else _GREY, 600)


_CANNOT_SAY = "Cannot say"


def _number(value: int | None) -> str:
    return _CANNOT_SAY if value is None else f"{value:,}"


def _signed(value: int | None) -> str:
    return _CANNOT_SAY if value is None else f"{value:+,}".replace("-", "\N{MINUS SIGN}")


def _chart(days: Sequence[Day]) -> Iterator[str]:
    """Draw the line of TikTok's count; it breaks where no day has one."""
    known = [(place, day.claimed) for place, day in enumerate(days) if day.claimed is not None]
    if not known:
        return
    left, top, right, bottom = _PLOT
    counts = [count for _, count in known]
    margin = max(1, round((max(counts) - min(counts)) * 0.15))
    low, high = max(0, min(counts) - margin), max(counts) + margin

    def across(place: int) -> float:
        return round(left + (right - left) * place / max(1, len(days) - 1), 1)

    def up(count: int) -> float:
        return round(bottom - (bottom - top) * (count - low) / (high - low), 1)

    yield _text(40, 208, "Followers, by TikTok's count. The axis does not start at zero.", 13, _GREY)
    for count in (low, (low + high) // 2, high):
        yield f'<path d="M{left} {up(count)}H{right}" stroke="{_LINE}"/>'
        yield _text(left - 10, up(count) + 4, f"{count:,}", 12, _GREY, anchor="end")
    places = {place for place, _ in known}
    line = "".join(f"{'L' if place - 1 in places else 'M'}{across(place)} {up(count)}" for place, count in known)
    yield f'<path d="{line}" fill="none" stroke="{_BLUE}" stroke-width="2.5" stroke-linecap="round"/>'
    place, count = known[-1]
    yield f'<circle cx="{across(place)}" cy="{up(count)}" r="4" fill="{_BLUE}"/>'
    yield _text(across(place), up(count) - 10, f"{count:,}", 13, _INK, 600, "end")
    yield _text(left, bottom + 24, _date(days[0].day), 12, _GREY)
    yield _text(right, bottom + 24, _date(days[-1].day), 12, _GREY, anchor="end")


def _date(day: datetime) -> str:
    return f"{day:%-d %b}"


def _text(x: float, y: float, text: str, size: int, color: str = _INK, weight: int = 400, anchor: str = "start") -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{color}" font-weight="{weight}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )
