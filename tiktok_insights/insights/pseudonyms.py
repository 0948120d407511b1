"""What readers see in place of each column of a mart: itself, a pseudonym, the month, or NULL. The one list of it.

Add a column here when a mart gets one with IDs, texts or times: without an entry, the view for readers cannot be
written. Other columns are shown as they are: numbers, and texts that the mart's file names. How views and key are made
belongs in `reader_views`, the pseudonyms of the dashboard's file in `dashboard.pseudonyms`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tiktok_insights.insights.mart import Mart, ValueType
from tiktok_insights.tables.columns import Table, comment
from tiktok_insights.tables.readers import READER_KEY

#: 60 bits: among ten million users, two share a pseudonym with one key in 20,000. With its prefix, it fits into an ID.
_DIGITS = 15
_SHOWN, _HIDDEN, _MONTH = "", "CAST(NULL AS VARCHAR)", "DATE_TRUNC('MONTH', "


class Seen(Enum):
    """What readers see of a column."""

    AS_IT_IS = "as it is"
    PSEUDONYM = "a pseudonym"
    MONTH = "the month alone"
    HIDDEN = "not shown"


class UnclassifiedColumnError(LookupError):
    """Nothing says whether readers may see a column; the message names it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A mart or a table that readers see: its columns with their meanings, and which have IDs, texts or times."""

    name: str
    description: str
    columns: tuple[tuple[str, str], ...]
    classified: frozenset[str]

    @classmethod
    def of_mart(cls, mart: Mart) -> "Source":
        """Give a mart's."""
        kinds = (ValueType.ID, ValueType.TEXT, ValueType.TIME)
        classified = {column.name for column in mart.columns if column.type in kinds}
        columns = tuple((column.name, column.meaning) for column in mart.columns)
        return cls(mart.view, mart.description, columns, frozenset(classified))

    @classmethod
    def of_table(cls, table: Table) -> "Source":
        """Give that of a table that people read through a view."""
        classified = {column.name for column in table.columns if column.type.startswith(("VARCHAR", "TIMESTAMP"))}
        columns = tuple((column.name, column.meaning) for column in table.columns)
        return cls(table.name, table.grain, columns, frozenset(classified))

    def columns_of_view(self) -> str:
        """Write the columns' names with their comments. Raises UnclassifiedColumnError."""
        return ", ".join(f"{name} {comment(self._meaning(name, meaning))}" for name, meaning in self.columns)

    def select(self, view: str, key: str) -> str:
        """Write the query of what readers see; `view` and `key` say where the values and the key are."""
        columns = ", ".join(f"{self._expression(name) or f'SEEN.{name}'} AS {name}" for name, _ in self.columns)
        halves = ", ".join(f"MIN({half}) AS {half}" for half in KEY_HALVES)
        # One row whatever is there; without a key, what needs one is NULL.
        return f"SELECT {columns} FROM {view} AS SEEN CROSS JOIN (SELECT {halves} FROM {key}) AS SECRET{self._order}"

    def names_seen_as(self, seen: Seen) -> Iterator[str]:
        """Give the columns of which readers see this. Raises UnclassifiedColumnError."""
        return (name for name, _ in self.columns if self._seen(name) is seen)

    def _meaning(self, name: str, meaning: str) -> str:
        seen = self._seen(name)
        return meaning if seen is Seen.AS_IT_IS else f"{seen.value.capitalize()}. {meaning}"

    @property
    def _order(self) -> str:
        """Tables are stored in the order of IDs: whoever knows a few could tell those between by the order of rows."""
        names = [name for name, _ in self.columns]
        places = [names.index(name) + 1 for name in ("TIKTOK_ID", "NICK_NAME") if name in names]
        return f" ORDER BY {places[0]}" if places else ""

    def _seen(self, name: str) -> Seen:
        expression = self._expression(name)
        if expression.startswith(_MONTH):
            return Seen.MONTH
        return {_SHOWN: Seen.AS_IT_IS, _HIDDEN: Seen.HIDDEN}.get(expression, Seen.PSEUDONYM)

    def _expression(self, name: str) -> str:
        if name not in self.classified:
            return _SHOWN
        try:
            return _ALONE[name] if name in _ALONE and "TIKTOK_ID" not in dict(self.columns) else _EXPRESSIONS[name]
        except KeyError:
            msg = f"{self.name}.{name} has IDs, texts or times: say in insights/pseudonyms.py what readers see of it"
            raise UnclassifiedColumnError(msg) from None


#: The two halves of the key, as the table has them.
KEY_HALVES = READER_KEY.names[:2]


def pseudonym(prefix: str, domain: str, value: str) -> str:
    """Write the pseudonym of a value: SHA-256 over one half of the key and SHA-256 over the other and the value.

    Each half fills a block of SHA-256, so this is HMAC in all but the form of the inner hash. Snowflake's SHA2 takes
    text and no bytes, so HMAC itself cannot be written. Values of different domains have unlike pseudonyms.
    """
    inner = f"SHA2(SECRET.INNER_KEY || '{domain}:' || {value}, 256)"
    return f"'{prefix}-' || SUBSTR(SHA2(SECRET.OUTER_KEY || {inner}, 256), 1, {_DIGITS})"


def _text(expression: str) -> str:
    return f"CAST({expression} AS VARCHAR)"


def _of(domain: str, column: str) -> str:
    return _text(pseudonym(domain, domain, f"SEEN.{column}"))


def _handle_if_one(column: str) -> str:
    handle = pseudonym("handle", "handle", f"SEEN.{column}")
    return _text(f"CASE SEEN.FIELD WHEN 'verification' THEN SEEN.{column} ELSE {handle} END")


_ACCOUNT = pseudonym("account", "account", "SEEN.ACCOUNT_ID")
#: Of accounts, snapshots and follows.
_TIMES = (
    "AS_OF", "COHORT", "COVERED_FROM", "COVERED_TO", "DAY", "ENDED_AT", "EXTRACTED_AT", "FIRST_MISSED_AT",
    "FIRST_SEEN_AT", "FOLLOWED_AFTER", "FOLLOWED_BEFORE", "LAST_SEEN_AT", "LOOKED_AT", "NEW_SEEN_AT", "OLD_SEEN_AT",
    "OTHER_LOOKED_AT", "OUT_OF_REACH_AT", "PREVIOUS_AT", "RETURNED_AT", "SECOND_MISSED_AT", "SINCE", "STARTED_AT",
    "TAKEN_AT", "UNTIL", "WEEK",
)  # fmt: skip

#: What readers see, by the column's name.
_EXPRESSIONS = {
    # Tracked accounts have pseudonyms as in the dashboard's file: one for the account, in place of the handle too.
    "ACCOUNT_ID": _text(_ACCOUNT),
    "OTHER_ACCOUNT_ID": _of("account", "OTHER_ACCOUNT_ID"),
    "HANDLE": _text(f"CASE WHEN SEEN.HANDLE IS NOT NULL THEN {_ACCOUNT} END"),
    "TIKTOK_ID": f"CAST({pseudonym('user', 'user', 'SEEN.TIKTOK_ID')} AS VARCHAR(20))",
    "USER_NAME": _of("handle", "USER_NAME"),
    # Equal names of two users have unlike pseudonyms: a frequent name could be guessed.
    "NICK_NAME": _text(pseudonym("name", "name of user", "SEEN.TIKTOK_ID || ':' || SEEN.NICK_NAME")),
    "OLD_VALUE": _handle_if_one("OLD_VALUE"),
    "NEW_VALUE": _handle_if_one("NEW_VALUE"),
    # For a file from another source, the object's key, which has the account's ID and whatever its writer chose.
    "SNAPSHOT_ID": _of("snapshot", "SNAPSHOT_ID"),
    "OBJECT_KEY": _of("object", "OBJECT_KEY"),
    # Free text, which may name the account.
    "OUTCOME_REASON": _HIDDEN,
    "REASON": _HIDDEN,
    # The pipeline's own words and times.
    "OUTCOME": _SHOWN,
    "HOLES": _SHOWN,
    # The second in which a user's account was created is the first half of the ID, and hardly two users share one.
    "CREATED_AT": f"{_MONTH}SEEN.CREATED_AT)",
    "FIRST_CREATED_AT": f"{_MONTH}SEEN.FIRST_CREATED_AT)",
    **dict.fromkeys(_TIMES, _SHOWN),
}
#: The same where a row is about nobody.
_ALONE = {"NICK_NAME": _of("name", "NICK_NAME")}
