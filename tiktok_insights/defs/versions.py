"""When an asset is out of date: by the clock, by its code, by its data. Dagster compares these.

A run with nothing to do leaves each version as it is, so that nothing downstream is marked as unsynced.
"""

import hashlib
from datetime import timedelta

import dagster as dg

from tiktok_insights.schema import COLUMNS
from tiktok_insights.warehouse.table_checks import MAX_SNAPSHOT_AGE


def digest(*parts: str) -> str:
    """Make a version of texts: the same for the same texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


#: The schedule runs daily, and an extraction may take a while: late is a warning after 26 hours.
DAILY = dg.FreshnessPolicy.time_window(fail_window=MAX_SNAPSHOT_AGE, warn_window=timedelta(hours=26))

#: The version of code that does what the contract says.
CONTRACT = digest(repr(COLUMNS))


def data_version(*parts: str) -> dg.DataVersion:
    """Make the version of data from what tells it apart from other data."""
    return dg.DataVersion(digest(*parts))
