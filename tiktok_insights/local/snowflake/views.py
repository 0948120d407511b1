"""What is noted of a view when it is made: that it is secure, and to whom the views to come of its schema were granted.

Which view is secure is said by `catalog`; DuckDB itself knows no such views.
"""

from typing import Any

from sqlglot import Expr, exp

from tiktok_insights.local.snowflake.catalog import SECURE
from tiktok_insights.local.snowflake.grants import full_name


def note_view(session: Any, statement: Expr | None) -> None:
    """Note what must be known of the view that the statement has made; every other statement is none of ours."""
    if not isinstance(statement, exp.Create) or statement.kind != "VIEW":
        return
    view = statement.this.find(exp.Table)
    place = (view.catalog or session.database, view.db or session.schema, view.name)
    session.grants.created_view(full_name(".".join(map(str, place))))
    if statement.find(exp.SecureProperty):
        quoted = ".".join(part.sql("duckdb") for part in view.parts)
        session._duck_conn.execute(f"COMMENT ON VIEW {quoted} IS '{SECURE}'")
