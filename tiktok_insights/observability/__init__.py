"""What runs tell machines: metrics and log lines. What they tell people belongs in `alerts` and in Dagster."""
