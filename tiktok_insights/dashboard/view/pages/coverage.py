"""The page Coverage: what the numbers rest on."""

from collections.abc import Mapping

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import TOP, Account, Facts
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import Part, facts_list, frame, hundred_bar, lead, note, table, unfilled
from tiktok_insights.dashboard.view.html import Html, bold, join, tag
from tiktok_insights.dashboard.view.pages.layout import Drawn
from tiktok_insights.dashboard.view.pages.snapshots import snapshot_table, timeline
from tiktok_insights.dashboard.view.words import coverage as words
from tiktok_insights.dashboard.view.words.accounts import called
from tiktok_insights.insights.words import filled

#: A smaller group is not counted out.
_LEAST = int(filled("{min_group}"))


def drawn(account: Account) -> Drawn:
    """The page of an account."""
    return Drawn(
        lead(words.sentences(account)),
        {
            "timeline": timeline(account),
            "everyone": _everyone(account),
            "unknown": _unknown(account),
            "served": _served(account),
            "quota": _quota(account),
            "snapshots": snapshot_table(account),
        },
    )


def together(facts: Facts) -> Mapping[str, Html]:
    """The table of shared followers."""
    visual = visual_of("coverage", "shared")
    names = {account.account_id: called(account) for account in facts.accounts}
    pairs = [pair for pair in facts.shared if {pair.account_id, pair.other_account_id} <= names.keys()]
    if not pairs:
        return {visual.name: unfilled(visual, "It takes the lists of two accounts in this file.")}
    many = [pair for pair in pairs if pair.at_least >= _LEAST]
    known = many[:TOP]
    rows = [
        [
            join((names[pair.account_id], " and ", names[pair.other_account_id])),
            join(("at least ", bold(numbers.count(pair.at_least)))),
            tag("span", "cannot say", class_="mute") if pair.share is None else numbers.share(pair.share),
        ]
        for pair in known
    ]
    few, left = len(pairs) - len(many), len(many) - len(known)
    said = f"{numbers.plural(left, 'more pair has', 'more pairs have')} fewer than these in common. " if left else ""
    said += f"{numbers.plural(few, 'pair has', 'pairs have')} fewer than {_LEAST} in common." if few else ""
    rest = note(said) if said else None
    shown = table(["Accounts", "Seen on both", "Share of the smaller list"], rows, "plain pairs") if rows else None
    return {visual.name: frame(visual, shown, rest)}


def _everyone(account: Account) -> Html:
    visual, states = visual_of("coverage", "everyone"), account.states
    listed, total = states.listed + states.returned, 0
    parts = [
        Part("listed", listed, "seen"),
        Part("gone", states.gone, "gone"),
        Part("gone?", states.missed_once, "maybe"),
        Part("unknown", states.unknown, "unseen"),
    ]
    total = sum(part.people for part in parts)
    if not total:
        return unfilled(visual, "No one has been seen yet.")
    parts = [Part(part.label, part.people, part.kind, part.people / total) for part in parts]
    people = tag("p", numbers.plural(total, "person", "people"), " on all lists together.", class_="subtitle")
    back = numbers.plural(states.returned, "person", "people")
    returned = note(f"{back} of the listed returned: gone, then seen again.") if states.returned else None
    return frame(visual, people, hundred_bar(parts), returned)


def _unknown(account: Account) -> Html:
    visual, states = visual_of("coverage", "unknown"), account.states
    if not states.unknown:
        return unfilled(visual, words.no_unknown(account))
    reasons = [
        ("Slid out of view", numbers.count(states.unknown_out_of_view), ""),
        ("Followed at an unknown time", numbers.count(states.unknown_without_time), ""),
    ]
    return frame(visual, facts_list(reasons))


def _quota(account: Account) -> Html:
    visual = visual_of("coverage", "quota")
    newest = next((snapshot for snapshot in account.snapshots if snapshot.requests is not None), None)
    if newest is None or newest.requests is None:
        return unfilled(visual, "The snapshots do not say how many requests they took.")
    at = f"{numbers.day(newest.looked_at)}, {numbers.clock(newest.looked_at)} UTC"
    left = "cannot say" if newest.quota_left is None else numbers.count(newest.quota_left)
    rows = [("For the newest snapshot", numbers.count(newest.requests), at), ("Left in the plan after it", left, "")]
    return frame(visual, facts_list(rows))


def _served(account: Account) -> Html:
    visual, coverage = visual_of("coverage", "served"), account.coverage
    if not coverage.listed:
        return unfilled(visual, "No one is on a list now.")
    parts = [
        Part(label, people, kind, people / coverage.listed)
        for label, people, kind in (
            ("Exact", coverage.exact, "seen"),
            ("Rounded", coverage.rounded, "pale"),
            ("Exact or rounded", coverage.exact_or_rounded, "possible"),
            ("Not served", coverage.not_served, "unseen"),
        )
        if people
    ]
    served_none = coverage.not_served == coverage.listed
    none = note("TikTok served no counts: nothing on the page Who rests on them.") if served_none else None
    return frame(visual, hundred_bar(parts), none)
