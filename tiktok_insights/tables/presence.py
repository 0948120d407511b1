"""The tables of presence: since when each user is on an account's list, and whether later snapshots miss them.

What decides is in `warehouse/sql/fold_spells.sql`; tables of anything else belong in `definitions.py`.
"""

from tiktok_insights.tables.columns import Table, TableColumn

_SPELL = tuple(
    TableColumn(*column)
    for column in (
        ("ACCOUNT_ID", "VARCHAR NOT NULL", "The account."),
        ("TIKTOK_ID", "VARCHAR(20) NOT NULL", "The user."),
        ("SPELL", "NUMBER(38,0) NOT NULL", "1 for the user's first presence on the account's list, 2 for the next."),
        (
            "FIRST_SEEN_AT",
            "TIMESTAMP_NTZ",
            "LOOKED_AT of the first snapshot that shows the user; NULL if before the retained history.",
        ),
        ("FIRST_OBJECT_KEY", "VARCHAR", "The object of that snapshot; NULL if before the retained history."),
        ("LAST_SEEN_AT", "TIMESTAMP_NTZ NOT NULL", "LOOKED_AT of the last snapshot that shows the user."),
        ("LAST_OBJECT_KEY", "VARCHAR NOT NULL", "The object of that snapshot."),
        ("FOLLOWED_AFTER", "TIMESTAMP_NTZ", "Start of the follow window in that snapshot; NULL if unknown."),
        ("FOLLOWED_BEFORE", "TIMESTAMP_NTZ", "End of that window; NULL for an object from another source."),
        (
            "JOINED_SEEN_AT",
            "TIMESTAMP_NTZ NOT NULL",
            "LOOKED_AT of the first snapshot of the newest follow: since then, each window touches the one before.",
        ),
        ("JOINED_AFTER", "TIMESTAMP_NTZ", "Start of the follow window in that snapshot; NULL if unknown."),
        ("JOINED_BEFORE", "TIMESTAMP_NTZ", "End of that window; NULL for an object from another source."),
        (
            "FIRST_MISSED_AT",
            "TIMESTAMP_NTZ",
            "LOOKED_AT of the first later snapshot that would have shown the user, but does not.",
        ),
        ("SECOND_MISSED_AT", "TIMESTAMP_NTZ", "LOOKED_AT of the second such snapshot, since which the user is gone."),
        (
            "OUT_OF_REACH_AT",
            "TIMESTAMP_NTZ",
            "LOOKED_AT of the first later snapshot that went to the list's end or cap, but not back to the window.",
        ),
    )
)

PRESENCE_SPELLS = Table(
    "PRESENCE_SPELLS",
    "One row per account, user and spell. A spell ends when two snapshots missed the user and a later one shows them.",
    _SPELL,
)
TOUCHED_SPELLS = Table(
    "TOUCHED_SPELLS",
    "Rows of PRESENCE_SPELLS that the current publication writes; empty between publications.",
    (TableColumn("BATCH_ID", "VARCHAR NOT NULL", "The batch that is published."), *_SPELL),
    is_internal=True,
)
