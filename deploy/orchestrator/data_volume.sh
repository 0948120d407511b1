#!/bin/sh
# data_volume.sh VOLUME REGION: attach the volume that outlives the machine, and mount it for Docker's volumes, releases
# and backups. It is formatted only if there is nothing on it. Running it again does no harm.
set -eu

DATA=/srv/tiktok_insights
DOCKER_VOLUMES=/var/lib/docker/volumes
FSTAB=/etc/fstab
DROP_IN=/etc/systemd/system/docker.service.d
# By the volume's own ID: no other disk of the machine can be taken for it.
DEVICE=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$(echo "$1" | tr -d -)
METADATA=http://169.254.169.254/latest

fail() {
    echo "Error: $*" >&2
    exit 1
}

attach() {
    token=$(curl --fail --silent --show-error --request PUT --header "X-aws-ec2-metadata-token-ttl-seconds: 300" \
        "$METADATA/api/token")
    instance=$(curl --fail --silent --show-error --header "X-aws-ec2-metadata-token: $token" \
        "$METADATA/meta-data/instance-id")
    # A machine that this one replaces has the volume until CloudFormation deletes it, which is after this one's start.
    tries=0
    until [ -e "$DEVICE" ]; do
        [ "$tries" -lt 180 ] || fail "The volume $1 was not attached in 30 minutes. AWS says: $said. Detach it from any" \
            "other machine, and run /var/lib/cloud/instance/scripts/part-001 again."
        said=$(aws ec2 attach-volume --region "$2" --volume-id "$1" --instance-id "$instance" --device /dev/sdf 2>&1) || true
        tries=$((tries + 1))
        sleep 10
    done
}

format() {
    found=0
    blkid --probe "$DEVICE" > /dev/null || found=$?
    case $found in
        0) ;;
        # Nothing was found on it. Without --force, mkfs looks itself, and overwrites nothing.
        2) mkfs.xfs -q "$DEVICE" ;;
        *) fail "The volume $1 cannot be read (blkid says $found). It was left as it is." ;;
    esac
}

mounted() {
    grep -qF " $2 " "$FSTAB" || echo "$1 $2 $3 0 0" >> "$FSTAB"
    mountpoint --quiet "$2" || mount "$2"
}

[ -e "$DEVICE" ] || attach "$1" "$2"
format "$1"
install -d -m 0755 "$DATA" "$DOCKER_VOLUMES"
# nofail: without the volume the machine still boots, and lets people in. Docker waits for it.
mounted "$DEVICE" "$DATA" "xfs defaults,nofail,x-systemd.growfs"
install -d -m 0701 "$DATA/volumes"
mounted "$DATA/volumes" "$DOCKER_VOLUMES" "none bind,nofail,x-systemd.requires-mounts-for=$DATA"
# Never a new database on the machine's own disk, only because the volume is late.
install -d -m 0755 "$DROP_IN"
printf '[Unit]\nRequiresMountsFor=%s %s\n' "$DATA" "$DOCKER_VOLUMES" > "$DROP_IN/tiktok_insights.conf"
systemctl daemon-reload
