"""The style and the script of the file, and the policy that lets a browser run exactly these two and nothing else.

The files are in `files/`, in the order of `STYLES` and `SCRIPTS`. Each kind of chart has a file of its own.
"""

import base64
import hashlib
import re
from importlib import resources

from tiktok_insights.dashboard.view.html import Html, tag

#: Joined in this order.
STYLES = (
    "tokens.css",
    "base.css",
    "shell.css",
    "components.css",
    "charts.css",
    "tables.css",
    "people.css",
    "narrow.css",
    "print.css",
)
SCRIPTS = (
    "formats.js",
    "svg.js",
    "readout.js",
    "charts.js",
    "count.js",
    "joined.js",
    "timeline.js",
    "map.js",
    "signs.js",
    "filters.js",
    "start.js",
)
#: Runs in the head, before anything is painted.
EARLY = ("early.js",)


def style() -> str:
    """The text of the style."""
    text = "".join(_read(name) for name in STYLES)
    return re.sub(r"\s*\n\s*", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def script(names: tuple[str, ...] = SCRIPTS) -> str:
    """The text of a script: one function, so that it leaves no name behind."""
    lines = (line.strip() for name in names for line in _read(name).split("\n"))
    kept = "\n".join(line for line in lines if line and not line.startswith("//"))
    return f'(function(){{"use strict";\n{kept}\n}})();'


def policy() -> Html:
    """The policy: nothing is loaded, nothing is sent, and only our own style and script are used."""
    parts = (
        "default-src 'none'",
        f"script-src {_hash(script(EARLY))} {_hash(script())}",
        f"style-src {_hash(style())}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return tag("meta", http_equiv="Content-Security-Policy", content="; ".join(parts))


def _read(name: str) -> str:
    return resources.files(__package__).joinpath("files", name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
