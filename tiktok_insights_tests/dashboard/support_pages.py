"""Reads what a page of the dashboard shows, as a browser without scripts would: text, tables, names."""

import json
from html.parser import HTMLParser

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.view.pages.drawing import DRAWN


class Shown(HTMLParser):
    """What a piece of HTML shows: its text without data, the rows of its tables, and what stands inside <bdi>."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[str] = []
        self.text, self.names, self.data = "", "", ""
        self.rows: list[list[str]] = []
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element; end tags of rows and cells are optional."""
        del attrs
        self.elements.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
        if tag in {"bdi", "script", "table"}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        """Keep text where it stands."""
        if "script" in self._inside:
            self.data += data
            return
        self.text += data
        if "bdi" in self._inside:
            self.names += data
        if "table" in self._inside and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    @property
    def numbers(self) -> dict[str, object]:
        """The data of its chart."""
        found: dict[str, object] = json.loads(self.data)
        return found


def shown(page: str, account: Account, visual: str) -> Shown:
    """What a visual shows of an account."""
    return Shown(DRAWN[page](account).visuals[visual])


def lead(page: str, account: Account) -> str:
    """The sentences of a page."""
    return Shown(DRAWN[page](account).lead).text
