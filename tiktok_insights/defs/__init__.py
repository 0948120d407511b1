"""What people see in Dagster: assets, checks, jobs, a schedule, a sensor. How they work is in the stages' packages."""
