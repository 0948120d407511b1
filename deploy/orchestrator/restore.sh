#!/bin/sh
# Replace Dagster's database with the dump on standard input, all of it or nothing. PGHOST, PGPORT, PGUSER, PGPASSWORD and
# PGDATABASE say which. Stop the code server, the webserver and the daemon before.
set -eu

dump=$(mktemp)
trap 'rm -f "$dump"' EXIT
cat > "$dump"
# A file that is no dump, or was cut off, changes nothing.
pg_restore --list "$dump" > /dev/null || {
    echo "Error: this is not a dump of Dagster's database. Nothing was changed." >&2
    exit 1
}
{
    # Also what the dump does not have, such as the tables of a newer version.
    echo "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
    pg_restore --no-owner --no-privileges --file=- "$dump"
} | psql --quiet --no-psqlrc --single-transaction --set=ON_ERROR_STOP=1 --output=/dev/null
