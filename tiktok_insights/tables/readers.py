"""The table with the key of readers' pseudonyms. What the pseudonyms are made of belongs in `insights.pseudonyms`."""

from tiktok_insights.tables.columns import Table, TableColumn

READER_KEY = Table(
    "READER_KEY",
    "One row: the secret key of the pseudonyms that readers see. No reader may read it.",
    (
        TableColumn("INNER_KEY", "VARCHAR NOT NULL", "The half of the key that is hashed with a value."),
        TableColumn("OUTER_KEY", "VARCHAR NOT NULL", "The half that is hashed with the result."),
        TableColumn("MADE_AT", "TIMESTAMP_NTZ NOT NULL", "When the key was made, UTC."),
    ),
    is_internal=True,
)
