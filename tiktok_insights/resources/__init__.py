"""With what: the clients of the API, S3, Glue and Snowflake, for the deployment that the environment names."""
