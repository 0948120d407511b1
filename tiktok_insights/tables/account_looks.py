"""The table of looks at tracked accounts. Their followers belong in `definitions.py`."""

from tiktok_insights.tables.columns import Table, TableColumn

ACCOUNT_LOOKS = Table(
    "ACCOUNT_LOOKS",
    "One row per account and look: the totals that the API gave for the tracked account itself.",
    tuple(
        TableColumn(*column)
        for column in (
            ("OBJECT_KEY", "VARCHAR NOT NULL", "Key of the stored response."),
            ("ACCOUNT_ID", "VARCHAR NOT NULL", "The account."),
            ("LOOKED_AT", "TIMESTAMP_NTZ NOT NULL", "When the response was fetched, UTC."),
            ("HANDLE", "VARCHAR", "The account's handle at that time."),
            ("FOLLOWERS", "NUMBER(38,0)", "How many follow the account; NULL if unknown."),
            ("FOLLOWING_COUNT", "NUMBER(38,0)", "How many accounts it follows; NULL if unknown."),
            ("HEARTS", "NUMBER(38,0)", "Likes on its videos; NULL if unknown, or if the account is private."),
            ("VIDEOS", "NUMBER(38,0)", "Its public videos; NULL if unknown, or if the account is private."),
            ("TOTALS_ARE_EXACT", "BOOLEAN NOT NULL", "False if the API gave rounded totals."),
        )
    ),
)
