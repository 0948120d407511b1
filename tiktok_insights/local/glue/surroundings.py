"""What the process of a run sees: Glue's arguments, the stack's AWS, Spark on the loopback address, and nothing else.

No variable of the stack's own process is passed on, and so no PYTHONPATH, proxy or key; which modules can be imported
is decided in `environments`.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.local.glue.errors import LaunchError
from tiktok_insights.local.glue.job_run import JobRun
from tiktok_insights.local.glue.requirements import find_java, missing_requirement

_SPARK = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
#: Spark's own default, but for one machine.
_TASK_ATTEMPTS = 4
#: Spark's own chatter is in another log group of Glue's; only what went wrong is of use here.
_LOG4J = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = error
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n%ex
"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`aws` are the variables that lead to the stack's AWS."""

    aws: Mapping[str, str]

    @staticmethod
    def require(run: JobRun) -> Path | None:
        """The home of the Java that the run needs; none for one without Spark. Raises LaunchError."""
        if not run.needs_spark:
            return None
        if missing := missing_requirement():
            raise LaunchError(missing)
        return find_java()

    def start(self, run: JobRun, python: Path, script: Path, java: Path | None) -> "subprocess.Popen[bytes]":
        """Start the script with Glue's arguments, as the leader of a session of its own."""
        arguments = {"--JOB_NAME": run.job_name, "--JOB_RUN_ID": run.id, **run.arguments}
        command = [str(python), str(script), *(text for pair in arguments.items() for text in pair)]
        workspace = script.parent
        environment = self._environment(run, python, workspace)
        if java is not None:
            environment |= _spark_environment(run, python, workspace, java)
        return subprocess.Popen(  # noqa: S603  # the user's own script, as Glue runs it
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0,
            cwd=workspace, env=environment, start_new_session=True,
        )  # fmt: skip

    def _environment(self, run: JobRun, python: Path, workspace: Path) -> dict[str, str]:
        temporary = workspace / "tmp"
        temporary.mkdir(exist_ok=True)
        return {
            **self.aws,
            "AWS_DEFAULT_REGION": run.region,
            "AWS_REGION": run.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "GLUE_VERSION": run.glue_version,
            # No settings of the user's, such as ~/.snowflake, are below it.
            "HOME": str(workspace),
            "LANG": "C.UTF-8",
            "NO_PROXY": "*",
            "no_proxy": "*",
            "PATH": os.pathsep.join([str(python.parent), *os.defpath.split(os.pathsep)]),
            "PYTHONNOUSERSITE": "1",
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(temporary),
            "TZ": "UTC",
        }


def _spark_environment(run: JobRun, python: Path, workspace: Path, java: Path) -> dict[str, str]:
    """Variables that make Spark find its Java, its workers' Python, and the settings that are written here."""
    configuration = workspace / "conf"
    configuration.mkdir()
    (configuration / "log4j2.properties").write_text(_LOG4J, encoding="utf-8")
    settings = {
        **_asked_for(run.arguments.get("--conf", "")),
        **_SPARK,
        # As many threads as the job has workers, which is all that one machine can show of them. A task is tried four
        # times, as on a cluster; on one machine it would be tried once.
        "spark.master": f"local[{min(run.workers, os.cpu_count() or 1)},{_TASK_ATTEMPTS}]",
        "spark.local.dir": str(workspace / "tmp"),
        "spark.sql.warehouse.dir": str(workspace / "warehouse"),
    }
    lines = "".join(f"{name} {value}\n" for name, value in settings.items())
    (configuration / "spark-defaults.conf").write_text(lines, encoding="utf-8")
    return {
        "JAVA_HOME": str(java),
        "PYSPARK_PYTHON": str(python),
        "PYSPARK_DRIVER_PYTHON": str(python),
        "SPARK_CONF_DIR": str(configuration),
        "SPARK_LOCAL_DIRS": str(workspace / "tmp"),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def _asked_for(conf: str) -> dict[str, str]:
    """The settings in the job argument `--conf`, which Glue documents as `name=value --conf name=value`."""
    pairs = (pair.strip().partition("=") for pair in conf.split("--conf"))
    return {name: value for name, _, value in pairs if name}
