"""Files of others that are refused, or of which rows are, with people in every text.

Who uploads them, and what may be found where, is the tests' business.
"""

import json
from typing import Any

from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row_of_14
from tiktok_insights_tests.support.signs import Signs


class FilePerson:
    """Whoever is in a file of others: a sign for each name of a text."""

    def __init__(self, signs: Signs, who: str) -> None:
        self._signs = signs
        self._who = who

    def __getitem__(self, name: str) -> str:
        return self._signs.text(f"{self._who} {name}")

    @property
    def number(self) -> str:
        """Their ID."""
        return self._signs.number(f"{self._who} ID")

    def row(self, **texts: str) -> str:
        """A line with them, in which every text is a sign unless it is given."""
        own = {"uniqueId": self["handle"], "nickname": self["nickname"], "avatarLarger": f"https://x/{self['avatar']}"}
        return row_of_14(self.number, **{**own, **texts})


#: Files that are refused, or of which rows are, for each reason that there is.
FILES: dict[str, Any] = {
    "no header": lambda one: csv_file(one.row(), one.row(), header=one.row()),
    "a row as header": lambda one: csv_file(one.row(), header=f"{one['name']},{one['other']}"),
    "a column too many": lambda one: csv_file(one.row(), header=f"{HEADER_14},{one['name']}"),
    "semicolons": lambda one: csv_file(one.row().replace(",", ";"), header=one.row().replace(",", ";")),
    "an ID of letters": lambda one: csv_file(one.row(Tiktok_id=one["an ID"]), header=HEADER_14),
    "counts of letters": lambda one: csv_file(one.row(followers_Count=one["count"]), header=HEADER_14),
    "a flag of letters": lambda one: csv_file(one.row(privateAccount=one["flag"]), header=HEADER_14),
    "an ID in a count": lambda one: csv_file(one.row(heartCount=one.number), header=HEADER_14),
    "an open quote": lambda one: csv_file(f'{one.row()}"', one.row(nickname=f'"{one["open"]}'), header=HEADER_14),
    "too many cells": lambda one: csv_file(f"{one.row()},{one['cell']}", header=HEADER_14),
    "too few cells": lambda one: csv_file(",".join(one.row().split(",")[:5]), header=HEADER_14),
    "Latin-1": lambda one: csv_file(one.row(), header=HEADER_14) + f"\xe4{one['latin']}".encode("latin-1"),
    "two handles": lambda one: csv_file(one.row(), one.row(uniqueId=one["other"]), header=HEADER_14),
    "JSON": lambda one: json.dumps({"users": [{"id": one.number, "nickname": one["nickname"]}]}).encode(),
}
