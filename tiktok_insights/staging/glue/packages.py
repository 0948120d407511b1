"""The job's package in the bucket: the script and the zip of wheels that `make glue-package` builds, once per checksum.

What is in the package belongs in `glue_jobs/package.py`; which job uses it, to whoever defines the job.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import tiktok_insights
from tiktok_insights.clients.object_store import ObjectStore

#: A folder for each package, named by its version and checksum; what is in it never changes.
PACKAGE_PREFIX = "glue/packages/"
SCRIPT = "tiktok_etl.py"
_SUFFIX = ".gluewheels.zip"
_BUILD = "Build the package with: make glue-package"
#: How the project's wheel in the zip is named, and where its modules are.
_WHEEL, _MODULES = "wheels/tiktok_insights-", "tiktok_insights/"


class PackageMissingError(LookupError):
    """There is no package to upload, it is not what its checksums say, or it is not of this version."""


@dataclass(frozen=True, slots=True)
class JobPackage:
    """Where Glue finds the job's script and its package, as addresses in S3."""

    script: str
    package: str


def upload(store: ObjectStore, folder: Path) -> JobPackage:
    """Put the package in this folder into the bucket, unless it is there. Raises PackageMissingError.

    A package of another version is refused: pipeline and job would misread each other. S3 checks the bytes against the
    same checksum that SHA256SUMS has.
    """
    uris = {}
    sums = _checked_sums(folder)
    (name,) = (name.removesuffix(_SUFFIX) for name in sums if name.endswith(_SUFFIX))
    _require_this_version(folder / f"{name}{_SUFFIX}")
    for file, digest in sums.items():
        key = f"{PACKAGE_PREFIX}{name}/{file}"
        if not store.exists(key):
            with (folder / file).open("rb") as body:
                store.put_once(key, body, "application/octet-stream", sha256=digest)
        uris[file] = store.uri(key)
    return JobPackage(uris[SCRIPT], uris[f"{name}{_SUFFIX}"])


def _checked_sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file by its name."""
    try:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise PackageMissingError(f"{folder.absolute()} has no package of the Glue job. {_BUILD}") from None
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    for name, digest in sums.items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise PackageMissingError(f"{path} is not the file that SHA256SUMS names. {_BUILD}")
    return sums


def _require_this_version(package: Path) -> None:
    """Compare the packaged modules with those that run here; a version's number alone would not tell of changes."""
    with zipfile.ZipFile(package) as outer:
        (wheel,) = (name for name in outer.namelist() if name.startswith(_WHEEL))
        with zipfile.ZipFile(io.BytesIO(outer.read(wheel))) as inner:
            packaged = {name: inner.read(name) for name in inner.namelist() if name.startswith(_MODULES)}
    root = Path(tiktok_insights.__file__).parent
    ours = {path.relative_to(root.parent).as_posix(): path for path in root.rglob("*.py")}
    differs = ours.keys() - packaged.keys() or any(
        not (root.parent / name).is_file() or (root.parent / name).read_bytes() != body
        for name, body in packaged.items()
    )
    if differs:
        raise PackageMissingError(f"{package} is of another version than this pipeline. {_BUILD}")
