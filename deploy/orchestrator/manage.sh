#!/bin/sh
# Everything that is done with the orchestrator on its machine; run it as root. docs/how_to/run_the_orchestrator.md
# explains each command.
#
#   manage.sh start                  fetch the keys, build the image if it is missing, start, wait until all is healthy
#   manage.sh stop                   stop everything; data are kept
#   manage.sh status                 show the services and their health
#   manage.sh backup FILE            write Dagster's database to a file
#   manage.sh backup                 the same into the file of this weekday, and into the bucket; a timer does it every day
#   manage.sh restore FILE           replace Dagster's database with the one in a file
#   manage.sh install FOLDER         make an unpacked release the current one
#   manage.sh upgrade URL SHA256     download a release, build it, back up, and start it; if it does not get healthy, roll back
#   manage.sh rollback               back to the release before, with the database that it left
set -eu
umask 077

CURRENT=/opt/tiktok_insights
# On AWS, this is the volume that outlives the machine.
DATA=/srv/tiktok_insights
RELEASES=$DATA/releases
BACKUPS=$DATA/backups
ENVIRONMENT=/etc/tiktok_insights_orchestrator.env
UNITS=/etc/systemd/system
IMAGE=tiktok-insights-orchestrator

fail() {
    echo "Error: $*" >&2
    exit 1
}

release_of() { basename "$(readlink -f "$1")"; }

compose_of() {
    TIKTOK_INSIGHTS_RELEASE=$(release_of "$1")
    TIKTOK_INSIGHTS_REGION=$(region)
    export TIKTOK_INSIGHTS_RELEASE TIKTOK_INSIGHTS_REGION
    compose_files=$1/deploy/orchestrator
    shift
    # Without a log group, all logs stay on the machine.
    [ -z "$(setting TIKTOK_INSIGHTS_LOG_GROUP)" ] || set -- --file "$compose_files/cloudwatch_logs.yaml" "$@"
    docker compose --env-file "$ENVIRONMENT" --file "$compose_files/docker-compose.yaml" "$@"
}

compose() { compose_of "$CURRENT" "$@"; }

build() {
    docker image inspect "$IMAGE:$(release_of "$1")" > /dev/null 2>&1 || compose_of "$1" build --quiet code-server
}

setting() { sed -n "s/^$1=//p" "$ENVIRONMENT"; }

# The secret's ARN says in which region it is, and with it the machine.
region() { setting TIKTOK_INSIGHTS_KEYS | cut -d : -f 4; }

# The keys are in memory only (/run), and new ones are fetched at each start.
fetch_keys() {
    secret=$(setting TIKTOK_INSIGHTS_KEYS)
    [ -n "$secret" ] || fail "$ENVIRONMENT has no TIKTOK_INSIGHTS_KEYS. Set it to the ARN of the secret with the keys."
    install -d -m 0700 /run/tiktok_insights
    text=$(aws secretsmanager get-secret-value --region "$(region)" --secret-id "$secret" \
        --query SecretString --output text) || fail "No keys: the secret $secret is empty or cannot be read." \
        "Store them with: aws secretsmanager put-secret-value"
    printf '%s' "$text" | python3 "$CURRENT/deploy/orchestrator/keys_to_env.py" > /run/tiktok_insights/keys.env
}

start() {
    fetch_keys
    build "$CURRENT"
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

# One file for each day of the week, here and in the bucket, so there are never more than seven.
daily_backup() {
    file=dagster-$(LC_ALL=C date -u +%A).dump
    install -d -m 0700 "$BACKUPS"
    backup "$BACKUPS/$file"
    bucket=$(setting TIKTOK_INSIGHTS_BACKUPS)
    [ -n "$bucket" ] || return 0
    aws s3 cp --only-show-errors --region "$(region)" "$BACKUPS/$file" "$bucket/$file" ||
        fail "The backup $BACKUPS/$file was not copied to $bucket. It is on this machine only."
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
add_release() {
    name=$(cd "$1" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -c 1-12)
    install -d -m 0755 "$RELEASES"
    [ ! -d "$RELEASES/$name" ] || return 0
    # The whole folder or nothing: it is copied under another name first.
    rm -rf "$RELEASES/.new"
    cp -a "$1" "$RELEASES/.new"
    mv "$RELEASES/.new" "$RELEASES/$name"
}

install_release() {
    add_release "$1"
    if [ -L "$CURRENT" ] && [ "$(release_of "$CURRENT")" != "$name" ]; then
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
    # Copies: systemd reads its units at boot, before the volume with the releases is mounted.
    install -m 0644 -D -t "$UNITS" "$1"/deploy/orchestrator/tiktok-insights*.service "$1"/deploy/orchestrator/*.timer
    systemctl daemon-reload
}

# Releases and images fill the disk. Kept are those that run, and those that a rollback needs.
prune() {
    kept=" $(release_of "$CURRENT") "
    [ ! -L "$RELEASES/previous" ] || kept="$kept$(release_of "$RELEASES/previous") "
    for found in "$RELEASES"/*; do
        case "$kept" in *" $(basename "$found") "*) continue ;; esac
        [ -L "$found" ] || rm -rf "$found" "$BACKUPS/before-upgrade-$(basename "$found").dump"
    done
    for found in $(docker image ls --format '{{.Tag}}' "$IMAGE"); do
        case "$kept" in *" $found "*) continue ;; esac
        docker image rm "$IMAGE:$found" > /dev/null || echo "The image $IMAGE:$found was not deleted." >&2
    done
}

upgrade() {
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    curl --proto =https --fail --silent --show-error --location --output "$folder/release.tar.gz" "$1" ||
        fail "The release was not downloaded from $1. Nothing was changed."
    echo "$2  $folder/release.tar.gz" | sha256sum --check --quiet > /dev/null 2>&1 ||
        fail "The file at $1 does not have the SHA-256 $2. Nothing was changed."
    mkdir "$folder/release"
    tar --extract --gzip --strip-components 1 --file "$folder/release.tar.gz" --directory "$folder/release"
    add_release "$folder/release"
    before=$(release_of "$CURRENT")
    [ "$name" != "$before" ] || fail "This release runs already. Nothing was changed."
    # Whatever takes long or can fail comes first: the services run until the image and the backup are there.
    if ! build "$RELEASES/$name"; then
        prune
        fail "The image of the new release was not built. Nothing was changed."
    fi
    install -d -m 0700 "$BACKUPS"
    backup "$BACKUPS/before-upgrade-$before.dump"
    stop
    install_release "$folder/release"
    # The new release's own script, in a process of its own: whatever fails in it ends only that.
    if "$CURRENT/deploy/orchestrator/manage.sh" start; then
        prune
        return
    fi
    echo "The new release did not get healthy. Rolling back." >&2
    compose logs --no-color > "$BACKUPS/failed-upgrade.log" 2>&1 || echo "The logs of the containers were not saved." >&2
    rollback
    fail "The upgrade was rolled back. The logs of the new release are in $BACKUPS/failed-upgrade.log."
}

rollback() {
    [ -L "$RELEASES/previous" ] || fail "There is no release before this one. Nothing was changed."
    dump=$BACKUPS/before-upgrade-$(release_of "$RELEASES/previous").dump
    [ -s "$dump" ] || fail "There is no backup from before the upgrade. Nothing was changed."
    stop || true
    switch_to "$(readlink -f "$RELEASES/previous")"
    restore "$dump"
    start
    # A second rollback would only lose the runs since the first one.
    rm "$RELEASES/previous"
    prune
}

stop() { compose down; }

# A session that is cut off leaves nothing half done.
trap '' HUP
[ "$(id -u)" -eq 0 ] || fail "Run this as root: sudo $0 $*"
command=${1:-}
[ $# -eq 0 ] || shift
case "$command/$#" in
    start/0) start ;;
    stop/0) stop ;;
    status/0) compose ps && compose exec -T webserver tiktok-insights orchestrator health ;;
    backup/0) daily_backup ;;
    backup/1) backup "$1" ;;
    restore/1) restore "$1"; start ;;
    install/1) install_release "$1" ;;
    upgrade/2) upgrade "$1" "$2" ;;
    rollback/0) rollback ;;
    *) sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
