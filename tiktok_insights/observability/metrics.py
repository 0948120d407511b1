"""Metrics that are put into CloudWatch directly. Those of runs are lines of their log: see `metric_lines`."""

from typing import Any

#: Where all metrics are, and what tells one deployment's from another's.
NAMESPACE, DIMENSION = "TikTokInsights", "Bucket"
#: 1 for each minute in which Dagster's daemon was alive. An alarm must take missing data for a breach.
HEARTBEAT = "Heartbeat"


class Metrics:
    """The metrics of one deployment."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._dimensions = [{"Name": DIMENSION, "Value": bucket}]

    def beat(self) -> None:
        """Put one heartbeat. Raises boto3's errors."""
        self._client.put_metric_data(
            Namespace=NAMESPACE,
            MetricData=[{"MetricName": HEARTBEAT, "Dimensions": self._dimensions, "Value": 1.0, "Unit": "Count"}],
        )
