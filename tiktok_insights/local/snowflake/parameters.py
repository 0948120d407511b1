"""A session's parameters: those of the login and of ALTER SESSION, SHOW PARAMETERS, and the role. Texts only.

STATEMENT_TIMEOUT_IN_SECONDS has an effect (in `session`). The others are remembered and shown, for whoever looks at
what a client has set: here, nothing waits for a lock or in a queue.
"""

import re
from collections.abc import Mapping

#: Snowflake's defaults (docs.snowflake.com/en/sql-reference/parameters).
_DEFAULTS = {
    "LOCK_TIMEOUT": "43200",
    "QUERY_TAG": "",
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": "0",
    "STATEMENT_TIMEOUT_IN_SECONDS": "172800",
}
_ALTER = re.compile(r"\s*ALTER\s+SESSION\s+(SET|UNSET)\s+(.*)", re.IGNORECASE | re.DOTALL)
_USE_ROLE = re.compile(r'\s*USE\s+ROLE\s+([\w$"]+)\s*;?\s*', re.IGNORECASE)
_SETTING = re.compile(r"(\w+)\s*=\s*('(?:[^']|'')*'|[\w.]+)")
_SHOW = re.compile(r"\s*SHOW\s+PARAMETERS(?:\s+LIKE\s+'((?:[^']|'')*)')?(?:\s+IN\s+SESSION)?\s*;?\s*", re.IGNORECASE)


class SessionParameters:
    """What one session has set."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self.role = ""

    @property
    def statement_timeout(self) -> float:
        """The longest that a statement may take, in seconds; 0 for as long as it likes."""
        return float(self._value("STATEMENT_TIMEOUT_IN_SECONDS"))

    def log_in(self, given: Mapping[str, object]) -> None:
        """Take what a client sends when it logs in."""
        self._values |= {name.upper(): str(value) for name, value in given.items() if name.upper() in _DEFAULTS}

    def note(self, statement: str) -> None:
        """Take what an ALTER SESSION sets or unsets, or a USE ROLE; any other statement is none of ours."""
        if role := _USE_ROLE.fullmatch(statement):
            self.role = role[1].replace('"', "").upper()
        if not (found := _ALTER.fullmatch(statement)):
            return
        if found[1].upper() == "UNSET":
            for name in re.findall(r"\w+", found[2]):
                self._values.pop(name.upper(), None)
        else:
            self.log_in({name: _unquoted(value) for name, value in _SETTING.findall(found[2])})

    def shown_by(self, statement: str) -> str:
        """A SHOW PARAMETERS as a SELECT of its rows; every other statement unchanged."""
        if not (found := _SHOW.fullmatch(statement)):
            return statement
        rows = (
            f'SELECT \'{name}\' AS "key", {_quoted(self._value(name))} AS "value", {_quoted(default)} AS "default", '
            f"'{'SESSION' if name in self._values else ''}' AS \"level\""
            for name, default in _DEFAULTS.items()
        )
        pattern = "%" if found[1] is None else found[1].replace("''", "'")
        return f'SELECT * FROM ({" UNION ALL ".join(rows)}) WHERE "key" ILIKE {_quoted(pattern)} ORDER BY "key"'

    def _value(self, name: str) -> str:
        return self._values.get(name, _DEFAULTS[name])


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
