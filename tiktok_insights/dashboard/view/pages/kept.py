"""The heat table of those who stay: a row for each week of joining, a column for each week after it (M6)."""

from collections.abc import Sequence

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.change import Cohort, Kept
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import frame, note, twin, unfilled
from tiktok_insights.dashboard.view.html import Html, join, tag
from tiktok_insights.dashboard.view.words import growth as words
from tiktok_insights.insights.words import filled

#: So many weeks of joining, and weeks after each, have room.
_ROWS, _WEEKS = 9, 8
_LEAST = int(filled("{min_users}"))
#: Steps of color.
_STEPS = 4


def kept(account: Account) -> Html:
    """The heat table of an account; the newest week comes first."""
    visual = visual_of("growth", "kept")
    cohorts = [cohort for cohort in account.cohorts[:_ROWS] if _cells(account, cohort)]
    if not cohorts:
        sentence = "No week of joining can be followed yet: it needs a week that is over, and a list of a later week."
        return unfilled(visual, sentence)
    weeks = range(1, max(cell.week for cohort in cohorts for cell in _cells(account, cohort)) + 1)
    head = (tag("th", "after 1 week" if week == 1 else week) for week in weeks)
    shares = [cell.share for cohort in cohorts for cell in _cells(account, cohort) if cell.share is not None]
    if not shares:
        return _no_shares(account, cohorts)
    rows = (_row(account, cohort, weeks, shares) for cohort in cohorts)
    table = tag(
        "table",
        tag("thead", tag("tr", tag("th", "Joined in the week of", class_="first"), *head)),
        tag("tbody", *rows),
        class_="heat",
    )
    certain = numbers.plural(account.without_cohort, "person has", "people have") if account.without_cohort else ""
    left_out = note(f"{certain} no row, because the week of joining is not certain.") if certain else None
    return frame(visual, table, left_out)


def _no_shares(account: Account, cohorts: Sequence[Cohort]) -> Html:
    few = all(cell.n < _LEAST for cohort in cohorts for cell in _cells(account, cohort))
    why = (
        f"in each of these weeks fewer than {_LEAST} people surely joined and can be followed, too few for a share."
        if few
        else "no list of the later weeks reaches back to when they joined."
    )
    columns = ["Joined in the week of", "Joined", "Followed for, weeks", "Still listed or gone", "Unknown"]
    rows = [
        [
            numbers.span(cohort.start, cohort.start + numbers.WEEK),
            numbers.count(cohort.users),
            numbers.count(last.week),
            numbers.count(last.n),
            numbers.count(last.unknown),
        ]
        for cohort in cohorts
        for last in [_cells(account, cohort)[-1]]
    ]
    certain = numbers.plural(account.without_cohort, "person is", "people are")
    left_out = [note(f"{certain} in no week, because it is not certain.")] if account.without_cohort else []
    return unfilled(visual_of("growth", "kept"), f"No shares here: {why}", twin(columns, rows), *left_out)


def _cells(account: Account, cohort: Cohort) -> list[Kept]:
    return [cell for cell in words.finished(account, cohort) if 1 <= cell.week <= _WEEKS and (cell.n or cell.unknown)]


def _row(account: Account, cohort: Cohort, weeks: Sequence[int], shares: Sequence[float]) -> Html:
    cells = {cell.week: cell for cell in _cells(account, cohort)}
    week = numbers.span(cohort.start, cohort.start + numbers.WEEK)
    head = tag("th", week, tag("span", f"{numbers.count(cohort.users)} joined"))
    return tag("tr", head, *(_cell(cells[at], shares) if at in cells else tag("td") for at in weeks))


def _cell(cell: Kept, shares: Sequence[float]) -> Html:
    if cell.share is None:
        why = f"{numbers.count(cell.unknown)} unknown" if cell.n >= _LEAST else "too few"
        return tag("td", tag("b", f"n {numbers.count(cell.n)}"), tag("span", why), class_="striped")
    between = None
    if cell.share_from is not None and cell.share_to is not None:
        ends = join((numbers.share(cell.share_from, 1), numbers.share(cell.share_to, 1)), "\N{EN DASH}")
        between = tag("span", ends.replace("%", ""))
    share = tag("b", numbers.share(cell.share, 1))
    return tag("td", share, between, class_=f"h{_step(cell.share, shares)}")


def _step(share: float, shares: Sequence[float]) -> int:
    low, high = min(shares), max(shares)
    return 2 if low == high else min(_STEPS, 1 + int(_STEPS * (share - low) / (high - low)))
