"""The sentences of the page Care: facts about accounts, compared with the account's own followers only."""

from collections.abc import Iterator, Sequence

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.change import Burst, Week
from tiktok_insights.dashboard.facts.people import Cell, Group, Signs
from tiktok_insights.dashboard.intervals import wilson
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.html import Html, bold, join
from tiktok_insights.dashboard.view.words.groups import named, people, why_no_share
from tiktok_insights.insights.thresholds import VALUES
from tiktok_insights.insights.words import filled

RECENT = "Joined in the last four weeks"
LONGER = "Joined in the last 90 days"
EVERYONE = "Everyone listed"
#: A cell of the map stands out with so many times the people of a full one, fuller than so many of the others.
_PATCH, _USUAL = 3, 0.95
#: The signs as people say them, by the names that facts give them.
SIGNS = {
    "default handle": "Handle is \N{LEFT DOUBLE QUOTATION MARK}user\N{RIGHT DOUBLE QUOTATION MARK} and digits",
    "follows many more": filled("Follows {follows_many:,} or more, and {many_times} times its followers"),
    "never liked": "Never liked a video",
    "young when joined": filled("Younger than {young_days} days when it joined"),
    "same age": "Made on the same day as others listed",
    "at the follow limit": filled("Follows {follow_limit:,} or more, TikTok's limit"),
}


def sentences(account: Account) -> list[Html]:
    """Say how many show several signs, what cannot be told, and whether a burst stands out."""
    if not account.care.everyone.users:
        return [join(("Whether anything is odd, ", bold("we cannot say"), ": no one is on a list that we saw."))]
    if not several(account.care.everyone).of:
        return [join(("Whether anything is odd, ", bold("we cannot say"), ". ", no_signs(account)))]
    return [_several(account), *_unknown(account), *_bursts(account)]


def no_signs(account: Account) -> str:
    """Say why the signs of no one can be told."""
    listed = numbers.plural(account.care.everyone.users, "follower", "followers")
    return f"All {listed} listed are private, or TikTok did not serve their counts."


def several(signs: Signs) -> Group:
    """Give those with several signs."""
    return named(signs.classes, "several")


def without_activity(account: Account) -> Html:
    """Say how many show no activity, of whom."""
    care = account.care
    if not care.considered:
        return Html("TikTok served counts for no public follower listed, so we cannot say who shows activity.")
    of = f"{numbers.count(care.considered)} public followers with served counts"
    if not care.without_activity:
        return join(("All ", of, " show some activity."))
    shown = people(care.without_activity).capitalize()
    if care.share_without_activity is not None:
        shown = numbers.share(care.share_without_activity)
    return join((bold(shown), f" of the {of} show no activity."))


def made_when(account: Account) -> Html:
    """Say how old the accounts are: all, those who joined last, and those of one age who joined together."""
    cells = account.care.map
    last = max(cell.joined for cell in cells)
    late = [cell for cell in cells if cell.joined >= last - last // 5]
    months = [bold(numbers.month(middle(some).first_created_at)) for some in (cells, late)]
    half = ("Half of these accounts were made by ", months[0], "; of the last fifth to join, half by ", months[1], ".")
    fullest = max(cells, key=lambda cell: (cell.users, cell.joined))
    if fullest.users <= patch(cells):
        return join(half)
    made = numbers.month(fullest.first_created_at)
    return join(
        (*half, " One patch stands out: ", bold(people(fullest.users)), f" joined together, made about {made}.")
    )


def patch(cells: Sequence[Cell]) -> int:
    """Give the number of people in a cell above which it stands out from the others."""
    ordered = sorted(cell.users for cell in cells)
    return max(_PATCH * ordered[int((len(ordered) - 1) * _USUAL)], 2 * int(VALUES["min_group"]))


def middle(cells: Sequence[Cell]) -> Cell:
    """Give the cell that holds the middle person by the making of the account."""
    ordered, seen = sorted(cells, key=lambda cell: cell.created), 0
    half = sum(cell.users for cell in ordered) / 2
    for cell in ordered:
        seen += cell.users
        if seen >= half:
            break
    return cell


def no_week(account: Account) -> str:
    """Say why no week has a share."""
    most = max(account.weeks, key=lambda week: week.signs_known)
    if most.signs_known < VALUES["min_users"]:
        return filled(
            "No shares here: no week has {min_users} people who joined for certain and whose signs we can tell."
        )
    return why_no_share(account, most.signs_known)


def is_unusual(week: Week, usual: float | None) -> bool:
    """Whether the share of a week is surely above the usual one."""
    return usual is not None and week.share_from is not None and week.share_from > usual


def _several(account: Account) -> Html:
    care = account.care
    recent, longer, everyone = (several(signs) for signs in (care.joined_28, care.joined_90, care.everyone))
    if recent.share is None:
        return _no_recent(account, everyone)
    low, high = wilson(recent.share, recent.of)
    usual, words = (longer, "of the last 90 days") if longer.share is not None else (everyone, "of everyone listed")
    begin = (
        "Of those who joined in the last four weeks, ",
        bold(numbers.share(recent.share, 1)),
        f" show several signs ({numbers.interval(low, high)})",
    )
    if usual.share is None:
        return join((*begin, "."))
    verdict = "more than usual" if low > usual.share else "less than usual" if high < usual.share else "as usual"
    return join((*begin, ": ", bold(verdict), f" for this account ({numbers.share(usual.share, 1)} {words})."))


def _no_recent(account: Account, everyone: Group) -> Html:
    recent = account.care.joined_28
    known = several(recent).of
    if not recent.users:
        first = Html("No one joined for certain in the last four weeks. ")
    elif not known:
        first = join(("About those who joined in the last four weeks, ", bold("we cannot say"), " anything. "))
    else:
        found = bold(people(several(recent).users))
        told = f"Of the {numbers.count(known)} who joined in the last four weeks and whose signs we can tell, "
        first = join((told, found, " show several. "))
    if everyone.share is not None:
        return join((first, "Of everyone listed, ", bold(numbers.share(everyone.share, 1)), " show several signs."))
    found = bold(people(everyone.users))
    return join(
        (first, f"Of the {numbers.count(everyone.of)} listed whose signs we can tell, ", found, " show several.")
    )


def _unknown(account: Account) -> Iterator[Html]:
    unknown = named(account.care.everyone.classes, "cannot say")
    if unknown.users:
        shown = people(unknown.users) if unknown.share is None else numbers.share(unknown.share)
        of = numbers.plural(account.care.everyone.users, "person", "people")
        end = f" of the {of} listed: private, or counts not served."
        yield join(("We cannot say anything about ", bold(shown), end))


def _bursts(account: Account) -> Iterator[Html]:
    for burst in account.bursts[:1]:
        if burst.share_several is None:
            continue
        low, _ = wilson(burst.share_several, burst.signs_known)
        begin = "One thing stands out: in the burst of " if _is_odd(burst, low) else "In the newest burst, of "
        day = numbers.day(burst.started_at, account.coverage.newest.looked_at if account.coverage.newest else None)
        of = f" {people(burst.several)} of {numbers.count(burst.signs_known)}"
        others = "" if burst.others_several is None else f"; of all others, {numbers.share(burst.others_several)}"
        yield join((begin, day, ",", bold(of), f" show several signs{others}."))


def _is_odd(burst: Burst, low: float) -> bool:
    return burst.others_several is not None and low > burst.others_several
