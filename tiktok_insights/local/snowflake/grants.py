"""The grants of roles: those of GRANT and REVOKE, and SHOW GRANTS TO ROLE. `access` refuses what was not granted.

Who created an object is not known here: a table or a view that was given to no role belongs to the owner of its schema.
Of grants on ALL or FUTURE objects, only those on views are here; SHOW GRANTS of another kind is not.
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
_OF_VIEWS = re.compile(
    rf"\s*GRANT\s+(?P<privilege>\w+)\s+ON\s+(?P<which>ALL|FUTURE)\s+VIEWS\s+IN\s+SCHEMA\s+(?P<name>{_NAME})\s+"
    rf"TO\s+ROLE\s+(?P<role>{_NAME})\s*;?\s*",
    re.IGNORECASE,
)
_CHANGE_OF_ROLE = re.compile(
    rf"\s*(?P<verb>GRANT|REVOKE)\s+ROLE\s+(?P<name>{_NAME})\s+(?:TO|FROM)\s+ROLE\s+(?P<role>{_NAME})\s*;?\s*",
    re.IGNORECASE,
)
_SHOW = re.compile(rf"\s*SHOW\s+GRANTS\s+TO\s+ROLE\s+(?P<role>{_NAME})\s*;?\s*", re.IGNORECASE)
_COLUMNS = ("privilege", "granted_on", "name", "granted_to", "grantee_name")

#: They have what they need, whatever was granted.
_SYSTEM_ROLES = {"", "ACCOUNTADMIN", "ORGADMIN", "SECURITYADMIN", "SYSADMIN", "USERADMIN"}
_FUTURE_VIEW, _MOST_ROLES = "FUTURE VIEW", 50

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
            self._note(statement, session)
            if not (found := _SHOW.fullmatch(statement)):
                return statement
            role = _upper(found["role"])
            granted = (row for row in self._of(role) if row[1] != _FUTURE_VIEW)
            shown = sorted({*granted, *self._inherited(role, _objects(session))})
        names = ", ".join(f'NULL::VARCHAR AS "{name}"' for name in _COLUMNS)
        rows = (
            "SELECT " + ", ".join(f"'{text}'" for text in (privilege, kind, name, "ROLE", role))
            for privilege, kind, name in shown
        )
        return " UNION ALL ".join([f"SELECT * FROM (SELECT {names}) WHERE 1 = 0", *rows])

    def created_view(self, name: str) -> None:
        """Grant a new view to whom the views to come of its schema were granted."""
        with self._lock:
            before, schema = set(self._rows), name.rpartition(".")[0]
            self._rows |= {
                (role, privilege, "VIEW", name)
                for role, privilege, kind, place in before
                if (kind, place) == (_FUTURE_VIEW, schema)
            }
            self._keep(before)

    def has_limits(self, role: str) -> bool:
        """Whether the role is one that was granted something."""
        with self._lock:
            return role not in _SYSTEM_ROLES and any(row[0] == role for row in self._rows)

    def allow(self, role: str, privilege: str, kind: str, name: str) -> bool:
        """Whether the role, or one that it has, was granted the privilege on the object, or owns it or its schema."""
        with self._lock:
            roles = [role]
            for one in roles:
                roles += [row[3] for row in self._rows if row[0] == one and row[2] == "ROLE" and row[3] not in roles]
                del roles[_MOST_ROLES:]
            own = ("OWNERSHIP", kind, name)
            return any(
                {(one, *own), (one, privilege, kind, name)} & self._rows or own in self._inherited(one, [(kind, name)])
                for one in roles
            )

    def _note(self, statement: str, session: Any) -> None:
        before, database = set(self._rows), session.database
        if found := _OF_VIEWS.fullmatch(statement):
            role, privilege = _upper(found["role"]), found["privilege"].upper()
            schema = _full(found["name"], "SCHEMA", database)
            if found["which"].upper() == "FUTURE":
                self._rows.add((role, privilege, _FUTURE_VIEW, schema))
            else:
                views = [name for kind, name in _objects(session) if kind == "VIEW"]
                self._rows |= {(role, privilege, "VIEW", n) for n in views if n.rpartition(".")[0] == schema}
        elif found := _CHANGE.fullmatch(statement):
            name = _full(found["name"], found["kind"].upper(), database)
            for privilege in found["privileges"].split(","):
                row = (_upper(found["role"]), " ".join(privilege.upper().split()), found["kind"].upper(), name)
                self._change(found["verb"], row)
        elif found := _CHANGE_OF_ROLE.fullmatch(statement):
            self._change(found["verb"], (_upper(found["role"]), "USAGE", "ROLE", _upper(found["name"])))
        self._keep(before)

    def _keep(self, before: set[_Row]) -> None:
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


def full_name(name: str) -> str:
    """Write a name as the grants have it."""
    return _upper(name)


def _upper(name: str) -> str:
    return name.replace('"', "").upper()


def _full(name: str, kind: str, database: str | None) -> str:
    is_short = kind == "SCHEMA" and "." not in name and database
    return _upper(f"{database}.{name}" if is_short else name)
