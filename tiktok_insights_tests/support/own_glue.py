"""AWS with the local Glue, served by the test's own process: a test can disturb it, and do the job's work itself.

The job's script asks the test what to do: `work` is called with the batch's ID and the run's, and the lines that it
gives are the script's output. It may wait, so that a run goes on for as long as a test wants.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.staging.glue.engine import GlueEngine
from tiktok_insights.staging.glue.glue_calls import GlueCalls
from tiktok_insights.staging.glue.job_runs import JobRuns
from tiktok_insights.staging.glue.launcher import Launcher
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support.aws_in_process import aws_in_process
from tiktok_insights_tests.support.waiting import wait_until

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

JOB = "tiktok_etl"
#: So many seconds are a minute of a run's timeout.
MINUTE_SECONDS = 0.3
_SCRIPT = """\
import json, sys, urllib.request
given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
print("The job has begun.", flush=True)
asked = json.dumps([given["--batch_id"], given["--JOB_RUN_ID"]]).encode()
with urllib.request.urlopen(given["--work"], asked, timeout=60) as answer:
    lines, code = json.load(answer)
print(*lines, sep="\\n", flush=True)
sys.exit(code)
"""
#: Does what a run of the job does; gives the lines that it prints, and its exit code.
Work = Callable[[str, str], tuple[Sequence[str], int]]


def done(_batch_id: str, _run_id: str) -> tuple[Sequence[str], int]:
    """A run that does nothing."""
    return (), 0


class Disturbed:
    """WSGI middleware that notes the actions of Glue and CloudWatch, and disturbs those that a test names.

    Of an action's `faults`, each spoils one request: `throttled` is not carried out; `lost` is, but its answer is 500.
    With another word, such as EXPIRED, the answer says that the run is in this state.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self.actions: list[str] = []
        self.faults: dict[str, list[str]] = defaultdict(list)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request."""
        action = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
        if action:
            self.actions.append(action)
        fault = self.faults[action].pop(0) if self.faults[action] else ""
        if fault == "throttled":
            return _error(start_response, "400 Bad Request", "ThrottlingException")
        if fault == "lost":
            list(self._app(environ, lambda *_: lambda _: None))
            return _error(start_response, "500 Internal Server Error", "InternalServiceException")
        answer = self._app(environ, start_response)
        if fault:
            told = json.loads(b"".join(answer))
            told["JobRun"]["JobRunState"] = fault
            return [json.dumps(told).encode()]
        return answer


def _error(start_response: "StartResponse", status: str, code: str) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "application/x-amz-json-1.1")])
    return [json.dumps({"__type": code, "message": "Rate exceeded"}).encode()]


@dataclass
class OwnGlue:
    """The served AWS: the arguments of its clients, its disturbances, and what its job does."""

    aws: dict[str, Any]
    disturbed: Disturbed
    work: Work = done
    #: Set at the end of a test, for work that waits.
    over: threading.Event = field(default_factory=threading.Event)
    _earlier: set[str] = field(default_factory=set)

    def client(self, service: str) -> Any:
        """A client without retries, as the launcher has it."""
        return boto3.client(service, **self.aws, config=Config(retries={"total_max_attempts": 1}))  # type: ignore[call-overload]

    def reset(self) -> None:
        """End what runs, and forget what a test wanted."""
        self.disturbed.faults.clear()
        self.over.set()
        runs = JobRuns(GlueCalls(self.client("glue")), JOB)
        for run in runs._recent():
            if not run.has_ended:
                runs.stop(run.run_id)
        # The job has room for one run.
        wait_until(lambda: all(run.has_ended for run in runs._recent()))
        self.disturbed.actions.clear()
        self._earlier = {run.run_id for run in runs._recent()}
        self.over = threading.Event()
        self.work = done

    def runs(self) -> list[dict[str, Any]]:
        """The test's runs of the job, the newest first."""
        runs = self.client("glue").get_job_runs(JobName=JOB)["JobRuns"]
        return [run for run in runs if run["Id"] not in self._earlier]


def launcher(aws: dict[str, Any], log: Any, **limits: float) -> Launcher:
    """A launcher that does not wait long between two looks."""
    glue = boto3.client("glue", **aws, config=Config(retries={"total_max_attempts": 1}))
    runs = JobRuns(GlueCalls(glue, attempts=4, first_wait=0.01), JOB, has_console=False)
    return Launcher(runs, boto3.client("logs", **aws), log, first_wait=0.02, **limits)


def glue_engine(aws: dict[str, Any], store: ObjectStore, namespace: Namespace, log: Any, **limits: float) -> GlueEngine:
    """The engine on Glue with that launcher."""
    return GlueEngine(store, launcher(aws, log, **limits), namespace, log)


@contextmanager
def own_glue(folder: Path) -> Iterator[OwnGlue]:
    """AWS whose files are in the folder, with the job, of which one run is possible at a time."""
    from tiktok_insights.local.endpoints import REGION

    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    variables = {name.upper(): value for name, value in keys.items()}
    with aws_in_process(folder, lambda url: {**variables, "AWS_ENDPOINT_URL": url}, Disturbed, MINUTE_SECONDS) as (
        url,
        disturbed,
    ):
        served = OwnGlue({"endpoint_url": url, "region_name": REGION, **keys}, disturbed)
        try:
            with _worker(served) as work_url:
                _create_job(served, work_url)
                yield served
        finally:
            served.over.set()


def _create_job(served: OwnGlue, work_url: str) -> None:
    s3 = served.client("s3")
    s3.create_bucket(Bucket="scripts")
    s3.put_object(Bucket="scripts", Key="tiktok_etl.py", Body=_SCRIPT.encode())
    served.client("glue").create_job(
        Name=JOB,
        Role="role",
        Command={"Name": "pythonshell", "ScriptLocation": "s3://scripts/tiktok_etl.py"},
        DefaultArguments={"--work": work_url},
        GlueVersion="5.1",
        WorkerType="G.1X",
        NumberOfWorkers=2,
        Timeout=100,
        ExecutionProperty={"MaxConcurrentRuns": 1},
    )


@contextmanager
def _worker(served: OwnGlue) -> Iterator[str]:
    """The address at which the script asks what to do."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            batch_id, run_id = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                answer = served.work(batch_id, run_id)
            except Exception as error:  # noqa: BLE001  # it is what the job would have said
                answer = ([f"Error: {type(error).__name__}: {error}"], 1)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # a script that was stopped hears no answer
                return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
