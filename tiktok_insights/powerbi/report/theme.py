"""The report's theme, from the colors of the HTML dashboard: `dashboard/view/files/tokens.css` is the one source."""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from tiktok_insights.dashboard import view
from tiktok_insights.powerbi.names import PROJECT
from tiktok_insights.powerbi.report.fields import Json

#: The name of the theme and of its file: Power BI finds it by the one in the other.
FILE = f"{PROJECT}Theme.json"
#: Colors of series in their order, by their names in the style sheet.
_SERIES = ("bar", "warnbar", "gone", "unk", "accent", "h4", "warn", "h3")


@cache
def tokens() -> Mapping[str, str]:
    """Read the colors of the light theme by their names: `bar` is #2f72ba."""
    text = resources.files(view).joinpath("files", "tokens.css").read_text("utf-8")
    light = text[text.index(":root{") : text.index("}")]
    return {name: _long(value) for name, value in re.findall(r"--(\w+):(#[0-9a-f]{3,6})\b", light)}


def theme() -> Json:
    """Make the theme's file."""
    colors = tokens()
    return {
        "name": FILE,
        "dataColors": [colors[name] for name in _SERIES],
        "background": colors["surface"],
        "foreground": colors["ink"],
        "tableAccent": colors["bar"],
        "good": colors["bar"],
        "neutral": colors["unk"],
        "bad": colors["warnbar"],
        "minimum": colors["h0"],
        "center": colors["h2"],
        "maximum": colors["h4"],
        "visualStyles": {
            "*": {"*": {"background": [{"show": True, "color": {"solid": {"color": colors["surface"]}}}]}}
        },
    }


def _long(value: str) -> str:
    """#fff as #ffffff, which Power BI asks for."""
    return value if len(value) > len("#fff") else "#" + "".join(2 * digit for digit in value[1:])
