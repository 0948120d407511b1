"""One run of a job: what is remembered of it, what Glue tells of it, and its states."""

import time
from dataclasses import asdict, dataclass, field
from typing import Any

STARTING, RUNNING, STOPPING = "STARTING", "RUNNING", "STOPPING"
STOPPED, SUCCEEDED, FAILED, TIMEOUT = "STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT"
#: ERROR is Glue's own fault, such as no capacity: no run here ends so, unless the stack has one.
ERROR = "ERROR"
ENDED = frozenset({STOPPED, SUCCEEDED, FAILED, TIMEOUT, ERROR})

LOG_GROUP = "/aws-glue/jobs"
#: How many data processing units a worker is: docs.aws.amazon.com/glue/latest/dg/worker-types.html
DPUS = {
    "Standard": 1.0, "G.025X": 0.25, "G.1X": 1.0, "G.2X": 2.0, "G.4X": 4.0, "G.8X": 8.0, "G.12X": 12.0, "G.16X": 16.0,
    "R.1X": 1.0, "R.2X": 2.0, "R.4X": 4.0, "R.8X": 8.0,
}  # fmt: skip
_MESSAGE_CHARACTERS = 2000


@dataclass(slots=True)
class JobRun:
    """A run. Times are seconds since the epoch; `timeout` is in minutes; `pid` leads the run's processes."""

    id: str
    job_name: str
    region: str
    script: str
    command: str
    arguments: dict[str, str]
    glue_version: str
    worker_type: str
    workers: int
    timeout: int
    execution_class: str = "STANDARD"
    state: str = STARTING
    started_on: float = field(default_factory=time.time)
    modified_on: float = field(default_factory=time.time)
    completed_on: float | None = None
    error_message: str = ""
    pid: int | None = None
    process_started: float = 0.0

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state in ENDED

    @property
    def needs_spark(self) -> bool:
        """Whether it is a job on Spark; a Python shell job is a script alone."""
        return self.command != "pythonshell"

    def move(self, state: str) -> None:
        """Enter a state."""
        self.state, self.modified_on = state, time.time()

    def end(self, state: str, message: str = "") -> None:
        """Enter the last state."""
        self.move(state)
        self.completed_on, self.error_message = self.modified_on, message[:_MESSAGE_CHARACTERS]

    def answer(self) -> dict[str, Any]:
        """The run as GetJobRun gives it."""
        seconds = int((self.completed_on or time.time()) - self.started_on)
        capacity = self.workers * DPUS.get(self.worker_type, 1.0)
        told: dict[str, Any] = {
            "Id": self.id,
            "Attempt": 0,
            "JobName": self.job_name,
            "StartedOn": self.started_on,
            "LastModifiedOn": self.modified_on,
            "JobRunState": self.state,
            "Arguments": self.arguments,
            "PredecessorRuns": [],
            "AllocatedCapacity": max(1, round(capacity)),
            "MaxCapacity": capacity,
            "ExecutionTime": 0 if self.state == STARTING else seconds,
            "Timeout": self.timeout,
            "WorkerType": self.worker_type,
            "NumberOfWorkers": self.workers,
            "LogGroupName": LOG_GROUP,
            "GlueVersion": self.glue_version,
            "ExecutionClass": self.execution_class,
        }
        if self.completed_on is not None:
            told["CompletedOn"] = self.completed_on
        if self.error_message:
            told["ErrorMessage"] = self.error_message
        # Glue tells it of these runs alone, and counts what the workers used: here, all of them all the time.
        if self.execution_class == "FLEX" or self.arguments.get("--enable-auto-scaling") == "true":
            told["DPUSeconds"] = seconds * capacity
        return told

    def to_dict(self) -> dict[str, Any]:
        """The run as it is stored."""
        return asdict(self)
