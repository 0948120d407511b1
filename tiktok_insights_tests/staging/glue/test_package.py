"""The job's package: the same bytes from the same sources, all that the job imports, and once in the bucket."""

import hashlib
import subprocess
import sys
import zipfile
from base64 import b64encode
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from click.testing import CliRunner

from glue_jobs.package import build, locked, project_wheel, write_zip
from tiktok_insights.cli import main
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.staging.glue.packages import PACKAGE_PREFIX, PackageMissingError, upload
from tiktok_insights_tests.support.troubleshooting import told

_JOB = "tiktok_insights.staging.glue.job"
#: What the job imports only when it runs.
_LATER = "tiktok_insights.resources.local_clients, snowflake.connector, cryptography.hazmat.primitives.serialization"
#: Glue has them.
_OF_GLUE = {"pyspark", "py4j"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel."""
    return project_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_same_sources_give_the_same_package(wheel: Path, tmp_path: Path) -> None:
    """Built twice, in two folders: byte for byte, with the checksum in its name and in SHA256SUMS."""
    (tmp_path / "again").mkdir()
    again = project_wheel(tmp_path / "again")
    assert again.read_bytes() == wheel.read_bytes()
    one, other = build([wheel], tmp_path / "one"), build([again], tmp_path / "other")
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()
    for line in (tmp_path / "one" / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "one" / name).read_bytes()).hexdigest() == digest
    with zipfile.ZipFile(one) as archive:
        assert archive.namelist() == ["wheels/requirements.txt", f"wheels/{wheel.name}"]
        assert archive.read("wheels/requirements.txt") == b"tiktok_insights==0.1.0\n"
    script = tmp_path / "one" / "tiktok_etl.py"
    assert subprocess.run([sys.executable, "-m", "py_compile", script], check=False).returncode == 0  # noqa: S603


def test_the_wheel_is_the_package_and_nothing_else(wheel: Path) -> None:
    """Every module and SQL file of the checkout, no tests; no dependency that Glue would look for."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
        (record,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/RECORD"))
        assert len(record.splitlines()) == len(archive.namelist())
    root = Path(__file__).parents[3]
    kinds = ("*.py", "*.sql", "*.yaml", "*.css", "*.js", "py.typed")
    files = {str(path.relative_to(root)) for kind in kinds for path in (root / "tiktok_insights").rglob(kind)}
    assert names == files
    assert "Requires-Dist" not in metadata
    assert "Name: tiktok-insights" in metadata


def test_the_job_imports_what_is_packaged_and_no_dagster(wheel: Path, tmp_path: Path) -> None:
    """From the wheel and the packages of the job's lock alone, with the checkout and all others not importable."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "ours")
    packages = {pin.partition("==")[0] for pin in locked(f"{sys.version_info.major}.{sys.version_info.minor}")}
    for name in packages:
        link(distribution(name), tmp_path / "theirs")
    code = (
        f"import sys; sys.path[:0] = {[str(tmp_path / 'ours'), str(tmp_path / 'theirs')]!r}\n"
        f"import {_JOB}, {_LATER}\n"
        "for name, module in sys.modules.items():\n"
        "    print(name, getattr(module, '__file__', None))\n"
    )
    # -S: without the .pth file that makes the checkout importable.
    found = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-S", "-I", "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert found.returncode == 0, found.stderr
    modules = dict(line.split(" ", 1) for line in found.stdout.splitlines())
    assert modules[_JOB].startswith(str(tmp_path))
    assert not {name.partition(".")[0] for name in modules} & {
        "dagster",
        "duckdb",
        "moto",
        "fakesnow",
        "rich",
        "dotenv",
    }
    assert not packages & _OF_GLUE


def link(found: Distribution, folder: Path) -> None:
    """Make what a package has installed importable from the folder."""
    for file in found.files or ():
        entry = Path(*file.parts[:2])
        if ".." in file.parts or (folder / entry).is_symlink():
            continue
        (folder / entry).parent.mkdir(parents=True, exist_ok=True)
        (folder / entry).symlink_to(found.locate_file(entry))  # type: ignore[arg-type]  # a path


def test_requirements_are_those_of_the_jobs_python() -> None:
    """One version of each package, with its hashes, for each version of Glue."""
    for python in ("3.11", "3.13"):
        names = [pin.partition("==")[0] for pin in locked(python)]
        assert len(names) == len(set(names)) > 30
        assert all("--hash=sha256:" in hashes for hashes in locked(python).values())
    assert locked("3.11").keys() != locked("3.13").keys()


def test_a_package_is_uploaded_once(wheel: Path, store: ObjectStore, tmp_path: Path) -> None:
    """Under its own name, with its checksum in S3; the second time nothing is sent, and the command prints the same."""
    package = build([wheel], tmp_path / "glue")
    sent: list[str] = []
    names = (package.name, "tiktok_etl.py")
    store._s3.meta.events.register(
        "before-call.s3.PutObject", lambda params, **_: sent.append(params["headers"]["x-amz-checksum-sha256"])
    )
    uploaded = upload(store, tmp_path / "glue")
    folder = f"{PACKAGE_PREFIX}{package.name.removesuffix('.gluewheels.zip')}/"
    keys = {info.key: info.last_modified for info in store.list("glue/")}
    assert keys.keys() == {f"{folder}{package.name}", f"{folder}tiktok_etl.py"}
    assert (uploaded.script, uploaded.package) == (
        store.uri(f"{folder}tiktok_etl.py"),
        store.uri(f"{folder}{package.name}"),
    )
    assert store.get(f"{folder}{package.name}").body == package.read_bytes()
    assert sent == [
        b64encode(hashlib.sha256((tmp_path / "glue" / name).read_bytes()).digest()).decode() for name in names
    ]
    answer = CliRunner().invoke(main, ["glue", "upload", "--folder", str(tmp_path / "glue")])
    assert answer.output == f"script: {uploaded.script}\npackage: {uploaded.package}\n"
    assert {info.key: info.last_modified for info in store.list("glue/")} == keys


def test_what_is_no_package_is_refused(wheel: Path, store: ObjectStore, tmp_path: Path) -> None:
    """No folder, another version, or a file that was changed: nothing is uploaded."""
    with told("<folder> has no package", str(tmp_path)):
        upload(store, tmp_path)
    for name, change in {"an older one": b"# older\n", "one with a module less": None}.items():
        with zipfile.ZipFile(wheel) as archive:
            members = {member: archive.read(member) for member in archive.namelist()}
        if change:
            members["tiktok_insights/__init__.py"] += change
        else:
            del members["tiktok_insights/staging/__init__.py"]
        (tmp_path / name).mkdir()
        write_zip(tmp_path / name / wheel.name, members)
        package = build([tmp_path / name / wheel.name], tmp_path / "glue")
        with told("<file> is of another version", package.name):
            upload(store, tmp_path / "glue")
    assert list(store.list("glue/")) == []
    package = build([wheel], tmp_path / "glue")
    package.write_bytes(package.read_bytes()[:-1])
    with told("<file> is not the file that SHA256SUMS names", package.name):
        upload(store, tmp_path / "glue")
    with pytest.raises(PackageMissingError):
        upload(store, tmp_path / "missing")
    assert list(store.list("glue/")) == []
