"""What is around the pages: the top with its filters, the tabs, the definitions, the footer, and the patterns."""

import re

from tiktok_insights.dashboard.description import DEFINITIONS, PAGES
from tiktok_insights.dashboard.facts.account import Account, Facts
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.banner import mini
from tiktok_insights.dashboard.view.html import Html, join, tag, visible
from tiktok_insights.dashboard.view.words.accounts import called, label
from tiktok_insights.insights.thresholds import PERIODS

#: What TikTok allows a handle to be, and some more.
_HANDLE = re.compile(r"[\w.-]{1,64}")
TITLE = "Follower insights"
#: What people ask for, and a list of followers does not tell.
_NEVER = (
    "Not computable from a follower list, so never shown here: "
    "engagement, reach, views, demographics, active hours, language."
)
#: Hatches: width, class of the line, thickness.
_PATTERNS = {"possible": (5, "p-seen", 1.6), "maybe": (5, "p-gone", 1.6), "unseen": (6, "p-unseen", 1.1)}
_THEMES = {
    "auto": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor"/>',
    "light": '<circle cx="8" cy="8" r="3.2" fill="currentColor"/><path d="M8 0v2.4M8 13.6V16M0 8h2.4M13.6 8H16'
    'M2.4 2.4 4 4M12 12l1.6 1.6M2.4 13.6 4 12M12 4l1.6-1.6" stroke="currentColor" stroke-width="1.5"/>',
    "dark": '<path d="M13.6 10.2A6 6 0 0 1 5.8 2.4a6 6 0 1 0 7.8 7.8z" fill="currentColor"/>',
}


def keys(facts: Facts) -> list[str]:
    """How the address names each account: by its handle, or by its ID if that is none, shared, or odd."""
    handles = [account.handle or "" for account in facts.accounts]
    return [
        handle if _HANDLE.fullmatch(handle) and handles.count(handle) == 1 else account.account_id
        for handle, account in zip(handles, facts.accounts, strict=True)
    ]


def top(facts: Facts) -> Html:
    """The name of the file, and the filters, which need scripts."""
    logo = Html(
        '<svg width="26" height="12">'
        '<rect width="26" height="12" rx="2.5" class="f-unseen o-unseen"/>'
        '<rect x="17" width="9" height="12" rx="2.5" class="f-seen"/></svg>'
    )
    options = (
        tag("option", visible(label(account)), value=key)
        for key, account in zip(keys(facts), facts.accounts, strict=True)
    )
    choose = tag("label", tag("span", "Account", class_="sr"), tag("select", *options, id="account"), class_="select")
    radios = (_period(days) for days in PERIODS)
    period = tag("fieldset", tag("legend", "Period", class_="sr"), *radios, class_="segments")
    icons = (tag("svg", Html(shape), class_=f"t-{name}", width=16, height=16) for name, shape in _THEMES.items())
    theme = tag("button", *icons, type="button", id="theme", class_="theme", aria_label="Color theme: automatic")
    filters = tag("div", choose, period, class_="filters") if facts.accounts else None
    return tag("div", tag("p", logo, TITLE, class_="brand"), filters, theme, class_="wrap top")


def tabs(facts: Facts) -> Html:
    """The pages as links, and the small rulers."""
    links = (tag("a", page.title, href=f"#{page.name}", data_tab=page.name) for page in PAGES)
    minis = (
        tag("span", mini(account), class_="mini", data_account=number) for number, account in enumerate(facts.accounts)
    )
    return tag("nav", tag("div", *links, *minis, class_="wrap"), aria_label="Pages")


def directory(accounts: tuple[Account, ...]) -> Html | None:
    """Where each account begins, for a reader without scripts."""
    if len(accounts) < 2:  # one needs no list
        return None
    links = join(
        (tag("a", called(account), href=f"#account-{number}") for number, account in enumerate(accounts)), ", "
    )
    return tag(
        "noscript",
        tag(
            "p",
            "Scripts are off: the accounts stand one below the other, and the period is 7 days. ",
            links,
            class_="wrap directory",
        ),
    )


def patterns() -> Html:
    """The hatches, which charts and bars refer to."""
    made = (
        tag(
            "pattern",
            tag("path", d=f"M1 0V{size}", class_=class_, stroke_width=thickness),
            id=f"hatch-{name}",
            width=size,
            height=size,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        )
        for name, (size, class_, thickness) in _PATTERNS.items()
    )
    return tag("svg", tag("defs", *made), class_="patterns", focusable="false")


def definitions() -> Html:
    """The definitions behind the question marks."""
    return join(
        tag(
            "div",
            tag("p", tag("b", definition.title)),
            tag("p", definition.text),
            tag("p", definition.more) if definition.more else None,
            id=f"def-{definition.name}",
            popover="auto",
            class_="definition",
        )
        for definition in DEFINITIONS
    )


def footer(facts: Facts) -> Html:
    """What the file was made from, and what it can never show."""
    if facts.first_at is None or facts.last_at is None:
        return tag("footer", tag("p", f"Made from no snapshot. Times are UTC. {_NEVER}"), class_="wrap")
    first, last = numbers.day(facts.first_at), numbers.day(facts.last_at)
    dates = last if first == last else f"{first} to {last}"
    of = numbers.plural(len(facts.accounts) + facts.left_out, "account", "accounts")
    made = f"Made from {numbers.plural(facts.snapshots, 'snapshot', 'snapshots')} of {of}, {dates}. Times are UTC. "
    return tag("footer", tag("p", made, _NEVER), class_="wrap")


def _period(days: int) -> Html:
    radio = tag("input", type="radio", name="period", value=days, checked=days == PERIODS[0])
    return tag("label", radio, tag("span", f"{days} days" if days == PERIODS[0] else days))
