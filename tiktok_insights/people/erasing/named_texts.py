"""Takes a person's names out of texts on this machine's disk: logs, notes of runs, and what Dagster has recorded.

What names someone here, and what only looks like it, is decided in one place. Which files there are belongs in
`local_files`, and Dagster's storage in `runtime/dagster_storage.py`.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tiktok_insights.suppression.hashes import Kind, is_id

#: What stands in the place of a name.
REMOVED = "[removed]"
#: Digits from which on a number is hardly anything else than an ID.
_LONG = 10


@dataclass(frozen=True)
class NamedTexts:
    """The names of a person, and how they are taken out of a text. A short number is a name only in quotes."""

    names: frozenset[tuple[Kind, str]]

    @staticmethod
    def of(names: Iterable[tuple[Kind, str]]) -> "NamedTexts":
        """For these names, as the suppression list gets them."""
        return NamedTexts(frozenset((kind, text) for kind, text in names if text))

    def clean(self, text: str, *, handles: bool = True) -> str:
        """Replace the names. Without `handles` those stay, where a handle may be the name of something else."""
        for pattern in (self._ids, self._handles if handles else None):
            text = pattern.sub(REMOVED, text) if pattern else text
        return text

    @cached_property
    def _ids(self) -> re.Pattern[str] | None:
        texts = [text for kind, text in self.names if kind is not Kind.HANDLE]
        return _pattern(self._of_id(text) if is_id(text) else _word(text) for text in texts)

    @cached_property
    def _handles(self) -> re.Pattern[str] | None:
        handles = {form for kind, text in self.names if kind is Kind.HANDLE for form in _written(text)}
        return _pattern(_word(form) for form in handles)

    @staticmethod
    def _of_id(text: str) -> str:
        quotes = "" if len(text) >= _LONG else r"(?<=[\"'])"
        return f"{quotes}(?<![0-9]){text}(?![0-9])" + quotes.replace("?<=", "?=")


def _written(text: str) -> set[str]:
    """A name as it is, and as JSON escapes it."""
    return {text, json.dumps(text)[1:-1]}


def _word(text: str) -> str:
    return rf"(?<![\w.])(?i:{re.escape(text)})(?!\w|\.\w)"


def _pattern(parts: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(sorted(parts, key=len, reverse=True))
    return re.compile(joined) if joined else None
