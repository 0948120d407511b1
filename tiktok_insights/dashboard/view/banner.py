"""The banner on top of each account: what was seen, back to when, why it ends there, and how old it is."""

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import chip, question, ruler, small_ruler
from tiktok_insights.dashboard.view.html import Html, join, tag
from tiktok_insights.dashboard.view.words import accounts as words


def banner(account: Account) -> Html:
    """The banner of an account."""
    stale = words.is_hidden(account) or account.coverage.newest is None
    head = tag(
        "div",
        tag("h1", words.called(account), class_="account"),
        chip(words.list_kind(account)),
        question("coverage"),
        class_="title",
    )
    text = tag(
        "div",
        head,
        tag("p", words.headline(account), class_="headline"),
        tag("p", words.explanation(account), class_="why"),
    )
    return tag(
        "header",
        tag("div", text, _meta(account), class_="top-of-banner"),
        _ruler(account),
        class_=f"banner{' stale' if stale else ''}",
    )


def mini(account: Account) -> Html:
    """The ruler beside the tabs, once the banner has scrolled away."""
    newest = account.coverage.newest
    if newest is None or words.is_hidden(account):
        return join((small_ruler(None, 72), tag("span", "list hidden" if newest else "no list yet")))
    of = "" if newest.claimed is None else f" of {numbers.count(newest.claimed)}"
    return join((small_ruler(seen_share(account), 72), tag("span", f"{numbers.count(newest.seen)}{of} seen")))


def seen_share(account: Account) -> float | None:
    """The share of the newest list for a ruler; None if the list shows nobody."""
    newest = account.coverage.newest
    if newest is None or words.is_hidden(account) or not newest.seen:
        return None
    return 1.0 if newest.share is None else newest.share


def _meta(account: Account) -> Html | None:
    newest, last = account.coverage.newest, account.coverage.last_list
    if newest is None:
        return None
    age = tag("dd", numbers.moment(newest.looked_at), data_age=numbers.seconds(newest.looked_at))
    rows = [tag("div", tag("dt", "As of"), age)]
    if last is not None and last != newest:
        rows.append(tag("div", tag("dt", "List as of"), tag("dd", numbers.moment(last.looked_at))))
    if account.coverage.listed:
        exact = f"exact for {numbers.share(account.coverage.exact / account.coverage.listed)} of those listed"
        rows.append(tag("div", tag("dt", "Their counts"), tag("dd", exact)))
    return tag("dl", *rows, class_="meta")


def _ruler(account: Account) -> Html:
    newest = account.coverage.newest
    if newest is None or words.is_hidden(account) or not newest.seen:
        claimed = newest.claimed if newest else None
        left = "Not shown to us" if claimed is None else f"All {numbers.count(claimed)}: not shown to us"
        return ruler(None, left, "newest")
    missing = max((newest.claimed or newest.seen) - newest.seen, 0)
    whole = newest.list == "whole"
    left = f"{numbers.count(missing)} {'counted, never listed' if whole else 'older, not seen'}" if missing else ""
    back = "first to newest" if whole else ""
    if newest.covered_from is not None and not whole:
        day = numbers.day(newest.covered_from, newest.looked_at).replace(" ", "\N{NO-BREAK SPACE}")
        back = f"back to {day}"
    seen = tag("b", f"{numbers.count(newest.seen)} seen")
    return ruler(seen_share(account), left, join((seen, f", {back}" if back else "")))
