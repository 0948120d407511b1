"""The record of the tables' version, from the statements that create them."""

from tiktok_insights.settings.environment import read_settings
from tiktok_insights.tables.creation import creation_script
from tiktok_insights.tables.definitions import SCHEMA_VERSION

TABLE_VERSION = f"tiktok_insights/tables/versions/V{SCHEMA_VERSION:03}.sql"


def table_version() -> str:
    """The whole file."""
    return (
        f"-- Written by `make docs`: the tables of version {SCHEMA_VERSION}, with the default names.\n"
        "-- It is rewritten freely until the first release. From then on, it stays, and a change is a new version.\n\n"
        f"{creation_script(read_settings({}).snowflake.namespace)}"
    )
