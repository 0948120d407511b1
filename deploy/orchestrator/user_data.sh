#!/bin/sh
# Make a new EC2 machine with Amazon Linux 2023 the orchestrator. The stack's user data has verified the release by its
# SHA-256, unpacked it, and written the settings to /etc/tiktok_insights.env; TIKTOK_INSIGHTS_KEYS is the ARN of the
# secret with the keys, TIKTOK_INSIGHTS_VOLUME the volume that outlives the machine,
# TIKTOK_INSIGHTS_BACKUPS where daily backups go, TIKTOK_INSIGHTS_LOG_GROUP the log group of the code server. Running it
# again does no harm. It needs no open port: people come through Session Manager.
set -eu
umask 077

HERE=$(cd "$(dirname "$0")" && pwd)
DATA=/srv/tiktok_insights
ENVIRONMENT=/etc/tiktok_insights_orchestrator.env
PLUGINS=/usr/local/lib/docker/cli-plugins

fail() {
    echo "Error: $*" >&2
    exit 1
}

[ -n "${TIKTOK_INSIGHTS_KEYS:-}" ] || fail "TIKTOK_INSIGHTS_KEYS is not set. Set it to the ARN of the secret with the keys."
[ -n "${TIKTOK_INSIGHTS_VOLUME:-}" ] || fail "TIKTOK_INSIGHTS_VOLUME is not set. Set it to the ID of the volume."
[ -s /etc/tiktok_insights.env ] || fail "/etc/tiktok_insights.env is missing. Write the pipeline's settings to it."

# Before Docker is there, which keeps the database on it.
"$HERE/data_volume.sh" "$TIKTOK_INSIGHTS_VOLUME" "$(echo "$TIKTOK_INSIGHTS_KEYS" | cut -d : -f 4)"

dnf install --assumeyes --quiet docker
systemctl enable --now docker

# Amazon Linux has no package of Compose. Docker publishes its plugins as images, which are pinned by their tags, like the others.
plugin() {
    docker pull --quiet "$2"
    container=$(docker create "$2" none)
    install -d -m 0755 "$PLUGINS"
    docker cp "$container:$3" "$PLUGINS/$1"
    docker rm "$container" > /dev/null
    chmod 0755 "$PLUGINS/$1"
}
plugin docker-compose docker/compose-bin:v2.40.3 /docker-compose
plugin docker-buildx docker/buildx-bin:0.29.1 /buildx

# The database's password is beside the database and nowhere else. It is made once: the database keeps the first one.
if [ ! -s "$DATA/postgres_password" ]; then
    od -A n -N 24 -t x1 /dev/urandom | tr -d ' \n' > "$DATA/postgres_password.new"
    mv "$DATA/postgres_password.new" "$DATA/postgres_password"
fi
cat > "$ENVIRONMENT.new" << END
DAGSTER_POSTGRES_PASSWORD=$(cat "$DATA/postgres_password")
TIKTOK_INSIGHTS_KEYS=$TIKTOK_INSIGHTS_KEYS
TIKTOK_INSIGHTS_BACKUPS=${TIKTOK_INSIGHTS_BACKUPS:-}
TIKTOK_INSIGHTS_LOG_GROUP=${TIKTOK_INSIGHTS_LOG_GROUP:-}
END
mv "$ENVIRONMENT.new" "$ENVIRONMENT"

# A machine that replaces another one continues with the release of that one: it may have been upgraded since.
release=$HERE/../..
[ ! -e "$DATA/releases/current" ] || release=$DATA/releases/current
"$HERE/manage.sh" install "$(readlink -f "$release")"

# The unit starts everything at each boot, and tries again every minute until the keys are there. The timer makes a backup
# every day; Amazon Linux has no cron.
systemctl enable tiktok-insights
systemctl enable --now tiktok-insights-backup.timer
systemctl start --no-block tiktok-insights
