"""The frame around a visual, the sentences above it, and what stands where there is nothing to show."""

from collections.abc import Iterable
from dataclasses import replace

from tiktok_insights.dashboard.description import DEFINITIONS, Visual
from tiktok_insights.dashboard.view.html import Html, escape, join, tag

_TITLES = {definition.name: definition.title for definition in DEFINITIONS}


def question(definition: str) -> Html:
    """The question mark that opens a definition; it works without scripts."""
    return tag(
        "button", "?", class_="q", popovertarget=f"def-{definition}", aria_label=f"What is: {_TITLES[definition]}"
    )


def frame(visual: Visual, *body: str | None, title: str | None = None) -> Html:
    """A visual with its title, line and note around what it shows; `title` may say more than the description's."""
    return tag(
        "section",
        tag("h3", title or visual.title, " ", question(visual.definition)),
        tag("p", visual.subtitle, class_="subtitle") if visual.subtitle else None,
        *body,
        note(visual.note) if visual.note else None,
        class_=f"frame w{visual.width}",
        data_visual=visual.name,
    )


def unfilled(visual: Visual, sentence: str, *more: Html) -> Html:
    """A visual that has nothing to show: the sentence that says why, and what there is instead."""
    return frame(replace(visual, subtitle="", note=""), empty(sentence), *more)


def lead(sentences: Iterable[str]) -> Html:
    """The sentences of a page: the number first, then how sure, then what was not seen."""
    return tag("ul", join(tag("li", sentence) for sentence in sentences), class_="lead")


def note(text: str) -> Html:
    """A line below a visual."""
    return tag("p", escape(text), class_="note")


def empty(sentence: str) -> Html:
    """What stands where there is nothing to show: why, and what would be needed."""
    return tag("p", escape(sentence), class_="empty")
