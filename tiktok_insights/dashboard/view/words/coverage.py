"""The sentences of the page Coverage."""

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.html import Html, bold, join
from tiktok_insights.dashboard.view.words.accounts import as_of, is_hidden, list_kind


def sentences(account: Account) -> list[Html]:
    """On how many days there is a list, how far each reaches, and who is unknown."""
    if not account.snapshots:
        return [Html("No snapshot of this account is in the last 60 days.")]
    return [_days(account), *_reach(account)]


def no_unknown(account: Account) -> str:
    """Why nobody's state is unknown."""
    if all(snapshot.list in {"whole", "hidden"} for snapshot in account.snapshots):
        return "No one is unknown: every list came to its end."
    return "No one is unknown: the lists still reach everyone whom they ever showed."


def _days(account: Account) -> Html:
    seen = [day.list is not None for day in account.days]
    first = seen.index(True) if True in seen else 0
    days = account.days[first:]
    hidden = sum(day.list == "hidden" for day in days)
    none = sum(day.list is None for day in days)
    with_list = len(days) - hidden - none
    holes = sum(day.has_holes for day in days)
    parts = [
        f"{numbers.plural(holes, 'day has', 'days have')} holes in it" if holes else "",
        f"{numbers.plural(none, 'day', 'days')} had no list" if none else "",
        f"on {numbers.plural(hidden, 'day', 'days')} the list was hidden" if hidden else "",
    ]
    rest = "; ".join(part for part in parts if part)
    verb = "has" if with_list == 1 else "have"
    return join(
        (
            bold(f"{with_list} of {numbers.plural(len(days), 'day', 'days')}"),
            f" {verb} a list. ",
            f"{rest[:1].upper()}{rest[1:]}." if rest else "No day is missing.",
        )
    )


def _reach(account: Account) -> list[Html]:
    last, kind, at = account.coverage.last_list, list_kind(account), as_of(account)
    if last is None or at is None:
        return [Html("No snapshot has read a list from its beginning yet.")]
    if last.list == "whole":
        return [Html("The list came to its end, so an absence means absence.")] if kind == "whole" else []
    if last.covered_from is None:
        return [Html("How far back the lists reach is unknown: they are from another source.")]
    days = (last.looked_at - last.covered_from).days
    reaches = "The last list reached" if is_hidden(account) else "The newest list reaches"
    tail = " Whoever joined before that slid out of view, and their state is unknown." if account.states.unknown else ""
    return [join((f"{reaches} ", bold(numbers.plural(days, "day", "days")), f" back.{tail}"))]
