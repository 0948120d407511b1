"""The settings of the checks on TIKTOK_DATA, as the Launchpad shows them. The checks use them."""

import dagster as dg

from tiktok_insights.warehouse.step_7_check import step_7_returns_every_user
from tiktok_insights.warehouse.table_checks import (
    MAX_LOST_COUNTS_SHARE,
    MAX_LOST_USERS_SHARE,
    MAX_STEP_7_ROWS,
)
from tiktok_insights.warehouse.trend_checks import no_list_lost_many_users, no_snapshot_lost_many_counts

TABLE_CHECK_LIMITS = {
    "max_lost_users_share": dg.Field(
        float,
        default_value=MAX_LOST_USERS_SHARE,
        description=f"`{no_list_lost_many_users.name}` warns if an account's newest list has lost a larger share of "
        "the users of the previous one.",
    ),
    "max_lost_counts_share": dg.Field(
        float,
        default_value=MAX_LOST_COUNTS_SHARE,
        description=f"`{no_snapshot_lost_many_counts.name}` warns if the share of missing counts rose by more than "
        "this.",
    ),
    "max_step_7_rows": dg.Field(
        int,
        default_value=MAX_STEP_7_ROWS,
        description=f"`{step_7_returns_every_user.name}` runs Step 7 word for word if the table has at most this many "
        "users. Otherwise it reads one row and counts the rows.",
    ),
}
