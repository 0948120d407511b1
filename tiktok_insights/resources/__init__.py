"""The clients of the API, S3, Glue, Snowflake and Power BI as Dagster resources; `opening` opens them."""
