"""Clients of the services: a bucket, a Snowflake session. What the objects and tables mean belongs to the stages."""
