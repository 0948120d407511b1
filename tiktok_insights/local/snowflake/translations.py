"""Translated statements, kept for when the same text comes again.

fakesnow walks a statement's tree some seventy times, which takes longer than most statements run. Here is what may be
kept, and for how long; what a translation consists of is in `session` and `dialect`.
"""

import threading
from collections.abc import Callable

from sqlglot import Expr, exp

_MOST_STATEMENTS = 500
#: Longer ones carry their values in the text, and do not come again.
_MOST_CHARACTERS = 20_000
#: Translated by their text and the session's schema alone, unless one of `_PARTS` is in them.
_KINDS = (exp.Select, exp.Insert, exp.Update, exp.Delete, exp.Create)
#: What fakesnow resolves by asking the database, or by taking one of the values.
_PARTS = ("IDENTIFIER", "RESULT_SCAN", "NEXTVAL", "RANDOM", "AUTOINCREMENT", "IDENTITY")

_Key = tuple[str, str]


class Translations:
    """The last translations of all sessions. They do not depend on the database, whose names are not in them."""

    def __init__(self) -> None:
        self._kept: dict[_Key, Expr] = {}
        self._lock = threading.Lock()

    def of(self, statement: Expr, schema: str, translate: Callable[[], Expr]) -> Expr:
        """Give the statement's translation, kept or made by `translate`, which may change the statement."""
        if not _may_be_kept(statement):
            return translate()
        key = (statement.sql("snowflake"), schema)
        if len(key[0]) > _MOST_CHARACTERS or any(part in key[0].upper() for part in _PARTS):
            return translate()
        with self._lock:
            kept = self._kept.pop(key, None)
            if kept is not None:
                self._kept[key] = kept  # at the end, where what was used last is
        if kept is None:
            kept = translate().copy()
            with self._lock:
                self._kept[key] = kept
                if len(self._kept) > _MOST_STATEMENTS:
                    del self._kept[next(iter(self._kept))]
        # Whoever runs it may change it.
        return kept.copy()


def _may_be_kept(statement: Expr) -> bool:
    if isinstance(statement, exp.Create):
        # Another kind of object belongs to a database; a table made of a query takes its columns from there.
        is_plain_table = isinstance(statement.this, exp.Schema) and not statement.expression
        return statement.kind == "VIEW" or (statement.kind == "TABLE" and is_plain_table)
    return isinstance(statement, _KINDS)
