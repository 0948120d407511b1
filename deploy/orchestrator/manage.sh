#!/bin/sh
# Everything that is done with the orchestrator on its machine; run it as root. docs/how_to/run_the_orchestrator.md
# explains each command.
#
#   manage.sh start                  fetch the keys, build the image if it is missing, start, wait until all is healthy
#   manage.sh stop                   stop everything; data are kept
#   manage.sh status                 show the services and their health
#   manage.sh backup FILE            write Dagster's database to a file
#   manage.sh restore FILE           replace Dagster's database with the one in a file
#   manage.sh install FOLDER         make an unpacked release the current one
#   manage.sh upgrade URL SHA256     download a release, back up, and start it; if it does not get healthy, roll back
#   manage.sh rollback               back to the release before, with the database that it left
set -eu
umask 077

CURRENT=/opt/tiktok_insights
# On AWS, this is the volume that outlives the machine.
DATA=/srv/tiktok_insights
RELEASES=$DATA/releases
BACKUPS=$DATA/backups
ENVIRONMENT=/etc/tiktok_insights_orchestrator.env

fail() {
    echo "Error: $*" >&2
    exit 1
}

compose() {
    TIKTOK_INSIGHTS_RELEASE=$(basename "$(readlink -f "$CURRENT")")
    export TIKTOK_INSIGHTS_RELEASE
    docker compose --env-file "$ENVIRONMENT" --file "$CURRENT/deploy/orchestrator/docker-compose.yaml" "$@"
}

# The keys are in memory only (/run), and new ones are fetched at each start.
fetch_keys() {
    secret=$(sed -n 's/^TIKTOK_INSIGHTS_KEYS=//p' "$ENVIRONMENT")
    [ -n "$secret" ] || fail "$ENVIRONMENT has no TIKTOK_INSIGHTS_KEYS. Set it to the ARN of the secret with the keys."
    install -d -m 0700 /run/tiktok_insights
    text=$(aws secretsmanager get-secret-value --region "$(echo "$secret" | cut -d : -f 4)" --secret-id "$secret" \
        --query SecretString --output text) || fail "The secret $secret cannot be read, or no one has stored the keys yet."
    printf '%s' "$text" | python3 "$CURRENT/deploy/orchestrator/keys_to_env.py" > /run/tiktok_insights/keys.env
}

start() {
    fetch_keys
    release=$(basename "$(readlink -f "$CURRENT")")
    docker image inspect "tiktok-insights-orchestrator:$release" > /dev/null 2>&1 || compose build --quiet code-server
    compose up --detach --wait postgres
    # Does nothing where the tables are those of this version of Dagster.
    compose run --rm --no-deps daemon dagster instance migrate
    compose up --detach --wait --remove-orphans
}

backup() {
    compose up --detach --wait postgres
    compose exec -T postgres sh /opt/backup.sh > "$1.part" || fail "The database was not backed up. $1 was left as it is."
    mv "$1.part" "$1"
}

restore() {
    [ -s "$1" ] || fail "$1 is missing or empty. Nothing was changed."
    compose up --detach --wait postgres
    compose stop code-server webserver daemon
    # The services start again with the database that is there, whichever it is.
    if compose exec -T postgres sh /opt/restore.sh < "$1"; then return; fi
    start
    fail "The database was not restored. It is as it was, and the services run."
}

# A release is named after its files, so the same one is always the same image.
install_release() {
    name=$(cd "$1" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -c 1-12)
    install -d -m 0755 "$RELEASES"
    if [ ! -d "$RELEASES/$name" ]; then
        # The whole folder or nothing: it is copied under another name first.
        rm -rf "$RELEASES/.new"
        cp -a "$1" "$RELEASES/.new"
        mv "$RELEASES/.new" "$RELEASES/$name"
    fi
    if [ -L "$CURRENT" ] && [ "$(readlink -f "$CURRENT")" != "$RELEASES/$name" ]; then
        ln -sfn "$(readlink -f "$CURRENT")" "$RELEASES/previous"
    fi
    switch_to "$RELEASES/$name"
}

switch_to() {
    if [ -d "$CURRENT" ] && [ ! -L "$CURRENT" ]; then mv "$CURRENT" "$RELEASES/.unpacked"; fi
    # In one step, so that the machine may go down at any moment.
    ln -sfn "$1" "$CURRENT.new"
    mv -T "$CURRENT.new" "$CURRENT"
    rm -rf "$RELEASES/.unpacked"
    # For a machine that replaces this one.
    ln -sfn "$1" "$RELEASES/current"
}

upgrade() {
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    curl --proto =https --fail --silent --show-error --location --output "$folder/release.tar.gz" "$1"
    echo "$2  $folder/release.tar.gz" | sha256sum --check --quiet || fail "The release is not the one with this checksum."
    mkdir "$folder/release"
    tar --extract --gzip --strip-components 1 --file "$folder/release.tar.gz" --directory "$folder/release"
    install -d -m 0700 "$BACKUPS"
    backup "$BACKUPS/before-upgrade.dump"
    stop
    install_release "$folder/release"
    # The new release's own script, in a process of its own: whatever fails in it ends only that.
    if "$CURRENT/deploy/orchestrator/manage.sh" start; then return; fi
    echo "The new release did not get healthy. Rolling back." >&2
    rollback
    fail "The upgrade was rolled back. Its logs: journalctl -u docker, and docker compose logs."
}

rollback() {
    [ -L "$RELEASES/previous" ] || fail "There is no release before this one."
    [ -s "$BACKUPS/before-upgrade.dump" ] || fail "There is no backup from before the upgrade. Nothing was changed."
    stop || true
    switch_to "$(readlink -f "$RELEASES/previous")"
    restore "$BACKUPS/before-upgrade.dump"
    start
    # A second rollback would only lose the runs since the first one.
    rm "$RELEASES/previous"
}

stop() { compose down; }

[ "$(id -u)" -eq 0 ] || fail "Run this as root: sudo $0 $*"
command=${1:-}
[ $# -eq 0 ] || shift
case "$command/$#" in
    start/0) start ;;
    stop/0) stop ;;
    status/0) compose ps && compose exec -T webserver tiktok-insights orchestrator health ;;
    backup/1) backup "$1" ;;
    restore/1) restore "$1"; start ;;
    install/1) install_release "$1" ;;
    upgrade/2) upgrade "$1" "$2" ;;
    rollback/0) rollback ;;
    *) sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
