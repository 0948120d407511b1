"""What AWS Glue runs: the job's script, and what builds the package that the script imports."""
