#!/bin/sh
# Replace Dagster's database with the dump on standard input, all of it or nothing. PGHOST, PGPORT, PGUSER, PGPASSWORD and
# PGDATABASE say which. Stop the code server, the webserver and the daemon before.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/dump"
# Read to its end first: a file that is no dump, or was cut off anywhere, changes nothing.
pg_restore --no-owner --no-privileges --file="$folder/sql" "$folder/dump" || {
    echo "Error: this is not a whole dump of Dagster's database. Nothing was changed." >&2
    exit 1
}
# Also what the dump does not have goes, such as the tables of a newer version.
psql --quiet --no-psqlrc --single-transaction --set=ON_ERROR_STOP=1 --output=/dev/null \
    --command="DROP SCHEMA public CASCADE" --command="CREATE SCHEMA public" --file="$folder/sql"
