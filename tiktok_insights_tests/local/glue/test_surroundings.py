"""What a job's process sees: the stack's AWS, the wheels that the job brings, and nothing of this machine."""

import ast
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tiktok_insights.local.glue.requirements import find_java, missing_requirement
from tiktok_insights_tests.local.glue.jobs import Jobs
from tiktok_insights_tests.support.troubleshooting import told

_ROOT = Path(__file__).parents[3]
_SEEN = """
import importlib, os, sys
names = ["tiktok_insights", "tiktok_insights_tests", "boto3", "dagster", "duckdb", "moto", "pip", "pytest", "ours"]
def has(name):
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True
print([name for name in names if has(name)])
print(sys.path)
print(sorted(os.environ))
print(os.getcwd() == os.path.dirname(os.path.abspath(__file__)) == os.environ["HOME"])
"""
_VARIABLES = {
    *("AWS_ACCESS_KEY_ID", "AWS_CONFIG_FILE", "AWS_DEFAULT_REGION", "AWS_EC2_METADATA_DISABLED", "AWS_ENDPOINT_URL"),
    *("AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SHARED_CREDENTIALS_FILE", "GLUE_VERSION", "HOME", "LANG"),
    *("NO_PROXY", "PATH", "PYTHONNOUSERSITE", "PYTHONUNBUFFERED", "TMPDIR", "TZ", "no_proxy"),
}


def wheel(name: str, source: str) -> bytes:
    """A wheel with one module."""
    metadata = f"{name}-1.0.dist-info"
    members = {
        f"{name}.py": source,
        f"{metadata}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Dist: not-there\n",
        f"{metadata}/WHEEL": "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{metadata}/RECORD": f"{name}.py,,\n{metadata}/METADATA,,\n{metadata}/WHEEL,,\n{metadata}/RECORD,,\n",
    }
    return zipped(members)


def zipped(members: dict[str, str] | dict[str, bytes]) -> bytes:
    """A zip, whose bytes depend on its members alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def test_a_job_sees_what_it_brings_and_nothing_else(jobs: Jobs) -> None:
    """Not the checkout, not its editable install, no package of this Python, no variable of this process."""
    package = zipped({"wheels/ours-1.0-py3-none-any.whl": wheel("ours", ""), "wheels/requirements.txt": b"ours==1.0"})
    modules = {"--additional-python-modules": jobs.put("ours.gluewheels.zip", package)}
    name = jobs.make(_SEEN)
    run_id = jobs.start(name, Arguments=modules)
    assert jobs.ended(name, run_id)["JobRunState"] == "SUCCEEDED"
    modules_seen, path, variables, at_home = map(ast.literal_eval, jobs.lines(run_id))
    assert modules_seen == ["ours"]
    assert set(variables) == _VARIABLES
    assert at_home
    [packages] = [Path(folder) for folder in path if folder.endswith("site-packages")]
    assert packages.parents[3].name == "environments"
    ours = (str(_ROOT), sys.prefix)
    assert not [folder for folder in path if folder.startswith(ours) and not folder.startswith(sys.base_prefix)]


def test_packages_are_installed_once_for_each_content(jobs: Jobs) -> None:
    """Another zip under the same name is another package; a wheel alone will do."""
    name = jobs.make("import ours; print(ours.__file__)")

    def place(source: str) -> str:
        url = jobs.put("ours-1.0-py3-none-any.whl", wheel("ours", source))
        run_id = jobs.start(name, Arguments={"--additional-python-modules": url})
        assert jobs.ended(name, run_id)["JobRunState"] == "SUCCEEDED"
        return jobs.lines(run_id)[0]

    first = place("A = 1")
    changed = Path(first).stat().st_mtime_ns
    assert place("A = 1") == first
    assert Path(first).stat().st_mtime_ns == changed
    assert place("A = 2") != first


def test_a_wheel_for_another_machine_is_refused(jobs: Jobs) -> None:
    """In the installer's words, before the job runs."""
    name = jobs.make("")
    url = jobs.put("ours-1.0-cp27-cp27m-win32.whl", wheel("ours", ""))
    run = jobs.ended(name, jobs.start(name, Arguments={"--additional-python-modules": url}))
    assert run["JobRunState"] == "FAILED"
    assert "ours-1.0-cp27-cp27m-win32.whl is not a supported wheel on this platform" in run["ErrorMessage"]


def test_missing_spark_is_told(tmp_path: Path) -> None:
    """By an interpreter without any installed package."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tiktok_insights.local.glue.requirements import missing_requirement\nprint(missing_requirement())"
    )
    answer = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-I", "-S", "-c", code, str(_ROOT)], capture_output=True, text=True, timeout=60, check=True
    )
    told("Glue jobs on the local stack need PySpark").says(answer.stdout)


@pytest.mark.parametrize(
    ("java", "what"),
    [
        pytest.param("", "there is none", id="no Java"),
        pytest.param(r"echo '    java.specification.version = 21' >&2", "is Java 21", id="another version"),
        pytest.param("exit 1", "is Java ?", id="one that does not work"),
    ],
)
def test_missing_java_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, java: str, what: str) -> None:
    """With what was found instead; PySpark is made to seem installed."""
    folder = tmp_path / "pyspark"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    if java:
        (tmp_path / "java").write_text(f"#!/bin/sh\n{java}\n")
        (tmp_path / "java").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_java() is None
    told("Glue jobs on the local stack need Java 17", what).says(missing_requirement())
