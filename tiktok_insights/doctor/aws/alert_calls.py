"""The requests to SNS and CloudWatch. Neither publishes anything."""

from collections.abc import Iterator

from tiktok_insights.doctor.aws.calls import Call
from tiktok_insights.doctor.aws.clients import Clients
from tiktok_insights.doctor.aws.names import Names

#: As in the condition of the policy: this action has no resources.
NAMESPACE = "TikTokInsights"


def alert_calls(names: Names) -> Iterator[Call]:
    """Every request for alerts; without a topic there are none."""
    if not names.topic:
        return
    # A batch needs the permission of a message. Two entries with one ID make all of it invalid:
    # docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
    entries = [{"Id": "doctor", "Message": "doctor"}] * 2
    yield Call(
        stage="alerts",
        action="sns:Publish",
        resources=(names.topic,),
        request=lambda clients: clients.get("sns").publish_batch(
            TopicArn=names.topic, PublishBatchRequestEntries=entries
        ),
        refusals=("BatchEntryIdsNotDistinct", "BatchEntryIdsNotDistinctException", "NotFound", "NotFoundException"),
    )
    yield Call(
        stage="alerts",
        action="cloudwatch:PutMetricData",
        resources=("*",),
        request=_metric_of_two_kinds,
        refusals=("InvalidParameterCombination", "InvalidParameterCombinationException"),
    )


def _metric_of_two_kinds(clients: Clients) -> object:
    """Send a value and statistics together, which exclude each other.

    docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
    """
    statistics = {"SampleCount": 1.0, "Sum": 1.0, "Minimum": 1.0, "Maximum": 1.0}
    data = [{"MetricName": "Doctor", "Value": 1.0, "StatisticValues": statistics}]
    return clients.get("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=data)
