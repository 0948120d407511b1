"""The grants of roles: those of GRANT and REVOKE, and SHOW GRANTS TO ROLE. Nothing is enforced.

Who created an object is not known here: a table or a view that was given to no role belongs to the owner of its schema.
Grants on ALL or FUTURE objects, and SHOW GRANTS of another kind, are not here.
"""

import json
import re
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tiktok_insights.local.state_files import replace_file

_NAME = r"[\w$.\"]+"
_CHANGE = re.compile(
    rf"\s*(?P<verb>GRANT|REVOKE)\s+(?P<privileges>\w[\w\s,]*?)\s+ON\s+(?P<kind>DATABASE|SCHEMA|WAREHOUSE|TABLE|VIEW)\s+"
    rf"(?P<name>{_NAME})\s+(?:TO|FROM)\s+ROLE\s+(?P<role>{_NAME})(?:\s+COPY\s+CURRENT\s+GRANTS)?\s*;?\s*",
    re.IGNORECASE,
)
_CHANGE_OF_ROLE = re.compile(
    rf"\s*(?P<verb>GRANT|REVOKE)\s+ROLE\s+(?P<name>{_NAME})\s+(?:TO|FROM)\s+ROLE\s+(?P<role>{_NAME})\s*;?\s*",
    re.IGNORECASE,
)
_SHOW = re.compile(rf"\s*SHOW\s+GRANTS\s+TO\s+ROLE\s+(?P<role>{_NAME})\s*;?\s*", re.IGNORECASE)
_COLUMNS = ("privilege", "granted_on", "name", "granted_to", "grantee_name")

#: A role, a privilege, the kind of an object and its full name.
_Row = tuple[str, str, str, str]
#: The kind and the full name of a table or a view, as the database has it.
Object = tuple[str, str]


class Grants:
    """What roles were granted, kept in a file that is replaced with each change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._rows: set[_Row] = {tuple(row) for row in json.loads(path.read_text())} if path.exists() else set()

    def shown_by(self, statement: str, session: Any) -> str:
        """Take what a GRANT or a REVOKE changes; give SHOW GRANTS TO ROLE as a SELECT of its rows.

        Every other statement is none of ours, and is given back.
        """
        with self._lock:
            self._note(statement, session.database)
            if not (found := _SHOW.fullmatch(statement)):
                return statement
            role = _upper(found["role"])
            shown = sorted({*self._of(role), *self._inherited(role, _objects(session))})
        names = ", ".join(f'NULL::VARCHAR AS "{name}"' for name in _COLUMNS)
        rows = (
            "SELECT " + ", ".join(f"'{text}'" for text in (privilege, kind, name, "ROLE", role))
            for privilege, kind, name in shown
        )
        return " UNION ALL ".join([f"SELECT * FROM (SELECT {names}) WHERE 1 = 0", *rows])

    def _note(self, statement: str, database: str | None) -> None:
        before = set(self._rows)
        if found := _CHANGE.fullmatch(statement):
            name = _full(found["name"], found["kind"].upper(), database)
            for privilege in found["privileges"].split(","):
                row = (_upper(found["role"]), " ".join(privilege.upper().split()), found["kind"].upper(), name)
                self._change(found["verb"], row)
        elif found := _CHANGE_OF_ROLE.fullmatch(statement):
            self._change(found["verb"], (_upper(found["role"]), "USAGE", "ROLE", _upper(found["name"])))
        if self._rows != before:
            replace_file(self._path, json.dumps(sorted(self._rows)).encode())

    def _change(self, verb: str, row: _Row) -> None:
        if verb.upper() == "REVOKE":
            self._rows.discard(row)
            return
        if row[1] == "OWNERSHIP":
            # An object has one owner.
            self._rows -= {other for other in self._rows if other[1:] == row[1:]}
        self._rows.add(row)

    def _of(self, role: str) -> Iterator[tuple[str, str, str]]:
        return (row[1:] for row in self._rows if row[0] == role)

    def _inherited(self, role: str, objects: Iterable[Object]) -> Iterator[tuple[str, str, str]]:
        owned = {row[2:] for row in self._rows if row[1] == "OWNERSHIP"}
        for kind, name in objects:
            schema = ("SCHEMA", name.rpartition(".")[0])
            if (kind, name) not in owned and (role, "OWNERSHIP", *schema) in self._rows:
                yield "OWNERSHIP", kind, name


def _objects(session: Any) -> list[Object]:
    """Every table and view of all databases, with their names in upper case."""
    found = session._duck_conn.execute(
        "SELECT 'TABLE', upper(concat_ws('.', database_name, schema_name, table_name)) FROM duckdb_tables() "
        "UNION ALL "
        "SELECT 'VIEW', upper(concat_ws('.', database_name, schema_name, view_name)) FROM duckdb_views()"
    )
    return [(kind, name) for kind, name in found.fetchall()]


def _upper(name: str) -> str:
    return name.replace('"', "").upper()


def _full(name: str, kind: str, database: str | None) -> str:
    is_short = kind == "SCHEMA" and "." not in name and database
    return _upper(f"{database}.{name}" if is_short else name)
