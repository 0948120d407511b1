"""Refuses what a role may not read or change, in Snowflake's words. What roles were granted is in `grants`.

Only a role that was granted something here has limits: the local stack gives its own role nothing, and nobody else
signs in. Statements that are no queries and change no rows are not looked at, nor is information_schema.
"""

from collections.abc import Iterator

from snowflake.connector.errors import ProgrammingError
from sqlglot import Expr, exp, parse_one
from sqlglot.errors import SqlglotError

from tiktok_insights.local.snowflake.grants import Grants, full_name

_MISSING, _NO_OBJECT, _NO_SCHEMA = 2003, "42S02", "02000"
_OWNERSHIP, _SELECT, _USAGE = "OWNERSHIP", "SELECT", "USAGE"
_CHANGES = {exp.Insert: "INSERT", exp.Update: "UPDATE", exp.Delete: "DELETE", exp.Merge: _OWNERSHIP}


def refuse_unauthorized(statement: str, role: str, grants: Grants, place: tuple[str | None, str | None]) -> None:
    """Raise what Snowflake says to a role that lacks a privilege; `place` is the session's database and schema."""
    if not grants.has_limits(role):
        return
    try:
        tree = parse_one(statement, read="snowflake")
    except SqlglotError:
        # Whoever runs it says what is wrong with it.
        return
    for table, privilege in _needed(tree):
        database, schema = table.catalog or place[0] or "", table.db or place[1] or ""
        if schema.upper() == "INFORMATION_SCHEMA":
            continue
        in_schema = full_name(f"{database}.{schema}")
        if not (
            grants.allow(role, _USAGE, "DATABASE", full_name(database))
            and grants.allow(role, _USAGE, "SCHEMA", in_schema)
        ):
            raise _refusal(f"Schema '{in_schema}'", _NO_SCHEMA)
        name = f"{in_schema}.{full_name(table.name)}"
        if not any(grants.allow(role, privilege, kind, name) for kind in ("TABLE", "VIEW")):
            raise _refusal(f"Object '{name}'", _NO_OBJECT)


def _needed(tree: Expr) -> Iterator[tuple[exp.Table, str]]:
    """The tables and views that a statement names, with the privilege on each."""
    change = next((privilege for kind, privilege in _CHANGES.items() if isinstance(tree, kind)), "")
    changed = tree.this.find(exp.Table) if change else None
    if changed is not None:
        yield changed, change
    if isinstance(tree, exp.Query) or changed is not None or (isinstance(tree, exp.Create) and tree.expression):
        named = {cte.alias.upper() for cte in tree.find_all(exp.CTE)}
        source = tree.expression if isinstance(tree, exp.Create) else tree
        for table in source.find_all(exp.Table):
            if table is not changed and table.name and (table.db or table.name.upper() not in named):
                yield table, _SELECT


def _refusal(what: str, state: str) -> ProgrammingError:
    return ProgrammingError(
        msg=f"SQL compilation error:\n{what} does not exist or not authorized.", errno=_MISSING, sqlstate=state
    )
