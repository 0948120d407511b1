"""The page Who: the four cards of the tutorial, shares, lists of people, and how large the followers are."""

from collections.abc import Callable, Sequence

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.people import Group, Total
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import (
    BarRow,
    Card,
    Part,
    bar_list,
    cards,
    certainty,
    frame,
    lead,
    note,
    unfilled,
)
from tiktok_insights.dashboard.view.html import Html, tag
from tiktok_insights.dashboard.view.pages.layout import Drawn
from tiktok_insights.dashboard.view.pages.rankings import follow_most, most_hearts, new_followers, ranking
from tiktok_insights.dashboard.view.pages.shares import shares
from tiktok_insights.dashboard.view.words import who as words
from tiktok_insights.dashboard.view.words.groups import is_unknown, people, why_no_share, with_share

_KINDS = {"public": "seen", "private": "rest", "verified": "seen", "not verified": "rest", "unknown": "unseen"}


def drawn(account: Account) -> Drawn:
    """The page of an account."""
    who = account.who
    visuals = {
        "sums": tag("section", _sums(account), class_="w12", data_visual="sums"),
        "privacy": _shares(account, "privacy", who.privacy),
        "verification": _shares(account, "verification", who.verification),
        "most_followed": ranking(
            account, "most_followed", who.most_followed, "Followers", "No one on the list has a follower."
        ),
        "follow_most": follow_most(account),
        "most_hearts": most_hearts(account),
        "most_videos": ranking(
            account, "most_videos", who.most_videos, "Videos", "No one on the list has published a video."
        ),
        "tiers": _sizes(account, "tiers", who.tiers, words.tier),
        "bands": _sizes(account, "bands", who.bands, words.band),
        "new": new_followers(account),
    }
    return Drawn(lead(words.sentences(account)), visuals if who.users else dict.fromkeys(visuals, Html("")))


def _sums(account: Account) -> Html:
    who = account.who
    friends = certainty("cannot-say", "TikTok always sends 0 in lists")
    return cards(
        [
            _sum("Their followers", account, who.followers),
            _sum("They follow", account, who.following),
            Card("Friends", "served", None, "", friends, unknown="Not served"),
            _sum("Their hearts", account, who.hearts),
        ]
    )


def _sum(label: str, account: Account, total: Total) -> Card:
    if not total.users:
        return Card(label, "served", None, "", certainty("cannot-say", "TikTok served none of these counts"))
    value, exact = numbers.compact(total.value), numbers.count(total.value)
    over = f"summed over {numbers.count(total.users)}"
    missing = account.who.users - total.users
    sure = certainty("counted", "Everyone listed")
    if missing > 0:
        sure = certainty("at-least", f"At least: {numbers.count(missing)} not served")
    return Card(label, "served", value, over if value == exact else f"{exact}, {over}", sure)


def _shares(account: Account, visual_name: str, groups: Sequence[Group]) -> Html:
    parts = [
        Part(
            group.name.capitalize(),
            group.users,
            _KINDS[group.name],
            group.share,
            shown="" if is_unknown(group) else people(group.users),
        )
        for group in groups
        if group.users or group.name != "unknown"
    ]
    return frame(visual_of("who", visual_name), shares(account, parts, sum(group.users for group in groups)))


def _sizes(account: Account, visual_name: str, groups: Sequence[Group], label: Callable[[Group], str]) -> Html:
    visual, known = visual_of("who", visual_name), sum(group.users for group in groups if not is_unknown(group))
    if not known:
        return unfilled(visual, "TikTok served no counts for these followers.")
    ordered = sorted(groups, key=is_unknown)
    rows = [
        BarRow(
            Html(label(group)),
            group.users or None,
            with_share(group),
            "unseen" if is_unknown(group) else "seen",
        )
        for group in ordered
        if group.users or not is_unknown(group)
    ]
    about = f"Shares are of the {numbers.count(known)} whose counts TikTok served."
    if all(group.share is None for group in groups):
        about = why_no_share(account, known)
    return frame(visual, bar_list(rows, visual.title, "People", wide=True), note(about))
