"""Snowflake on this machine: fakesnow's server with what the pipeline needs of Snowflake."""
