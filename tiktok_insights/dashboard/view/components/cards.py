"""Cards: a label, a number, what it rests on, and how certain it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights.dashboard.view.components.frames import question
from tiktok_insights.dashboard.view.html import Html, escape, tag

#: Instead of a number that is not known: never 0, never a dash.
CANNOT_SAY = "Cannot say"


@dataclass(frozen=True, slots=True)
class Card:
    """A card. `value` None is shown as `unknown`; `sign` is the operator before it in an equation."""

    label: str
    definition: str
    value: str | None
    context: str = ""
    certainty: Html | None = None
    sign: str = ""
    unknown: str = CANNOT_SAY


def cards(row: Sequence[Card]) -> Html:
    """Cards beside each other; with signs between them they are an equation."""
    pieces: list[Html] = []
    for card in row:
        if card.sign:
            pieces.append(tag("span", card.sign, class_="sign", aria_hidden="true"))
        pieces.append(_card(card))
    return tag("div", *pieces, class_=f"cards{' equation' if any(card.sign for card in row) else ''}")


def certainty(kind: str, text: str) -> Html:
    """How certain a number is: `counted`, `at-least` or `cannot-say`, as a mark and words."""
    return tag("p", tag("i", class_=f"m-{kind}"), escape(text), class_="sure")


def _card(card: Card) -> Html:
    value = tag("p", card.unknown, class_="value no")
    if card.value is not None:
        sign = tag("span", f"{card.sign} ", class_="sign-in") if card.sign else None
        value = tag("p", sign, escape(card.value), class_="value")
    return tag(
        "div",
        tag("h3", tag("span", card.label), question(card.definition)),
        value,
        tag("div", escape(card.context), class_="context") if card.context else None,
        card.certainty,
        class_="card",
    )
