"""Lists of people on the page Who: most followed, most hearts and so on, and the most followed among the new."""

from collections.abc import Sequence

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.people import HeartsOfName, NewFollower, Person, Ranked
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import BarRow, Column, bar_list, empty, frame, table, twin, unfilled
from tiktok_insights.dashboard.view.html import Html, join, name, tag, visible
from tiktok_insights.dashboard.view.words import who as words

#: Larger numbers are given in few letters.
_LONG, _LONG_IN_TABLE = 10**9, 10**8
_NOT_SERVED = tag("span", "not served", class_="mute")
_FOLD = 10


def ranking(account: Account, visual_name: str, ranked: tuple[Ranked, ...], value: str, nobody: str) -> Html:
    """People by a number. `value` is what the number is; `nobody` is said if no one has any."""
    visual = visual_of("who", visual_name)
    if not ranked:
        return unfilled(visual, nobody if words.served(account.who) else _no_counts(account))
    rows = [BarRow(person(one.person), one.value, number(one.value)) for one in ranked]
    return frame(visual, bar_list(rows, "Name", value))


def follow_most(account: Account) -> Html:
    """Those who follow the most; a sentence if all are at TikTok's limit."""
    ranked = account.who.follow_most
    if not words.all_at_limit(ranked):
        return ranking(account, "follow_most", ranked, "Follows", "No one on the list follows anyone.")
    rows = [[person(one.person), number(one.value)] for one in ranked]
    return unfilled(
        visual_of("who", "follow_most"),
        words.at_limit(account.who),
        twin(["Name", "Follows"], rows, f"Show all {len(rows)}" if len(rows) > 1 else "Show who"),
    )


def most_hearts(account: Account) -> Html:
    """Nicknames by the hearts of all who have them."""
    visual, hearts = visual_of("who", "most_hearts"), account.who.most_hearts
    if not hearts:
        nobody = "No one on the list has a heart." if words.served(account.who) else _no_counts(account)
        return unfilled(visual, nobody)
    rows = [BarRow(_shared_name(one), one.hearts, number(one.hearts)) for one in hearts]
    return frame(visual, bar_list(rows, "Nickname", "Hearts"))


def new_followers(account: Account) -> Html:
    """The most followed among the new."""
    who, visual = account.who, visual_of("who", "new")
    line = tag("p", words.new(account), class_="subtitle")
    if not who.new_users:
        return unfilled(visual, words.new(account))
    if not who.new:
        return frame(visual, line, empty("TikTok served no follower counts for these people, so they are in no order."))
    columns: Sequence[Column | str] = [
        "Name",
        "Followers",
        *(Column(title, "late") for title in ("Follows", "Hearts", "Videos")),
        "Seen before",
    ]
    rows = [_new_row(one) for one in who.new]
    return frame(visual, line, table(columns, rows, f"plain people{' fold' if len(rows) > _FOLD else ''}"))


def person(one: Person) -> Html:
    """A person's name and handle; both are free text of strangers."""
    handle = visible(one.user_name)
    return join(
        (name(one.nick_name), " " if handle else None, tag("bdi", f"@{handle}", class_="mute") if handle else None)
    )


def number(value: int, shortest: int = _LONG) -> str:
    """Give a count; one that would not fit in few letters."""
    return numbers.count(value) if value < shortest else numbers.compact(value)


def _shared_name(one: HeartsOfName) -> Html:
    shared = tag("span", f" {numbers.count(one.users)} people", class_="mute") if one.users > 1 else None
    return join((name(one.nick_name), shared))


def _new_row(one: NewFollower) -> list[Html | str]:
    counts = (one.followers, one.following, one.hearts, one.videos)
    returned = tag("span", tag("i", class_="m-returned"), "returned", class_="nowrap")
    return [
        person(one.person),
        *(_NOT_SERVED if value is None else number(value, _LONG_IN_TABLE) for value in counts),
        returned if one.was_seen_before else tag("span", "new", class_="mute"),
    ]


def _no_counts(account: Account) -> str:
    if not account.who.users:
        return "No one is on a list that we saw."
    return "TikTok served no counts for these followers, so they are in no order."
