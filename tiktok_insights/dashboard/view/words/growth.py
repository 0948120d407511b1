"""The sentences of the page Growth."""

from collections.abc import Iterator

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.change import Cohort, Kept, Period
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.html import Html, bold, join
from tiktok_insights.dashboard.view.words import today
from tiktok_insights.dashboard.view.words.accounts import as_of

#: After so many weeks it is said how many stay, if it is known; else after the longest time that is.
_WEEKS = 4
_SPELLED = ("", "one week", "two weeks", "three weeks", "four weeks", "five weeks", "six weeks", "seven weeks")


def sentences(account: Account, days: int) -> list[Html]:
    """Whether new followers come, and whether they stay."""
    return [_joined(account, account.periods.get(days), days), *_kept(account)]


def finished(account: Account, cohort: Cohort) -> list[Kept]:
    """The weeks of a cohort that were over at the newest snapshot: the one that was not may still lose people."""
    newest = as_of(account)
    return [cell for cell in cohort.kept if newest and cohort.start + numbers.WEEK * (cell.week + 1) <= newest]


def weeks(number: int) -> str:
    """A number of weeks in words."""
    return _SPELLED[number] if number < len(_SPELLED) else f"{number} weeks"


def _joined(account: Account, period: Period | None, days: int) -> Html:
    if period is None:
        return today.no_period(account, days)
    if period.joined is None:
        newest = as_of(account) or period.until
        since = account.coverage.hidden_since
        why = f"the list has been hidden since {numbers.day(since, newest)}" if since else "a list is missing"
        return join((f"Who joined since {today.since(period)}, ", bold("we cannot say"), f": {why}."))
    people = "person joined" if period.joined == 1 else "people joined"
    verb = "is" if period.joined == 1 else "are"
    per_week = ""
    if period.days_between > 7 and period.joined:  # a week
        rate = numbers.rate(period.joined / period.days_between * 7)
        per_week = join((": about ", bold(f"{rate} a week")))
    first = "At least " if period.joined_is_at_least else ""
    count = bold(numbers.count(period.joined))
    when = f" {people} since {today.since(period)} and {verb} still listed"
    return join((first, count, when, per_week, ".", _came_and_went(period)))


def _came_and_went(period: Period) -> Html | None:
    if not period.came_and_went:
        return None
    again = "is" if period.came_and_went == 1 else "are"
    return join((" Another ", bold(numbers.count(period.came_and_went)), f" joined and {again} gone again."))


def _kept(account: Account) -> Iterator[Html]:
    found = [
        (cohort, cell)
        for cohort in account.cohorts
        for cell in finished(account, cohort)
        if cell.week and cell.share is not None
    ]
    if not found:
        needed = "a week in which at least 30 people surely joined, and a later list that reaches back to it"
        yield join(("How many of them stay, ", bold("we cannot say"), f" yet: it needs {needed}."))
        return
    longest = max(cell.week for _, cell in found)
    after = min(_WEEKS, longest)
    chosen = next((pair for pair in found if pair[1].week == after), found[0])
    yield _share(*chosen)
    newest = found[0]
    if newest[0] != chosen[0]:
        yield _share(*newest)


def _share(cohort: Cohort, cell: Kept) -> Html:
    low, high = cell.share_from, cell.share_to
    between = "" if low is None or high is None else f" ({numbers.interval(low, high)})"
    start = numbers.span(cohort.start, cohort.start.replace(hour=0) + numbers.WEEK)
    return join(
        (
            f"Of those who joined {start}, ",
            bold(numbers.share(cell.share or 0, 1)),
            f" were still listed after {weeks(cell.week)}{between}.",
        )
    )
