"""What: assets, checks, jobs and schedules that people see in Dagster. How they work is in the stages' packages."""
