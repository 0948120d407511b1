"""Builds HTML safely: text is escaped unless it is `Html` already, and names of strangers are made harmless.

Every element of the file is made by `tag`. What an element looks like belongs in `components/` and `files/`.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping

from tiktok_insights.text.printable import printable

#: Longer names are cut in the file itself.
NAME_CHARACTERS = 40
#: In the file; one letter may take several bytes, or an escape.
NAME_BYTES = 84
#: What stands for a name without a visible character.
BLANK_NAME = "(blank name)"

#: Elements that have no end tag.
_VOID = frozenset({"br", "col", "input", "meta"})
#: Elements whose end tag HTML leaves out where the next one begins or the parent ends; tables are half as long so.
_UNCLOSED = frozenset({"dd", "dt", "li", "option", "tbody", "td", "th", "thead", "tr"})
#: Elements of a drawing that close themselves; a file has thousands.
_SELF_CLOSING = frozenset({"rect"})
#: Letters without a shape whose category says otherwise: fillers and the blank braille cell.
_SHAPELESS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"})
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
#: More marks on one letter than any language needs would reach over the lines above and below.
_MARKS = re.compile(f"({_MARK}{{2}}){_MARK}+")


class Html(str):
    """Text that is HTML, and is not escaped again."""

    __slots__ = ()


def escape(text: str | int) -> Html:
    """Make text safe between tags and in quoted attributes."""
    if isinstance(text, Html):
        return text
    return Html(str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"))


def join(parts: Iterable[str | int | None], between: str = "") -> Html:
    """Join parts; those that are None are left out, those that are not HTML are escaped."""
    return Html(escape(between).join(escape(part) for part in parts if part is not None))


def tag(element: str, *children: str | int | None, **attributes: str | float | bool | None) -> Html:
    """Make an element. `class_` is the attribute class, `data_n` is data-n; True gives a bare one, None none."""
    words = [element, *(word for name, value in attributes.items() if (word := _attribute(name, value)))]
    if element in _SELF_CLOSING:
        return Html(f"<{' '.join(words)} />")
    begin, end = f"<{' '.join(words)}>", "" if element in _UNCLOSED else f"</{element}>"
    return Html(begin if element in _VOID else f"{begin}{join(children)}{end}")


def bold(text: str | int) -> Html:
    """Make a number or a word stand out in a sentence."""
    return tag("b", text)


def name(text: str | None) -> Html:
    """Make a name of a stranger, set apart from the text around it, whatever its letters and direction."""
    shown = visible(text)
    return tag("bdi", shown) if shown else tag("bdi", BLANK_NAME, class_="mute")


def visible(text: str | None) -> str:
    """Give a name as one short line of visible letters; empty if it has none."""
    if not text or all(letter in _SHAPELESS or unicodedata.category(letter) in _INVISIBLE for letter in text):
        return ""
    line = _MARKS.sub(r"\1", printable(re.sub(r"\s+", " ", text[: 4 * NAME_CHARACTERS]))).strip()
    shown = line[:NAME_CHARACTERS]
    while len(escape(shown).encode(errors="replace")) > NAME_BYTES:
        shown = shown[:-1]
    return line if shown == line else shown[:-1].rstrip(" \u200d\ufe0f") + "\u2026"


def json_data(value: Mapping[str, object]) -> Html:
    """Make an element of data for the script; no text in it can end the element."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return tag("script", Html(text), type="application/json")


def _attribute(name_: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    label = name_.rstrip("_").replace("_", "-")
    if value is True:
        return label
    text = escape(f"{value:g}" if isinstance(value, float) else value)
    return f"{label}={text}" if re.fullmatch(r"[\w.%#-]+", text, re.ASCII) else f'{label}="{text}"'
