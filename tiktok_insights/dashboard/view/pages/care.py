"""The page Care: how many signs followers show, each sign by itself, activity, and two charts."""

from collections.abc import Sequence

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.people import Group, Signs
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import (
    Column,
    Part,
    frame,
    lead,
    note,
    small_bar,
    swatch,
    table,
    unfilled,
)
from tiktok_insights.dashboard.view.html import Html, join, tag
from tiktok_insights.dashboard.view.pages.follower_map import follower_map
from tiktok_insights.dashboard.view.pages.layout import Drawn
from tiktok_insights.dashboard.view.pages.shares import shares
from tiktok_insights.dashboard.view.pages.sign_weeks import sign_weeks
from tiktok_insights.dashboard.view.words import care as words
from tiktok_insights.dashboard.view.words.groups import named, people

_CLASSES = {"none": ("No sign", "pale"), "one": ("One", "seen"), "several": ("Several", "warn")}
_LEFT_OUT = "(left out of the shares)"


def drawn(account: Account) -> Drawn:
    """The page of an account."""
    visuals = {
        "classes": _classes(account),
        "signs": _signs(account),
        "activity": _activity(account),
        "map": follower_map(account),
        "weeks": sign_weeks(account),
    }
    shown = visuals if account.care.everyone.users else dict.fromkeys(visuals, Html(""))
    return Drawn(lead(words.sentences(account)), shown)


def _classes(account: Account) -> Html:
    care, visual = account.care, visual_of("care", "classes")
    if not words.several(care.everyone).of:
        return unfilled(visual, words.no_signs(account))
    bars = ((words.RECENT, care.joined_28), (words.LONGER, care.joined_90), (words.EVERYONE, care.everyone))
    return frame(visual, *(_class_bar(account, title, signs) for title, signs in bars))


def _class_bar(account: Account, title: str, signs: Signs) -> Html:
    head = tag(
        "p", tag("span", title), tag("span", numbers.plural(signs.users, "person", "people")), class_="bar-title"
    )
    if not signs.users:
        none = tag("p", "No one did for certain.", class_="note")
        return tag("div", tag("p", title, class_="bar-title"), none, class_="titled-bar")
    unknown = named(signs.classes, "cannot say").users
    parts = [
        Part(label, group.users, kind, group.share, shown=people(group.users))
        for name, (label, kind) in _CLASSES.items()
        for group in (named(signs.classes, name),)
    ]
    has_share = any(part.share is not None for part in parts)
    if unknown:
        parts.append(Part("Cannot say", unknown, "unseen", remark=_LEFT_OUT if has_share else ""))
    return tag("div", head, shares(account, parts, signs.users - unknown), class_="titled-bar")


def _signs(account: Account) -> Html:
    care = account.care
    if not any(group.of for group in care.everyone.signs):
        return unfilled(visual_of("care", "signs"), "No sign can be told for anyone listed.")
    rows = sorted(care.everyone.signs, key=lambda group: -(group.share or 0))
    groups = [{group.name: group for group in one.signs} for one in (care.joined_28, care.joined_90, care.everyone)]
    users = [one.users for one in (care.joined_28, care.joined_90, care.everyone)]
    most = max(
        (group.share for group in (*care.joined_28.signs, *care.everyone.signs) if group.share is not None), default=1
    )
    columns: Sequence[Column | str] = [
        "Sign", Column("Share", "wide"), "Last four weeks", "Last 90 days", "Everyone",
    ]  # fmt: skip
    lines = [
        [
            words.SIGNS[group.name],
            _two_bars(groups[0].get(group.name), group, most),
            *(_sign(one.get(group.name), among) for one, among in zip(groups, users, strict=True)),
        ]
        for group in rows
    ]
    key = tag("p", swatch("seen", words.RECENT), swatch("rest", words.EVERYONE), class_="keyline")
    return frame(visual_of("care", "signs"), key, table(columns, lines, "stack big signs"))


def _two_bars(recent: Group | None, everyone: Group, most: float) -> Html:
    return tag(
        "div",
        small_bar(None if recent is None else recent.share, most),
        small_bar(everyone.share, most, "rest"),
        class_="two-bars",
    )


def _sign(group: Group | None, among: int) -> Html:
    if not among:
        return tag("span", "no one joined", class_="mute")
    if group is None or not group.of:
        return tag("span", "cannot say", class_="mute")
    of = tag("span", f" {people(group.users)} of {numbers.count(group.of)}", class_="mute")
    return of if group.share is None else join((tag("b", numbers.share(group.share, 1)), of))


def _activity(account: Account) -> Html:
    care, visual = account.care, visual_of("care", "activity")
    if not care.considered:
        return unfilled(visual, words.without_activity(account))
    sentence = tag("p", words.without_activity(account), class_="subtitle")
    unknown = care.everyone.users - care.considered
    if not care.without_activity:
        others = f"About the other {numbers.count(unknown)} we cannot say: private, or counts not served."
        return frame(visual, sentence, note(others) if unknown > 0 else None)
    share, active = care.share_without_activity, care.considered - care.without_activity
    parts = [
        Part("No activity", care.without_activity, "rest", share, shown=people(care.without_activity)),
        Part("Some activity", active, "seen", None if share is None else 1 - share, shown=people(active)),
    ]
    if unknown > 0:
        remark = "(left out of the shares: private, or counts not served)" if share is not None else ""
        parts.append(Part("Cannot say", unknown, "unseen", remark=remark))
    return frame(visual, sentence, shares(account, parts, care.considered))
