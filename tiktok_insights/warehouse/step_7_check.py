"""The check that the last step of the tutorial works: what people do with the table, as they do it.

The statements themselves are in `table_checks.py`, with the other checks on the table.
"""

from tiktok_insights.checks import Finding, Severity, check
from tiktok_insights.schema import WAREHOUSE_NAMES
from tiktok_insights.tables.definitions import FOLLOWER_SNAPSHOTS
from tiktok_insights.warehouse.overview import counted_users
from tiktok_insights.warehouse.table_checks import TableCheckInput, of_the_scope


@check(Severity.BLOCKING)
@of_the_scope
def step_7_returns_every_user(given: TableCheckInput) -> Finding:
    """Step 7 of the tutorial that this project automates returns one row per user in the history.

    Its statements run unchanged, with this deployment's names, and must return the contract's columns. If the table
    has more than a million users, a run adds LIMIT 1 and counts the rows; `verify` always reads all of them. A run
    knows the number of users from the publications, each of which counts those that it adds.
    """
    session, users = given.session, counted_users(given.session)
    offenders = []
    if given.scope.is_everything:
        ((in_history,),) = session.query(f"SELECT COUNT(DISTINCT TIKTOK_ID) FROM {FOLLOWER_SNAPSHOTS.name}")
        if int(in_history) != users:
            offenders.append(f"{in_history} users in the history, but the publications counted {users}")
        users = int(in_history)
    *settings, select = given.step_7
    for statement in settings:
        session.query(statement)
    statements, columns, rows = _run_step_7(given, select, users)
    # The settings have moved the session to the view's schema.
    session.query(f"USE SCHEMA {session.namespace}")
    if tuple(columns) != WAREHOUSE_NAMES:
        offenders.append(f"the columns are {', '.join(columns)}")
    if rows != users:
        offenders.append(f"{'an unknown number of' if rows is None else rows} rows for {users} users")
    facts: dict[str, int | str] = {
        "statements": ";\n".join([*settings, *statements]) + ";",
        "rows": "unknown" if rows is None else rows,
        "users in the history": users,
    }
    return Finding(tuple(offenders), facts)


def _run_step_7(given: TableCheckInput, select: str, users: int) -> tuple[list[str], list[str], int | None]:
    """Run the last statement of Step 7 as its size allows: what was run, the columns, and the number of rows."""
    if given.scope.is_everything:
        return [select], *given.session.count_rows(select)
    if users <= given.max_step_7_rows:
        return [select], *given.session.count_rows(select, first_only=True)
    first, count = f"{select} LIMIT 1", select.replace("*", "COUNT(*)", 1)
    columns, _ = given.session.count_rows(first, first_only=True)
    ((rows,),) = given.session.query(count)
    return [first, count], columns, int(rows)
