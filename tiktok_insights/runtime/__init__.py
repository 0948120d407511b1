"""What a running process needs on this machine: the extraction lock, Dagster's home, orphaned runs."""
