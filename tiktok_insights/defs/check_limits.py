"""The settings of the checks on TIKTOK_DATA, as the Launchpad shows them. What they mean is in the checks."""

import dagster as dg

from tiktok_insights.warehouse.table_checks import MAX_FALL, MAX_MISSING_RISE
from tiktok_insights.warehouse.trend_checks import counts_are_served_as_before, no_list_lost_many_users

TABLE_CHECK_LIMITS = {
    "max_fall": dg.Field(
        float,
        default_value=MAX_FALL,
        description=f"`{no_list_lost_many_users.name}` warns if an account's newest list is shorter than the one "
        "before by a larger share.",
    ),
    "max_missing_rise": dg.Field(
        float,
        default_value=MAX_MISSING_RISE,
        description=f"`{counts_are_served_as_before.name}` warns if the share of missing counts rose by more.",
    ),
}
