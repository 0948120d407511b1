"""All that people can read in a warehouse, to compare it before and after a loss.

Batch IDs and times of loading are left out: a second load has others. So is what runs cost.
"""

from tiktok_insights.clients.snowflake_session import Row, Session
from tiktok_insights.tables.definitions import LOAD_BATCHES
from tiktok_insights.tables.run_costs import RUN_COSTS

_OF_A_LOAD = {"BATCH_ID", "LOADED_AT"}
_OF_RUNS = {LOAD_BATCHES.name, RUN_COSTS.name}


def whole_warehouse(session: Session) -> dict[str, list[Row]]:
    """Every table and mart by name, each row in one order; batches and runs are not compared."""
    namespace = session.namespace
    columns: dict[str, list[str]] = {}
    for schema, name, column in session.query(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns ORDER BY ordinal_position"
    ):
        is_ours = schema in (namespace.schema, namespace.view_schema) and name not in _OF_RUNS
        if is_ours and column not in _OF_A_LOAD:
            columns.setdefault(f'{schema}."{name}"', []).append(f'"{column}"')
    return {
        name: sorted(session.query(f"SELECT {', '.join(names)} FROM {name}"), key=repr)
        for name, names in columns.items()
    }
