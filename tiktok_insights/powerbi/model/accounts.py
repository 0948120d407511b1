"""The name by which a person chooses an account. How accounts filter other tables belongs in `relationships`."""

from dataclasses import replace

from tiktok_insights.powerbi.model.objects import Column, DataType, Table
from tiktok_insights.powerbi.model.relationships import ACCOUNTS

NAME = "ACCOUNT"


def with_name(table: Table) -> Table:
    """Add the name to the table with one row per account. Accounts of files from elsewhere have no handle."""
    name, key = ACCOUNTS
    if table.name != name:
        return table
    expression = f"COALESCE({name}[HANDLE], {name}[{key}])"
    account = Column(NAME, DataType.TEXT, "The account's handle; its ID where no snapshot says one.", expression)
    return replace(table, columns=(*table.columns, account))
