"""The table of what expired snapshots told of each day. What is counted from the history left belongs in the marts."""

from tiktok_insights.tables.columns import Table, TableColumn

DAILY_TOTALS = Table(
    "DAILY_TOTALS",
    "One row per account and day: users that the day's totals counted and the history left cannot show. Empty until "
    "snapshots expire.",
    tuple(
        TableColumn(*column)
        for column in (
            ("ACCOUNT_ID", "VARCHAR NOT NULL", "The account."),
            ("DAY", "TIMESTAMP_NTZ NOT NULL", "The day, by its first second in UTC."),
            (
                "FIRST_SEEN",
                "NUMBER(38,0) NOT NULL",
                "Users whom a snapshot of the day was the first to show; below 0 if others now seem to be.",
            ),
            ("GONE", "NUMBER(38,0) NOT NULL", "Users whom a snapshot of the day was the first to miss, and who left."),
            ("MISSED_ONCE", "NUMBER(38,0) NOT NULL", "Users whom a snapshot of the day missed, and no other did."),
            ("OUT_OF_VIEW", "NUMBER(38,0) NOT NULL", "Users whom a list of the day was the first not to reach."),
            ("EXPIRED_AT", "TIMESTAMP_NTZ NOT NULL", "When snapshots of the account last expired, UTC."),
        )
    ),
)
