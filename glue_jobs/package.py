"""Builds the package of the Glue job: one zip of wheels, with the project and the job's locked dependencies.

    python -m glue_jobs.package --python 3.11

AWS calls it a "zip of wheels": a folder wheels/ with requirements.txt, for `--additional-python-modules` with
`--python-modules-installer-option --no-index`. The same sources and lock give the same bytes. Uploading it belongs in
`tiktok_insights.staging.glue.packages`.
https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements-glue.lock"
SCRIPT = ROOT / "glue_jobs" / "tiktok_etl.py"
#: Glue has them, in the version that it was made for.
_OF_GLUE = {"pyspark", "py4j"}
#: Glue 5 and later run on Amazon Linux 2023, which has glibc 2.34.
_PLATFORMS = tuple(f"manylinux_2_{minor}_x86_64" for minor in range(34, 4, -1))
#: The oldest time that a zip can hold.
_TIME = (1980, 1, 1, 0, 0, 0)
_SOURCES = ("pyproject.toml", "README.md", "LICENSE", "tiktok_insights")
_REQUIRES = re.compile(r"^(?:Requires-Dist|Provides-Extra): .*\n", re.MULTILINE)


def locked(python: str) -> dict[str, str]:
    """The requirements that the job installs on Linux with this Python, such as `six==1.17.0`, with their hashes."""
    environment = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
    found = {}
    for entry in re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8").replace("\\\n", "")):
        text, *hashes = re.split(r"\s+--hash=", re.sub(r"\s*#.*", "", entry).strip())
        if not text:
            continue
        requirement = Requirement(text)
        if requirement.name not in _OF_GLUE and (
            requirement.marker is None or requirement.marker.evaluate(environment)
        ):
            found[f"{requirement.name}{requirement.specifier}"] = " ".join(f"--hash={digest}" for digest in hashes)
    return found


def download(requirements: Mapping[str, str], python: str, folder: Path) -> None:
    """Bring the wheels of the requirements into the folder, unless it exists; each is checked by its hash."""
    if folder.exists():
        return
    unfinished = folder.with_suffix(".unfinished")
    _pip(
        "download",
        *("--dest", str(unfinished), "--no-deps", "--require-hashes", "--only-binary=:all:"),
        *("--implementation", "cp", "--python-version", python),
        *(word for platform in _PLATFORMS for word in ("--platform", platform)),
        *("--requirement", "/dev/stdin"),
        lines=[f"{name} {hashes}" for name, hashes in requirements.items()],
    )
    unfinished.rename(folder)


def project_wheel(folder: Path) -> Path:
    """Build the project's wheel in the folder, from its sources alone, without the network.

    It names no dependencies: the job installs what the lock says, which is less than the pipeline needs.
    """
    with tempfile.TemporaryDirectory() as scratch:
        sources = Path(scratch) / "sources"
        sources.mkdir()
        for name in _SOURCES:
            path = ROOT / name
            if path.is_dir():
                shutil.copytree(path, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, sources / name)
        _pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", scratch, str(sources))
        (built,) = Path(scratch).glob("*.whl")
        return _without_dependencies(built, folder / built.name)


def _without_dependencies(wheel: Path, out: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}
        (record,) = (name for name in archive.namelist() if name.endswith("/RECORD"))
    metadata = record.replace("/RECORD", "/METADATA")
    head, blank, body = members[metadata].decode().partition("\n\n")
    members[metadata] = (_REQUIRES.sub("", f"{head}\n") + blank.removeprefix("\n") + body).encode()
    lines = [f"{name},sha256={_urlsafe(members[name])},{len(members[name])}" for name in sorted(members)]
    write_zip(out, {**members, record: "\n".join((*lines, f"{record},,", "")).encode()})
    return out


def _urlsafe(body: bytes) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()


def write_zip(path: Path, members: Mapping[str, bytes]) -> None:
    """Write a zip whose bytes depend on its members alone."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, members[name])


def build(wheels: Iterable[Path], folder: Path) -> Path:
    """Zip these wheels in the folder, beside the script and SHA256SUMS; the zip's name has its version and checksum."""
    found = {f"wheels/{path.name}": path.read_bytes() for path in wheels}
    pins = sorted("==".join(Path(name).name.split("-")[:2]) for name in found)
    members = {**found, "wheels/requirements.txt": "\n".join((*pins, "")).encode()}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    script = Path(shutil.copy(SCRIPT, folder))
    scratch = folder / "package.zip"
    write_zip(scratch, members)
    digest = hashlib.sha256(scratch.read_bytes() + script.read_bytes()).hexdigest()[:12]
    (project,) = (pin for pin in pins if pin.startswith("tiktok_insights=="))
    package = scratch.rename(folder / f"tiktok-insights-{project.partition('==')[2]}-{digest}.gluewheels.zip")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in (package, script)]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    return package


def _pip(command: str, *words: str, lines: Iterable[str] = ()) -> None:
    quiet = ("-qq", "--disable-pip-version-check")
    subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-m", "pip", command, *quiet, *words], input="\n".join(lines), text=True, check=True
    )


def main(argv: list[str]) -> None:
    """Build the package for a version of Python, in build/glue; wheels that were downloaded are kept beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="3.11", help="3.11 for Glue 5.1, 3.13 for Glue 6.0")
    python = parser.parse_args(argv).python
    requirements = locked(python)
    with tempfile.TemporaryDirectory() as scratch:
        wheels = ROOT / "build" / "glue-wheels" / f"{python}-{_lock_digest()}"
        download(requirements, python, wheels)
        package = build([*wheels.glob("*.whl"), project_wheel(Path(scratch))], ROOT / "build" / "glue")
    sys.stdout.write(f"{package.relative_to(ROOT)}\n")


def _lock_digest() -> str:
    """A new lock gets a folder of its own: no wheel of an older one is packaged."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]


if __name__ == "__main__":
    main(sys.argv[1:])
