"""Small marks: the ruler of coverage, the chip of a list, the states of people, the colors of a key."""

from tiktok_insights.dashboard.view.html import Html, escape, join, tag

#: The words of a list's class, also for a file from another source and for an account without any list.
LISTS = {
    "whole": "Whole list",
    "cut": "Cut list",
    "partial": "Partial list",
    "hidden": "Hidden list",
    "window": "Only the new",
    "other": "Other source",
    "none": "No list yet",
}
#: The mark of each state of a person.
_STATES = {"listed": "listed", "gone": "gone", "gone?": "maybe", "unknown": "unknown", "returned": "returned"}


def chip(kind: str, text: str | None = None) -> Html:
    """The class of a list as icon, word and color."""
    return tag("span", _icon(kind), text or LISTS[kind], class_=f"chip c-{kind}")


def state(name: str, people: str) -> Html:
    """A number of people in a state: its mark, the number, and the word."""
    return tag("li", tag("i", class_=f"m-{_STATES[name]}"), tag("b", people), f" {name}", class_="state")


def swatch(kind: str, text: str) -> Html:
    """A piece of a key: a mark of `files/components.css`, such as `seen` or `possible`, and what it means."""
    return tag("span", tag("i", class_=f"k-{kind}"), text, class_="key")


def ruler(seen: float | None, left: str, right: str) -> Html:
    """The ruler: as long as TikTok's count, with the seen part at its newest end. None: nothing was seen."""
    return tag(
        "div",
        tag("svg", *_bar(seen, 12), class_="ruler", width="100%", height=12),
        tag("p", tag("span", escape(left)), tag("span", escape(right)), class_="ends"),
    )


def small_ruler(seen: float | None, width: int = 120) -> Html:
    """The ruler in a table or beside the tabs."""
    return tag("svg", *_bar(seen, 8), class_="ruler small", width=width, height=8)


def _bar(seen: float | None, height: int) -> list[Html]:
    share = 0 if seen is None else min(1, max(seen, 0.004 if seen else 0))
    whole = tag("rect", width="100%", height=height, rx=2, class_="f-unseen")
    if share == 0:
        return [whole]
    return [
        whole,
        tag("rect", x=f"{100 - share * 100:.2f}%", width=f"{share * 100:.2f}%", height=height, rx=2, class_="f-seen"),
    ]


def _icon(kind: str) -> Html:
    outline = {"hidden": "2.5 1.8", "none": "1 2.4", "window": "1 2.4"}.get(kind)
    box = tag(
        "rect",
        x=0.75,
        y=0.75,
        width=16.5,
        height=8.5,
        rx=2,
        fill="none",
        stroke="currentColor",
        stroke_width=1.4,
        stroke_dasharray=outline,
    )
    full = {"whole": [(0, 18)], "other": [(0, 18)], "cut": [(11, 7)], "window": [(15, 3)], "partial": [(0, 7), (11, 7)]}
    parts = (tag("rect", x=x, width=w, height=10, rx=2, fill="currentColor") for x, w in full.get(kind, []))
    return tag("svg", box, join(parts), width=18, height=10)
