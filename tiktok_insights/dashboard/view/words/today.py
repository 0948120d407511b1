"""The sentences of the page Today."""

from collections.abc import Iterator

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.change import Burst, Period
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.html import Html, bold, join
from tiktok_insights.dashboard.view.words.accounts import is_hidden, list_kind

#: The nearest snapshot may be so many days off before the sentence says so.
_OFF = 0.6


def sentences(account: Account, days: int) -> list[Html]:
    """What changed, how sure that is, and what was not seen."""
    period = account.periods.get(days)
    if period is None:
        return [_count_alone(account), no_period(account, days), *_what_there_is(account)]
    found = [_change(period)]
    if period.joined is None:
        return [*found, *_no_lists(account, period)]
    return [*found, _moves(period), _rest(account, period)]


def no_period(account: Account, days: int) -> Html:
    """Why nothing can be compared."""
    if account.coverage.newest is None:
        return Html("Nothing can be compared until a snapshot has read a list.")
    if shorter := [known for known in account.periods if known < days]:
        longest = f"Choose {max(shorter)} days: the oldest is of about that time."
        return join(
            (
                f"The snapshots do not reach back {days} days, so what changed since then ",
                bold("we cannot say"),
                f". {longest}",
            )
        )
    return join(("There is no earlier snapshot to compare with, so what changed ", bold("we cannot say"), " yet."))


def since(period: Period) -> str:
    """The day with which is compared."""
    return numbers.day(period.since, period.until)


def span_in_words(burst: Burst) -> str:
    """How long a burst lasted."""
    words = ("", "one hour", "two hours", "three hours", "four hours", "five hours", "six hours")
    hours = max(1, round((burst.ended_at - burst.started_at).total_seconds() / 3600))
    return words[hours] if hours < len(words) else f"{hours} hours"


def unexplained_reason(account: Account, rest: int) -> str:
    """What the unexplained part may be, in a few words; followers who left unseen make it negative."""
    if rest > 0:
        return "Counted by TikTok, never listed"
    reasons = {
        "whole": "Counted by TikTok, never listed",
        "cut": "Older followers who left unseen",
        "partial": "Followers whom the list does not reach",
        "hidden": "The list is hidden",
    }
    return reasons.get(list_kind(account), "Not on any list")


def _what_there_is(account: Account) -> Iterator[Html]:
    if not account.periods and account.who.users:
        people = " person is" if account.who.users == 1 else " people are"
        rest = " on the list: the page Who shows them. After the next snapshot this page says what changed."
        yield join((bold(numbers.count(account.who.users)), people, rest))


def _count_alone(account: Account) -> Html:
    newest = account.coverage.newest
    if newest is None or newest.claimed is None:
        return join(("How many followers TikTok counts, ", bold("we cannot say"), "."))
    return join(("TikTok counts ", bold(numbers.plural(newest.claimed, "follower", "followers")), "."))


def _change(period: Period) -> Html:
    change = period.to_count - period.from_count
    words: tuple[str, ...] = (f", as many as on {since(period)}.",)
    if change:
        more = f"{numbers.count(abs(change))} {'more' if change > 0 else 'fewer'}"
        per_day = numbers.rate(abs(change) / period.days_between) if period.days_between else numbers.count(abs(change))
        words = (", ", bold(more), f" than on {since(period)}: {per_day} a day.")
    off = ""
    if abs(period.days_between - period.days) > _OFF:
        off = f" The nearest snapshot is {numbers.rate(round(period.days_between, 1))} days back, not {period.days}."
    return join(("TikTok counts ", bold(numbers.count(period.to_count)), " followers", *words, off))


def _no_lists(account: Account, period: Period) -> Iterator[Html]:
    if is_hidden(account):
        hidden = account.coverage.hidden_since or period.until
        yield join(
            (
                "Who joined and who left, ",
                bold("we cannot say"),
                ": the list has been hidden since ",
                numbers.day(hidden, period.until),
                ".",
            )
        )
        if account.coverage.last_list is not None:
            yield Html("The last list still answers who follows this account, not what changed.")
        return
    yield join(
        (
            "Who joined and who left, ",
            bold("we cannot say"),
            f": there is no list both on {since(period)} and on {numbers.day(period.until)}.",
        )
    )


def _moves(period: Period) -> Html:
    joined, gone, maybe = period.joined or 0, period.gone or 0, period.missed_once or 0
    at_least = "At least " if period.joined_is_at_least else ""
    first = (
        at_least,
        bold(numbers.count(joined)),
        " person" if joined == 1 else " people",
        " joined and ",
        "is" if joined == 1 else "are",
        " still listed. ",
    )
    verb = "is" if gone == 1 else "are"
    second = (
        bold(numbers.count(gone)),
        f" who {'was' if gone == 1 else 'were'} listed on {since(period)} {verb} gone",
        ", each missed by two snapshots" if gone else "",
    )
    third = (f"; {numbers.count(maybe)} more {'was' if maybe == 1 else 'were'} missed once.",) if maybe else (".",)
    return join((*first, *second, *third))


def _rest(account: Account, period: Period) -> Html:
    rest, newest = period.unexplained or 0, account.coverage.newest
    more = f"{numbers.count(abs(rest))} {'more' if rest > 0 else 'fewer'}"
    sums = (
        ("TikTok counts ", bold(more), " than these add up to. ")
        if rest
        else ("That ", bold("adds up"), " to TikTok's count. ")
    )
    if list_kind(account) == "whole":
        return join(
            (*sums, "The list is whole: the rest are accounts that TikTok counts but never lists." if rest else "")
        )
    share = "" if newest is None or newest.share is None else f" {numbers.share(newest.share)}"
    why = (
        f"We see only the newest{share}, and TikTok counts some accounts that no list shows."
        if rest > 0
        else f"We see only the newest{share}, so older followers who left are invisible to us."
    )
    return join((*sums, why))
