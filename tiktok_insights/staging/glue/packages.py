"""The job's package in the bucket: the script and the zip of wheels that `make glue-package` builds, once per checksum.

What is in the package belongs in `glue_jobs/package.py`; which job uses it, to whoever defines the job.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectStore

#: A folder for each package, named by its version and checksum; what is in it never changes.
PACKAGE_PREFIX = "glue/packages/"
SCRIPT = "tiktok_etl.py"
_SUFFIX = ".gluewheels.zip"


class PackageMissingError(LookupError):
    """There is no package to upload, or it is not what its checksums say."""


@dataclass(frozen=True, slots=True)
class JobPackage:
    """Where Glue finds the job's script and its package, as addresses in S3."""

    script: str
    package: str


def upload(store: ObjectStore, folder: Path) -> JobPackage:
    """Put the package in this folder into the bucket, unless it is there. Raises PackageMissingError.

    S3 checks the bytes against the same checksum that SHA256SUMS has.
    """
    uris = {}
    sums = _checked_sums(folder)
    (name,) = (name.removesuffix(_SUFFIX) for name in sums if name.endswith(_SUFFIX))
    for file, digest in sums.items():
        key = f"{PACKAGE_PREFIX}{name}/{file}"
        if not store.exists(key):
            with (folder / file).open("rb") as body:
                store.put_once(key, body, "application/octet-stream", sha256=digest)
        uris[file] = store.uri(key)
    return JobPackage(uris[SCRIPT], uris[f"{name}{_SUFFIX}"])


def _checked_sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file by its name."""
    build = "Build the package with: make glue-package"
    try:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise PackageMissingError(f"{folder} has no package of the Glue job. {build}") from None
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    for name, digest in sums.items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise PackageMissingError(f"{path} is not the file that SHA256SUMS names. {build}")
    return sums
