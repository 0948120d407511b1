#!/bin/sh
# Make a new EC2 machine with Amazon Linux 2023 the orchestrator. The stack's user data has verified the release by its
# SHA-256, unpacked it, and written the settings to /etc/tiktok_insights.env; TIKTOK_INSIGHTS_KEYS is the ARN of the
# secret with the keys. Running it again does no harm. It needs no open port: people come through Session Manager.
set -eu
umask 077

HERE=$(cd "$(dirname "$0")" && pwd)
ENVIRONMENT=/etc/tiktok_insights_orchestrator.env
PLUGINS=/usr/local/lib/docker/cli-plugins

fail() {
    echo "Error: $*" >&2
    exit 1
}

[ -n "${TIKTOK_INSIGHTS_KEYS:-}" ] || fail "TIKTOK_INSIGHTS_KEYS is not set. Set it to the ARN of the secret with the keys."
[ -s /etc/tiktok_insights.env ] || fail "/etc/tiktok_insights.env is missing. Write the pipeline's settings to it."

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

# The database's password never leaves this machine. It is made once: the database keeps the first one.
if [ ! -s "$ENVIRONMENT" ]; then
    password=$(od -A n -N 24 -t x1 /dev/urandom | tr -d ' \n')
    printf 'DAGSTER_POSTGRES_PASSWORD=%s\nTIKTOK_INSIGHTS_KEYS=%s\n' "$password" "$TIKTOK_INSIGHTS_KEYS" > "$ENVIRONMENT.new"
    mv "$ENVIRONMENT.new" "$ENVIRONMENT"
fi

"$HERE/manage.sh" install "$(cd "$HERE/../.." && pwd)"

# The unit starts everything at each boot, and tries again every minute until the keys are there.
install -m 0644 /opt/tiktok_insights/deploy/orchestrator/tiktok-insights.service /etc/systemd/system/
systemctl daemon-reload
systemctl enable tiktok-insights
systemctl start --no-block tiktok-insights
