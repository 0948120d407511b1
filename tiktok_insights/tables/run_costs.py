"""The table of what runs cost. What its numbers are made from belongs in `observability.run_costs`."""

from tiktok_insights.tables.columns import Table, TableColumn

RUN_COSTS = Table(
    "RUN_COSTS",
    "One row per run of Dagster, also of a failed one: what it used. Credits and dollars are estimates.",
    tuple(
        TableColumn(*column)
        for column in (
            ("RUN_ID", "VARCHAR NOT NULL", "Dagster's ID of the run."),
            ("JOB", "VARCHAR NOT NULL", "The job."),
            ("STATUS", "VARCHAR", "success, failure or canceled; NULL until the next run completes the row."),
            ("STARTED_AT", "TIMESTAMP_NTZ", "When the run started, UTC; NULL if it never did."),
            ("ENDED_AT", "TIMESTAMP_NTZ", "When it ended, UTC; NULL until the next run completes the row."),
            ("API_REQUESTS", "NUMBER(38,0)", "Requests to the API; NULL if unknown."),
            ("GLUE_DPU_HOURS", "FLOAT", "DPU-hours of its Glue job runs; NULL if unknown."),
            ("GLUE_USD", "FLOAT", "What they cost in US dollars, estimated; NULL if unknown."),
            ("GLUE_BASIS", "VARCHAR NOT NULL", "How GLUE_USD was estimated, or why it is unknown."),
            (
                "SNOWFLAKE_SECONDS",
                "FLOAT",
                "How long the virtual warehouse executed its statements, added up; NULL if unknown.",
            ),
            ("SNOWFLAKE_CREDITS", "FLOAT", "Credits for these seconds, estimated; NULL if unknown."),
            ("SNOWFLAKE_BASIS", "VARCHAR NOT NULL", "How SNOWFLAKE_CREDITS was estimated, or why it is unknown."),
            ("RECORDED_AT", "TIMESTAMP_NTZ NOT NULL", "When the row was last written, UTC."),
        )
    ),
)
