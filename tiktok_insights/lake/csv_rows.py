"""Followers as CSV rows of the contract: UTF-8, RFC 4180, one physical line a row. Pure functions."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

from tiktok_insights.raw.manifest import PageEntry
from tiktok_insights.schema import COLUMNS, CSV_HEADER, TIME_COLUMN
from tiktok_insights.tiktok.models import FORGOTTEN, Follower

_ATTRIBUTES = tuple(column.attribute for column in COLUMNS[: COLUMNS.index(TIME_COLUMN)])


@dataclass
class TextRepairs:
    """What the CSV could not keep as it was; the raw page has the exact text. Counts of characters."""

    line_breaks: int = 0
    nuls: int = 0
    lone_surrogates: int = 0

    def clean(self, text: str) -> str:
        """Fold line breaks to a space, drop NUL, replace lone surrogates by U+FFFD, and count each."""
        if text.isprintable():
            return text
        if "\x00" in text:
            self.nuls += text.count("\x00")
            text = text.replace("\x00", "")
        if "\r" in text or "\n" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            self.line_breaks += text.count("\n")
            text = text.replace("\n", " ")
        lone = sum("\ud800" <= character <= "\udfff" for character in text)
        if lone:
            self.lone_surrogates += lone
            text = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
        return text


class CsvRows:
    """Writes the header at once and then followers, page by page."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file, lineterminator="\r\n")
        self._writer.writerow(CSV_HEADER)
        self.repairs = TextRepairs()
        self.rows = 0
        self._list_position = 0
        self._windows_before: dict[str, tuple[str, str]] = {}

    def write(self, followers: Sequence[Follower], entry: PageEntry) -> None:
        """Write the followers of the page that the manifest's entry describes. One that == FORGOTTEN leaves a gap.

        The API repeats a page's last row on the next page, which was requested strictly before that follow: such a row
        has the window of the page before.
        """
        of_page = (_time(entry.followed_after), _time(entry.followed_before))
        windows = {one.tiktok_id: self._windows_before.get(one.tiktok_id, of_page) for one in followers}
        for follower in followers:
            self._list_position += 1
            if follower == FORGOTTEN:
                continue
            texts = [self.repairs.clean(getattr(follower, attribute)) for attribute in _ATTRIBUTES]
            self.rows += 1
            self._writer.writerow([*texts, entry.fetched_at, *windows[follower.tiktok_id], self._list_position])
        self._windows_before = windows


def _time(seconds: int | None) -> str:
    """Unix seconds in the contract's form; empty where they are unknown."""
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
