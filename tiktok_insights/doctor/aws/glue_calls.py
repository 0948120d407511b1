"""The requests to Glue, and to the log of its jobs. None of them changes the catalog, or starts or stops anything."""

from collections.abc import Callable, Iterator
from typing import Any

from tiktok_insights.catalog.partitions import as_input
from tiktok_insights.doctor.aws.calls import Call
from tiktok_insights.doctor.aws.names import Names

#: No partition, table, run or log stream is called this.
_NOTHING = "tiktok-insights-doctor"
#: Glue counts versions upwards from 0.
_NO_VERSION = "999999999999"
_ABSENT, _EXISTS = ("EntityNotFoundException",), ("AlreadyExistsException",)
#: What an allowed request ends with, where that is not that something is absent.
_REFUSALS = {"UpdateTable": ("ConcurrentModificationException",), "CreateTable": _EXISTS}


def glue_calls(names: Names) -> Iterator[Call]:
    """Every request to Glue."""
    yield from _table_calls(names)
    if names.crawler:
        yield from _crawler_calls(names)
    if names.job:
        yield from _job_calls(names)


def _table_calls(names: Names) -> Iterator[Call]:
    table = {"DatabaseName": names.database, "TableName": names.table}
    values = [_NOTHING, _NOTHING]
    requests: dict[str, Callable[[Any], object]] = {
        "GetTable": lambda glue: glue.get_table(DatabaseName=names.database, Name=names.table),
        "GetPartitions": lambda glue: glue.get_partitions(**table, MaxResults=1, ExcludeColumnSchema=True),
        # Lists of nothing: the API takes from 0 entries on.
        "BatchCreatePartition": lambda glue: glue.batch_create_partition(**table, PartitionInputList=[]),
        "BatchDeletePartition": lambda glue: glue.batch_delete_partition(**table, PartitionsToDelete=[]),
        # The values of a partition that does not exist: it is reported back in `Errors`.
        "BatchUpdatePartition": lambda glue: glue.batch_update_partition(
            **table, Entries=[{"PartitionValueList": values, "PartitionInput": {"Values": values}}]
        ),
        "UpdateTable": lambda glue: _update_no_version(glue, names),
        "CreateTable": lambda glue: glue.create_table(DatabaseName=names.database, TableInput=_existing(glue, names)),
    }
    for action, send in requests.items():
        yield Call(
            stage="catalog",
            action=f"glue:{action}",
            resources=_in_the_catalog(names, names.table),
            request=lambda clients, send=send: send(clients.get("glue")),  # type: ignore[misc]
            refusals=_REFUSALS.get(action, _ABSENT),
        )
    yield Call(
        stage="catalog",
        action="glue:CreateDatabase",
        resources=_in_the_catalog(names, names.table)[:2],
        request=lambda clients: _create_existing_database(clients.get("glue"), names),
        refusals=_EXISTS,
    )


def _update_no_version(glue: Any, names: Names) -> object:
    """Update the table to what it is, if it has a version that it cannot have.

    Glue refuses an update of a version that is not the current one with ConcurrentModificationException: Apache
    Iceberg's commits rest on it (org.apache.iceberg.aws.glue.GlueTableOperations).
    """
    return glue.update_table(DatabaseName=names.database, TableInput=_existing(glue, names), VersionId=_NO_VERSION)


def _create_existing_database(glue: Any, names: Names) -> object:
    """Create the database of a table that exists, so it exists, too."""
    _existing(glue, names)
    return glue.create_database(DatabaseInput={"Name": names.database})


def _existing(glue: Any, names: Names) -> Any:
    """The table's definition. Raises boto3's error where there is none: then nothing may be tried that creates it."""
    table = glue.get_table(DatabaseName=names.database, Name=names.table)["Table"]
    return as_input(glue, "TableInput", table)


def _crawler_calls(names: Names) -> Iterator[Call]:
    crawler = (names.glue(f"crawler/{names.crawler}"),)
    yield Call(
        stage="catalog",
        action="glue:GetCrawler",
        resources=crawler,
        request=lambda clients: clients.get("glue").get_crawler(Name=names.crawler),
        refusals=_ABSENT,
    )
    # Whoever may start the crawler starts it.
    yield Call(stage="catalog", action="glue:StartCrawler", resources=crawler, request=None)
    crawled = {"DatabaseName": names.database}
    requests: dict[str, Callable[[Any], object]] = {
        "GetTables": lambda glue: glue.get_tables(**crawled, MaxResults=1),
        "GetPartitions": lambda glue: glue.get_partitions(**crawled, TableName=_NOTHING, MaxResults=1),
    }
    for action, send in requests.items():
        yield Call(
            stage="catalog",
            action=f"glue:{action}",
            resources=_in_the_catalog(names, "*"),
            request=lambda clients, send=send: send(clients.get("glue")),  # type: ignore[misc]
            refusals=_ABSENT,
        )


def _job_calls(names: Names) -> Iterator[Call]:
    requests: dict[str, Callable[[Any], object]] = {
        "GetJobRuns": lambda glue: glue.get_job_runs(JobName=names.job, MaxResults=1),
        "GetJobRun": lambda glue: glue.get_job_run(JobName=names.job, RunId=_NOTHING),
        # What does not exist is reported back in `Errors`.
        "BatchStopJobRun": lambda glue: glue.batch_stop_job_run(JobName=names.job, JobRunIds=[_NOTHING]),
        # A retry of a run that does not exist.
        "StartJobRun": lambda glue: glue.start_job_run(JobName=names.job, JobRunId=_NOTHING),
    }
    for action, send in requests.items():
        yield Call(
            stage="staging",
            action=f"glue:{action}",
            resources=(names.glue(f"job/{names.job}"),),
            request=lambda clients, send=send: send(clients.get("glue")),  # type: ignore[misc]
            refusals=_ABSENT,
        )
    group = "/aws-glue/jobs/output"
    yield Call(
        stage="staging",
        action="logs:GetLogEvents",
        resources=(names.log_group(f"{group}:log-stream:*"),),
        request=lambda clients: clients.get("logs").get_log_events(logGroupName=group, logStreamName=_NOTHING, limit=1),
        refusals=("ResourceNotFoundException",),
    )


def _in_the_catalog(names: Names, table: str) -> tuple[str, ...]:
    """What Glue looks at for a table: the catalog, the database, and the table.

    docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
    """
    database = names.database
    return tuple(map(names.glue, ("catalog", f"database/{database}", f"table/{database}/{table}")))
