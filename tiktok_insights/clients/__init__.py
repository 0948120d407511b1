"""Clients of services: a bucket, a Snowflake session, DuckDB. What objects and tables mean belongs to the stages."""
