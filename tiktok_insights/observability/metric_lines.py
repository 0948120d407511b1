"""The metrics of a run as log lines, from which CloudWatch Logs makes metrics by itself (embedded metric format).

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
A run's ID is a field, not a dimension: CloudWatch bills each combination of dimensions as a separate metric.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from tiktok_insights.observability.metrics import DIMENSION, NAMESPACE

SECONDS, FAILED, ROWS, REQUESTS, COST = "Seconds", "Failed", "Rows", "Requests", "CostUSD"
_UNITS = {SECONDS: "Seconds", FAILED: "Count", ROWS: "Count", REQUESTS: "Count", COST: "None"}
#: Which number of an asset's metadata is which metric. Those of the whole run are the sums of what is not a total.
_METRICS = {
    "raw_followers": {"users_seen": ROWS, "requests": REQUESTS},
    "followers_csv": {"rows_written": ROWS},
    "staged_tiktok_data": {"dagster/row_count": ROWS, "estimated_cost_usd": COST},
    "tiktok_data": {"dagster/row_count": ROWS},
}
#: The asset whose rows are those of the run: what it staged. The others have the same rows in another form.
_STAGED = "staged_tiktok_data"


class RunMetrics:
    """The numbers of one run, as its events tell them one after the other."""

    def __init__(self, bucket: str, job: str, run_id: str) -> None:
        self._bucket = bucket
        self._job = job
        self._run_id = run_id
        self._of_steps: dict[str, Counter[str]] = {}
        self._of_run: Counter[str] = Counter({ROWS: 0, REQUESTS: 0, COST: 0})

    def note(self, step: str, asset: str, numbers: Mapping[str, float]) -> None:
        """Take in the numbers of an asset's materialization."""
        for name, metric in _METRICS.get(asset, {}).items():
            if name in numbers:
                self._of_steps.setdefault(step, Counter())[metric] += numbers[name]  # type: ignore[assignment]
                if metric is not ROWS or asset == _STAGED:
                    self._of_run[metric] += numbers[name]  # type: ignore[assignment]

    def step_line(self, step: str, seconds: float | None, at: datetime, *, failed: bool) -> str:
        """Give the line of a step that has ended; `seconds` is None where Dagster does not say it."""
        told = {} if seconds is None else {SECONDS: round(seconds, 3)}
        values = {**told, FAILED: int(failed), **self._of_steps.get(step, {})}
        return self._line({"Step": step}, {"Job": self._job}, values, at)

    def run_line(self, seconds: float, at: datetime, *, failed: bool) -> str:
        """Give the line of the run, which has ended."""
        values = {SECONDS: round(seconds, 3), FAILED: int(failed), **self._of_run}
        return self._line({"Job": self._job}, {}, values, at)

    def _line(
        self, dimensions: Mapping[str, str], facts: Mapping[str, str], values: Mapping[str, float], at: datetime
    ) -> str:
        names = {DIMENSION: self._bucket, **dimensions}
        directive = {
            "Namespace": NAMESPACE,
            "Dimensions": [[*names]],
            "Metrics": [{"Name": name, "Unit": _UNITS[name]} for name in values],
        }
        metadata = {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [directive]}
        return json.dumps({"_aws": metadata, **names, **facts, "RunId": self._run_id, **values}, ensure_ascii=False)
