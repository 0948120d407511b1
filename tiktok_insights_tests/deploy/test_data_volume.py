"""data_volume.sh on a machine that replaces another one: commands that act on AWS and the disk are played by scripts.

What is on the disk is read by the real blkid.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.troubleshooting import told

_SYSTEM = "/usr/sbin:/sbin"
_NEW_DISK = bytes(8 * 1024 * 1024)
#: The commands, which write down how they were called. For $BUSY tries, another machine has the volume.
_COMMANDS = {
    "curl": 'case "$*" in *api/token) echo token ;; *) echo i-new ;; esac',
    "aws": """echo "aws $*" >> "$SAID"
        if [ "$(grep -c '^aws' "$SAID")" -le "$BUSY" ]; then echo "vol-1 is already attached" >&2; exit 254; fi
        mkdir -p "$(dirname "$DEVICE")"; cp "$DISK" "$DEVICE" """,
    "sleep": 'echo "sleep $*" >> "$SAID"',
    "mkfs.xfs": 'echo "mkfs.xfs $*" >> "$SAID"; mke2fs -q -F -t ext4 "$2"',
    "mountpoint": "exit 1",
    "mount": 'echo "mount $*" >> "$SAID"',
    "systemctl": 'echo "systemctl $*" >> "$SAID"',
}

pytestmark = pytest.mark.skipif(
    shutil.which("blkid", path=f"{os.environ['PATH']}:{_SYSTEM}") is None, reason="blkid is a program of Linux"
)


class Machine:
    """A new machine, whose whole file system is a temporary folder."""

    def __init__(self, root: Path, disk: bytes) -> None:
        """`disk` is what is on the volume."""
        self.root, self.said = root, root / "said"
        self.device = root / "dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol1"
        for folder in ("bin", "etc"):
            (root / folder).mkdir()
        for name, text in _COMMANDS.items():
            (root / "bin" / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            (root / "bin" / name).chmod(0o755)
        (root / "disk").write_bytes(disk)
        self.fstab = root / "etc/fstab"
        self.fstab.write_text("UUID=1 / xfs defaults 1 1\n", encoding="utf-8")
        script = (ROOT / "deploy/orchestrator/data_volume.sh").read_text(encoding="utf-8")
        for path in ("/srv/", "/var/lib/docker/", "/etc/", "/dev/disk/"):
            script = script.replace(f"={path}", f"={root}{path}")
        (root / "data_volume.sh").write_text(script, encoding="utf-8")

    def start(self, busy: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the script; another machine has the volume for so many tries."""
        variables = {"SAID": self.said, "DEVICE": self.device, "DISK": self.root / "disk", "BUSY": busy}
        path = f"{self.root / 'bin'}:{os.environ['PATH']}:{_SYSTEM}"
        command = ["/bin/sh", str(self.root / "data_volume.sh"), "vol-1", "eu-west-1"]
        return subprocess.run(  # noqa: S603  # our own script
            command,
            env={"PATH": path, **{name: str(value) for name, value in variables.items()}},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self, name: str) -> list[str]:
        """The arguments with which a command was called."""
        lines = self.said.read_text(encoding="utf-8").splitlines() if self.said.exists() else []
        return [line.partition(" ")[2] for line in lines if line.partition(" ")[0] == name]


def test_the_first_machine_formats_the_new_volume_once(tmp_path: Path) -> None:
    """It is mounted for Docker, at this boot and at every later one; a second run of the script changes nothing."""
    machine = Machine(tmp_path, _NEW_DISK)
    assert machine.start().returncode == 0
    attach = "ec2 attach-volume --region eu-west-1 --volume-id vol-1 --instance-id i-new --device /dev/sdf"
    assert machine.calls("aws") == [attach]
    assert machine.calls("mkfs.xfs") == [f"-q {machine.device}"]
    mounts = [f"{tmp_path}/srv/tiktok_insights", f"{tmp_path}/var/lib/docker/volumes"]
    assert machine.calls("mount") == mounts
    lines = machine.fstab.read_text(encoding="utf-8").splitlines()
    assert [line.split()[:4] for line in lines[1:]] == [
        [str(machine.device), mounts[0], "xfs", "defaults,nofail,x-systemd.growfs"],
        [f"{mounts[0]}/volumes", mounts[1], "none", f"bind,nofail,x-systemd.requires-mounts-for={mounts[0]}"],
    ]
    drop_in = tmp_path / "etc/systemd/system/docker.service.d/tiktok_insights.conf"
    assert drop_in.read_text(encoding="utf-8") == f"[Unit]\nRequiresMountsFor={' '.join(mounts)}\n"
    before = machine.device.read_bytes()
    assert machine.start().returncode == 0
    assert machine.device.read_bytes() == before
    assert machine.fstab.read_text(encoding="utf-8").splitlines() == lines
    assert (len(machine.calls("aws")), len(machine.calls("mkfs.xfs"))) == (1, 1)


def test_a_machine_that_replaces_another_waits_for_the_volume_and_keeps_what_is_on_it(tmp_path: Path) -> None:
    """CloudFormation deletes the old machine only after the new one has started."""
    disk = tmp_path / "with_data"
    disk.write_bytes(_NEW_DISK)
    make = ["mke2fs", "-q", "-F", "-t", "ext4", str(disk)]
    subprocess.run(make, env={"PATH": f"{os.environ['PATH']}:{_SYSTEM}"}, check=True)  # noqa: S603
    machine = Machine(tmp_path, disk.read_bytes())
    assert machine.start(busy=3).returncode == 0
    assert len(machine.calls("aws")) == 4
    assert machine.calls("mkfs.xfs") == []
    assert machine.device.read_bytes() == disk.read_bytes()
    assert len(machine.calls("mount")) == 2


def test_a_volume_that_another_machine_keeps_is_named_and_docker_is_not_prepared(tmp_path: Path) -> None:
    """The wait has an end; nothing is mounted, so Docker makes no second database."""
    machine = Machine(tmp_path, _NEW_DISK)
    done = machine.start(busy=1_000)
    assert done.returncode == 1
    told("The volume <volume> was not attached", "vol-1", "is already attached").says(done.stderr[7:].strip())
    assert len(machine.calls("aws")) == 180
    assert machine.calls("mount") == []
    assert len(machine.fstab.read_text(encoding="utf-8").splitlines()) == 1


def test_a_volume_that_cannot_be_read_is_not_formatted(tmp_path: Path) -> None:
    """Whatever blkid says that is not "nothing is there"."""
    machine = Machine(tmp_path, _NEW_DISK)
    (tmp_path / "bin/blkid").write_text("#!/bin/sh\nexit 8\n", encoding="utf-8")
    (tmp_path / "bin/blkid").chmod(0o755)
    done = machine.start()
    assert done.returncode == 1
    told("The volume <volume> cannot be read", "vol-1").says(done.stderr[7:].strip())
    assert (machine.calls("mkfs.xfs"), machine.calls("mount")) == ([], [])
