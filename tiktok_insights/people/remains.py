"""What still holds a removed person where nothing can be erased row by row, until when, and what ends it sooner.

Read from the bucket and the warehouse as they are set up. What is erased belongs in `erasing`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.clients.snowflake_session import Session, placeholders
from tiktok_insights.tables.definitions import ALL

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

#: What no command of this system reaches. The marts are views, so none of them can have more than the tables.
OUT_OF_REACH = (
    (
        "Files that people exported, copied, printed or sent: CSVs, workbooks, archives of export --person, pictures "
        "and saved pages of the dashboard. Ask whoever may export."
    ),
    (
        "Other machines on which this system has run, such as a laptop: their dashboard and Dagster's records. Run the "
        "command there, too, with the ID."
    ),
    "Power BI: the model until its next refresh, .pbix files, and what subscriptions sent by mail.",
    "What others made from the tables, such as tables, views, clones and shares that are not this system's.",
    "Rows that readers of TIKTOK_READERS copied: they have a pseudonym. Change its key: docs/how_to/readers.md.",
    (
        "Logs in CloudWatch, alerts that were sent, and access logs of the bucket: they have keys of objects, and no "
        "names of users. Logs end with the retention of their groups (30 days in the templates)."
    ),
    (
        "Statements in which people typed a name: the history of a shell, and Snowflake's query history, which keeps "
        "them for 365 days."
    ),
    "Backups of your own: of this machine, of the bucket, of the database.",
)
#: Days for which Snowflake shows the values that a statement was run with, and keeps the results of a query.
BIND_VALUES_DAYS, RESULT_DAYS = 7, 1
#: Days for which Snowflake keeps the data of a permanent table after Time Travel. No setting changes it.
FAIL_SAFE_DAYS = 7
#: The orchestrator has one backup for each day of the week: deploy/orchestrator/manage.sh.
BACKUP_DAYS = 7
_NO_LIFECYCLE = "NoSuchLifecycleConfiguration"
_RETENTION = (
    "SELECT TABLE_SCHEMA, MAX(RETENTION_TIME) AS DAYS FROM information_schema.tables "
    "WHERE TABLE_SCHEMA IN ({schemas}) AND TABLE_NAME IN ({tables}) GROUP BY TABLE_SCHEMA ORDER BY TABLE_SCHEMA"
)


@dataclass(frozen=True, slots=True)
class Remainder:
    """Something that still holds what was removed: what, until when, and the commands that end it sooner."""

    what: str
    until: str
    sooner: tuple[str, ...] = ()


def in_the_bucket(s3: "S3Client", bucket: str, today: date) -> Remainder | None:
    """What old versions of objects hold; None in a bucket without versions. Raises botocore's ClientError."""
    if "Status" not in s3.get_bucket_versioning(Bucket=bucket):
        return None
    days = _noncurrent_days(s3, bucket)
    return Remainder(
        f"Earlier versions of the objects in s3://{bucket} that were rewritten or deleted.",
        _end(today, days + 1) if days else "no end: the bucket has no rule that deletes earlier versions",
        (
            f"aws s3api list-object-versions --bucket {bucket} --query 'Versions[?!IsLatest].[Key,VersionId]'",
            f"aws s3api delete-object --bucket {bucket} --key KEY --version-id VERSION_ID",
        ),
    )


def in_postgres(today: date) -> Iterator[Remainder]:
    """What a PostgreSQL database with Dagster's records leaves behind. Nothing is read: its files are elsewhere."""
    yield Remainder(
        "The write-ahead log of the PostgreSQL database with Dagster's records.",
        "its files are written again, which takes as long as the database is busy",
        ("CHECKPOINT;", "SELECT pg_switch_wal();"),
    )
    yield Remainder(
        "Backups of the PostgreSQL database with Dagster's records.",
        f"{_end(today, BACKUP_DAYS)} with the timer tiktok-insights-backup; your own plan may keep them longer",
        (
            "sudo rm /srv/tiktok_insights/backups/dagster-*.dump",
            "aws s3 rm s3://BUCKET/backups/orchestrator/ --recursive",
        ),
    )


def in_the_warehouse(session: Session, today: date) -> Iterator[Remainder]:
    """What Time Travel and Fail-safe hold of the tables, for each schema."""
    namespace = session.namespace
    schemas, names = (namespace.schema, namespace.internal_schema), [table.name for table in ALL]
    statement = _RETENTION.format(schemas=placeholders(schemas), tables=placeholders(names))
    for schema, found in session.query(statement, (*schemas, *names)):
        days = int(found or 0)
        place = f"{namespace.database}.{schema}"
        if days:
            yield Remainder(
                f"Snowflake's Time Travel of the tables in {place}: deleted rows can be queried for {_days(days)}.",
                _end(today, days),
                tuple(_statements(session, schema, days)),
            )
        yield Remainder(
            f"Snowflake's Fail-safe of the tables in {place}: only Snowflake's support can read it.",
            f"{_end(today, days + FAIL_SAFE_DAYS)}: {_days(FAIL_SAFE_DAYS)} after Time Travel",
        )


def in_the_query_history(today: date) -> Iterator[Remainder]:
    """What Snowflake keeps of statements: https://docs.snowflake.com/en/sql-reference/functions/bind_values."""
    yield Remainder(
        "Names as values of this system's statements, which BIND_VALUES shows to whoever may monitor the warehouse.",
        _end(today, BIND_VALUES_DAYS),
        ("ALTER ACCOUNT SET ALLOW_BIND_VALUES_ACCESS = FALSE;",),
    )
    yield Remainder("Results of queries, which whoever ran one can read again for 24 hours.", _end(today, RESULT_DAYS))


def _statements(session: Session, schema: str, days: int) -> Iterator[str]:
    """The statements that empty Time Travel and set it up again, for each table that holds people."""
    for name in _names_in(session, schema):
        yield f"ALTER TABLE {name} SET DATA_RETENTION_TIME_IN_DAYS = 0;"
        yield f"ALTER TABLE {name} SET DATA_RETENTION_TIME_IN_DAYS = {days};"


def _names_in(session: Session, schema: str) -> Sequence[str]:
    namespace = session.namespace
    tables = [table for table in ALL if namespace.schema_of(table) == schema]
    return [f"{namespace.database}.{namespace.name_of(table)}" for table in tables if "TIKTOK_ID" in table.names]


def _noncurrent_days(s3: "S3Client", bucket: str) -> int:
    """After how many days the bucket deletes every earlier version; 0 for never."""
    try:
        rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    except ClientError as error:
        if error_code(error) == _NO_LIFECYCLE:
            return 0
        raise
    days = [
        rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for rule in rules
        if rule["Status"] == "Enabled"
        and "NoncurrentVersionExpiration" in rule
        and not (rule.get("Prefix") or rule.get("Filter", {}).get("Prefix"))
    ]
    return min(days, default=0)


def _end(today: date, days: int) -> str:
    return f"{today + timedelta(days=days):%Y-%m-%d}"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
