"""The snapshots of an account: how far back each reaches, as lines and as a table."""

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.coverage import Snapshot
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import Column, frame, plot, swatch, twin, unfilled
from tiktok_insights.dashboard.view.html import Html, tag

_LETTERS = {"whole": "w", "cut": "c", "partial": "p", "window": "o", "hidden": "h"}
#: Of snapshots taken several times a day, the lines show so many.
_MOST = 120


def timeline(account: Account) -> Html:
    """A line for each snapshot, from how far it reaches back to when it was taken."""
    visual = visual_of("coverage", "timeline")
    if not account.snapshots:
        return unfilled(visual, "There is no snapshot in these days.")
    shown = account.snapshots[:_MOST]
    newest = numbers.seconds(shown[0].looked_at)
    data = {
        "newest": newest,
        "at": [(newest - numbers.seconds(snapshot.looked_at)) // 60 for snapshot in shown],
        "from": [
            None if snapshot.covered_from is None else (newest - numbers.seconds(snapshot.covered_from)) // 60
            for snapshot in shown
        ],
        "lists": "".join(_letter(snapshot) for snapshot in shown),
    }
    key = tag(
        "p",
        swatch("seen", "read to its end or cap"),
        swatch("warn", "stopped early, or with holes"),
        swatch("dashed", "hidden, or not known how far"),
        class_="keyline",
    )
    return frame(visual, key, plot("timeline", data, visual.title))


def snapshot_table(account: Account) -> Html:
    """All snapshots with their numbers."""
    visual = visual_of("coverage", "snapshots")
    if not account.snapshots:
        return unfilled(visual, "There is no snapshot in these days.")
    columns: list[Column | str] = [
        "Taken, UTC",
        Column("List", "text"),
        "Seen",
        Column("TikTok's count", "late"),
        "Share",
        "Back to",
        Column("Holes", "late"),
    ]
    label = numbers.plural(len(account.snapshots), "snapshot", "snapshots")
    return frame(
        visual,
        twin(columns, [_row(snapshot, account.snapshots[0]) for snapshot in account.snapshots], label, is_open=True),
    )


def _letter(snapshot: Snapshot) -> str:
    return "p" if snapshot.holes else _LETTERS.get(snapshot.list or "", "o")


def _row(snapshot: Snapshot, newest: Snapshot) -> list[Html | str]:
    unknown, hidden = tag("span", "unknown", class_="mute"), snapshot.list == "hidden"
    back = "the first follower" if snapshot.list == "whole" else unknown
    return [
        f"{numbers.day(snapshot.looked_at, newest.looked_at)}, {numbers.clock(snapshot.looked_at)}",
        snapshot.list or "other source",
        numbers.count(snapshot.seen),
        unknown if snapshot.claimed is None else numbers.count(snapshot.claimed),
        unknown if snapshot.share is None else numbers.share(snapshot.share),
        ""
        if hidden
        else back
        if snapshot.covered_from is None
        else numbers.day(snapshot.covered_from, newest.looked_at),
        numbers.count(snapshot.holes) if snapshot.holes else "",
    ]
