#!/bin/sh
# Write Dagster's database to standard output, in pg_dump's custom format. PGHOST, PGPORT, PGUSER, PGPASSWORD and
# PGDATABASE say which. Runs, their logs, and the state of schedules and sensors are in it; the data themselves are in the
# bucket and in Snowflake. Services may run meanwhile: a dump is one consistent snapshot.
set -eu

exec pg_dump --format=custom --no-owner --no-privileges
