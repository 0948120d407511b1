"""Snowflake as the doctor sees it: signing in, and each grant of the loading role. Only SHOW statements are sent."""
