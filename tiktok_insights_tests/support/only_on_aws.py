"""What our policies grant although no call of ours needs it here: AWS's services and Docker work in roles of ours.

Each entry has its reason and its source. An entry goes when a test can record the call.
"""

from dataclasses import dataclass

_CRAWLER = "https://docs.aws.amazon.com/glue/latest/dg/crawler-prereqs.html"
_SERVICE_ROLE = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html"
_DOCKER = "https://docs.docker.com/engine/logging/drivers/awslogs/"
_LOGGING = "https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html"


@dataclass(frozen=True)
class OnlyOnAws:
    """An action in a statement of a policy, why it is needed, and who says so."""

    policy: str
    sid: str
    action: str
    reason: str
    source: str


_READS, _WRITES = "The crawler compares what it finds with what is there.", "The crawler writes a table of its own."
ONLY_ON_AWS = (
    OnlyOnAws("job", "Logs", "logs:CreateLogStream", "Glue writes the output of a run into a stream.", _LOGGING),
    OnlyOnAws("job", "Logs", "logs:PutLogEvents", "Glue writes the output of a run into a stream.", _LOGGING),
    OnlyOnAws(
        "job", "Package", "s3:GetObject", "Glue fetches script and package in the role of the job.", _SERVICE_ROLE
    ),
    OnlyOnAws("crawler", "ListBucket", "s3:ListBucket", "The crawler lists the CSVs.", _SERVICE_ROLE),
    OnlyOnAws("crawler", "Csvs", "s3:GetObject", "The crawler reads the beginning of the CSVs.", _CRAWLER),
    *(
        OnlyOnAws("crawler", "CrawledTables", f"glue:{action}", _READS, _SERVICE_ROLE)
        for action in (
            "BatchGetPartition",
            "GetDatabase",
            "GetPartition",
            "GetPartitions",
            "GetTable",
            "GetTables",
        )
    ),
    *(
        OnlyOnAws("crawler", "CrawledTables", f"glue:{action}", _WRITES, _SERVICE_ROLE)
        for action in ("BatchCreatePartition", "CreateTable", "UpdateTable")
    ),
    OnlyOnAws("crawler", "Logs", "logs:CreateLogStream", "Glue writes the log of a crawl.", _SERVICE_ROLE),
    OnlyOnAws("crawler", "Logs", "logs:PutLogEvents", "Glue writes the log of a crawl.", _SERVICE_ROLE),
    OnlyOnAws("machine", "Logs", "logs:CreateLogStream", "Docker writes the log of a container.", _DOCKER),
    OnlyOnAws("machine", "Logs", "logs:PutLogEvents", "Docker writes the log of a container.", _DOCKER),
)
