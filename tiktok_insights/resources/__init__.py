"""The clients of the API, S3, Glue and Snowflake as Dagster resources; `opening` opens them."""
