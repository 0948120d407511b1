"""How an account is called, which kind of list it has, and what its banner says."""

from datetime import datetime

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.coverage import Snapshot
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.html import Html, bold, join, name
from tiktok_insights.insights.thresholds import VALUES


def label(account: Account) -> str:
    """What an account is called: its handle or, without one, its ID."""
    return f"@{account.handle}" if account.handle else account.account_id


def called(account: Account) -> Html:
    """The same as HTML."""
    return name(label(account))


def list_kind(account: Account) -> str:
    """The kind of the newest list, as a chip shows it."""
    newest = account.coverage.newest
    if newest is None:
        return "none" if not account.snapshots else "window"
    return newest.list or "other"


def is_hidden(account: Account) -> bool:
    """Whether the newest snapshot shows nobody although an earlier one did, or the list is hidden."""
    return account.coverage.hidden_since is not None or list_kind(account) == "hidden"


def as_of(account: Account) -> datetime | None:
    """When the newest snapshot was taken."""
    return account.coverage.newest.looked_at if account.coverage.newest else None


def headline(account: Account) -> Html:
    """What was seen of how many, in one sentence."""
    newest, kind = account.coverage.newest, list_kind(account)
    if newest is None:
        return Html("No snapshot has read a list of this account yet.")
    if is_hidden(account):
        since = account.coverage.hidden_since or newest.looked_at
        return join(("The follower list has been hidden since ", numbers.day(since, newest.looked_at), "."))
    newest_of = "" if kind in {"whole", "other"} else "the newest "
    if newest.claimed is None:
        return join(("We saw ", newest_of, bold(numbers.plural(newest.seen, "follower", "followers")), "."))
    shown = "" if newest.share is None else f": {numbers.share(newest.share)}"
    end = ", and the list came to its end" if kind == "whole" else ""
    return join((f"We saw {newest_of}{numbers.count(newest.seen)} of {_followers(newest.claimed)}{shown}{end}.",))


def explanation(account: Account) -> Html:
    """How far back the list reaches, why it ends there, and what that leaves out."""
    newest, last = account.coverage.newest, account.coverage.last_list
    if newest is None:
        return Html("There are no numbers about its followers until a snapshot reads the list from its beginning.")
    if is_hidden(account):
        return _hidden(newest, last)
    sentences = [_reach(newest), _end(newest)]
    if is_too_little(newest):
        sentences.append("That is too little for shares, so only counts are shown.")
    return join(sentence for sentence in sentences if sentence)


def is_too_little(snapshot: Snapshot) -> bool:
    """Whether a list has too few people for a share of them to say anything about the account (M1)."""
    share = 1.0 if snapshot.share is None else snapshot.share
    return snapshot.list != "whole" and (snapshot.seen < VALUES["few_users"] or share < VALUES["little_share"])


def _followers(claimed: int) -> str:
    return numbers.plural(claimed, "follower", "followers")


def _hidden(newest: Snapshot, last: Snapshot | None) -> Html:
    count = "" if newest.claimed is None else f"TikTok still counts {_followers(newest.claimed)}. "
    if last is None:
        return join((count, "No snapshot has seen the list, so nothing can be said about who is on it."))
    old = numbers.plural((newest.looked_at - last.looked_at).days, "day", "days")
    seen = "" if last.claimed is None else f" of {numbers.count(last.claimed)}"
    when = numbers.day(last.looked_at, newest.looked_at)
    return join((f"{count}All else is from the last list, {when}: {numbers.count(last.seen)}{seen}. It is {old} old.",))


def _reach(newest: Snapshot) -> str:
    if newest.list == "whole":
        return ""
    if newest.covered_from is None:
        return "How far back the list reaches is unknown. "
    return f"The list reaches back to {numbers.moment(newest.covered_from)}. "


def _end(newest: Snapshot) -> str:
    missing = None if newest.claimed is None else max(newest.claimed - newest.seen, 0)
    if newest.list == "whole":
        if not missing:
            return "Everyone whom TikTok counts is on it."
        return f"TikTok counts {numbers.count(missing)} more that no list shows."
    why = {
        "cut": "It ends there because TikTok's API stops it. ",
        "partial": "It ends there, or has holes, because it could not be read to its end. ",
        None: "It is a file from another source, which does not say why it ends. ",
    }.get(newest.list, "")
    if not missing:
        return why
    return f"{why}The other {numbers.count(missing)} followers are in no number here except TikTok's own count. "
