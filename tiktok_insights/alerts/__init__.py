"""Alerts: what is wrong, told once to people who do not look at Dagster. What is wrong is observed in `defs`."""
