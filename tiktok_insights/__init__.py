"""TikTok followers from an HTTP API to audited rows in Snowflake, with Dagster."""
