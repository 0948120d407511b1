"""The sentences of the page Who."""

from collections.abc import Iterator

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.people import Group, Ranked, Who
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.html import Html, bold, join
from tiktok_insights.dashboard.view.words.accounts import is_hidden, list_kind
from tiktok_insights.dashboard.view.words.groups import is_unknown, named, people, why_no_share
from tiktok_insights.insights.thresholds import VALUES
from tiktok_insights.insights.words import filled

#: The tiers above the first, smallest first.
_TIERS = ("nano", "micro", "mid", "macro", "mega")
_MOST = 0.5


def sentences(account: Account) -> list[Html]:
    """Say how large the followers are, how open, and what was not served or not seen."""
    who = account.who
    if not who.users:
        return [join(("Who follows this account, ", bold("we cannot say"), ": no one is on a list that we saw."))]
    return [_sizes(account), _openness(who), *_limits(account)]


def served(who: Who) -> int:
    """How many have counts that TikTok served."""
    return sum(group.users for group in who.tiers if not is_unknown(group))


def tier(group: Group) -> str:
    """Give a tier with its bounds, such as nano, 1k-10k."""
    if is_unknown(group):
        return "not served"
    if group.name not in _TIERS:
        return group.name
    place = _TIERS.index(group.name)
    above = f"\N{EN DASH}{_round(_TIERS[place + 1])}" if place + 1 < len(_TIERS) else "+"
    return f"{group.name}, {_round(group.name)}{above}"


def band(group: Group) -> str:
    """Give a band of how many someone follows."""
    return "not served" if is_unknown(group) else group.name.replace("-", "\N{EN DASH}")


def all_at_limit(ranked: tuple[Ranked, ...]) -> bool:
    """Whether all of those who follow the most are at TikTok's limit, so that no one of them stands out."""
    return bool(ranked) and all(one.value >= VALUES["follow_limit"] for one in ranked)


def at_limit(who: Who) -> Html:
    """Say that those who follow the most are at the limit."""
    values = [one.value for one in who.follow_most]
    low, high = numbers.count(min(values)), numbers.count(max(values))
    each = f"The first {len(values)} follow" if len(values) > 1 else "The first follows"
    between = f" {low} to {high} accounts" if low != high else f" {low} accounts"
    limit = named(who.bands, filled("{follow_limit:,}+")).users
    in_all = filled(f" In all, {people(limit)} follow {{follow_limit:,}} or more.") if limit else ""
    return join((each, bold(between), ": TikTok allows 10,000, so no one stands out.", in_all))


def new(account: Account) -> str:
    """Say how many are new, and how many of all are notable."""
    who = account.who
    people_have = "no one has" if not who.notable else f"{people(who.notable)} have"
    all_notable = f" Of everyone listed, {people_have} " + filled("{notable:,} followers or more.")
    if not who.new_users:
        hidden = " The list is hidden, so no one new could be seen." if is_hidden(account) else ""
        return (
            filled("No one joined for certain in the {new_days} days before the newest snapshot.")
            + hidden
            + all_notable
        )
    joined = f"{numbers.plural(who.new_users, 'person', 'people')} joined "
    return joined + filled("in the {new_days} days before the newest snapshot.") + all_notable


def _sizes(account: Account) -> Html:
    who = account.who
    known, small = served(who), next((group for group in who.tiers if group.name not in {*_TIERS, "unknown"}), None)
    if not known or small is None:
        return join(("How many followers they have, ", bold("we cannot say"), ": TikTok served no counts."))
    if small.share is None:
        of = numbers.plural(known, "person", "people")
        return join((f"TikTok served the counts of {of}. ", why_no_share(account, known)))
    more, large = (sum(named(who.tiers, name).users for name in names) for names in (_TIERS, _TIERS[1:]))
    begin = "Most are small accounts: " if small.share > _MOST else ""
    have = filled("have under {nano:,} followers")
    rest: tuple[str, ...] = ("; no one has more.",)
    if more:
        rest = ("; ", bold(people(more)), " have more.")
    if large:
        rest = ("; ", bold(people(more)), f" have more, and {people(large)} of them ", filled("{micro:,} or more."))
    return join((begin, bold(numbers.share(small.share)), f" {have}", *rest))


def _openness(who: Who) -> Html:
    private, verified = named(who.privacy, "private"), named(who.verification, "verified")
    share = people(private.users).capitalize() if private.share is None else numbers.share(private.share)
    verb = "is" if verified.users == 1 else "are"
    return join((bold(share), " are private, and ", people(verified.users), f" {verb} verified."))


def _limits(account: Account) -> Iterator[Html]:
    who = account.who
    missing = who.users - served(who)
    if missing and missing < who.users:
        yield join(
            (
                "TikTok did not serve the counts for ",
                bold(numbers.count(missing)),
                " of them: they are in no sum or list.",
            )
        )
    if list_kind(account) != "whole":
        listed = numbers.plural(who.users, "follower", "followers")
        yield Html(f"This is about the {listed} on the list, who are not a random sample of all.")


def _round(word: str) -> str:
    value = int(VALUES[word])
    return f"{value // 1_000_000}M" if value >= 1_000_000 else f"{value // 1_000}k"
