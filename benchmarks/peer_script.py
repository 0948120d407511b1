"""A script as one writes it without this project: boto3, pandas, PUT and COPY, then DELETE and INSERT.

From the objects in S3 to a merged table on the same Snowflake endpoint as ours. It counts no records, keeps no history,
audits nothing and knows no ledger; it is as fast as it is without those.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.children import Stopwatch
from benchmarks.results import SUMMARY, Summary, summary_of
from benchmarks.workplace import Workplace
from tiktok_insights.resources.opening import aws_arguments, snowflake_arguments
from tiktok_insights.schema import WAREHOUSE_COLUMNS, WAREHOUSE_NAMES, ColumnKind

if TYPE_CHECKING:
    import pandas as pd

_THREADS = 16
_BOOLEANS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}


def load(watch: Stopwatch, **place: str) -> Summary:
    """All objects of the bucket into the table USERS, whose newest row of each user wins."""
    import boto3
    import pandas as pd
    import snowflake.connector
    from botocore.config import Config

    here = Workplace.of(**place)
    # Makes the database.
    here.make_tables()
    settings = here.settings
    s3 = boto3.client("s3", **aws_arguments(settings.s3), config=Config(max_pool_connections=_THREADS, proxies={}))
    path = here.folder / "users.parquet"
    with watch:
        users = _typed_frame(pd.concat(_frames(s3, settings.s3.bucket), ignore_index=True))
        users = users.sort_values(["EXTRACTED_AT", "COUNTS_EXACT"], ascending=False, kind="stable")
        users.drop_duplicates("TIKTOK_ID").to_parquet(path, index=False)
        with snowflake.connector.connect(**snowflake_arguments(settings.snowflake)) as connection:
            _merge(connection.cursor(), path)
    with here.session() as session:
        return summary_of(session.query(SUMMARY.format(table="USERS"))[0])


def _frames(s3: Any, bucket: str) -> "list[pd.DataFrame]":
    """Each object's texts, without the columns that are dropped anyway."""
    import pandas as pd

    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [item["Key"] for page in pages for item in page["Contents"]]
    wanted = [column.csv for column in WAREHOUSE_COLUMNS]

    def get(key: str) -> bytes:
        return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    with ThreadPoolExecutor(_THREADS) as pool:
        return [
            pd.read_csv(io.BytesIO(body), dtype=str, keep_default_na=False, encoding="utf-8", usecols=wanted)
            for body in pool.map(get, keys)
        ]


def _merge(cursor: Any, path: Path) -> None:
    columns = ", ".join(WAREHOUSE_NAMES)
    types = ", ".join(f"{column.warehouse} {column.warehouse_type}" for column in WAREHOUSE_COLUMNS)
    for table in ("USERS", "NEW_USERS"):
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} ({types})")
    with path.open("rb") as file:
        cursor.execute(f"PUT 'file://{path.name}' @%NEW_USERS AUTO_COMPRESS=FALSE OVERWRITE=TRUE", file_stream=file)
    cursor.execute(
        f"COPY INTO NEW_USERS FROM '@%NEW_USERS/{path.name}' FILE_FORMAT=(TYPE=PARQUET USE_LOGICAL_TYPE=TRUE) "
        "MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE PURGE=TRUE"
    )
    for statement in (
        "BEGIN",
        "DELETE FROM USERS WHERE TIKTOK_ID IN (SELECT TIKTOK_ID FROM NEW_USERS)",
        f"INSERT INTO USERS ({columns}) SELECT {columns} FROM NEW_USERS",
        "COMMIT",
        "DROP TABLE NEW_USERS",
    ):
        cursor.execute(statement)


def _typed_frame(frame: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    typed = {}
    for column in WAREHOUSE_COLUMNS:
        texts = frame.pop(column.csv)
        if column.kind is ColumnKind.BOOLEAN:
            typed[column.warehouse] = texts.str.lower().map(_BOOLEANS).astype("boolean")
        elif column.kind is ColumnKind.COUNT:
            counts = pd.to_numeric(texts, errors="coerce").astype("Int64")
            typed[column.warehouse] = counts.mask(counts < 0)
        elif column.kind is ColumnKind.TIMESTAMP:
            moments = pd.to_datetime(texts, format="ISO8601", utc=True).dt.tz_localize(None)
            typed[column.warehouse] = moments.astype("datetime64[us]")
        else:
            typed[column.warehouse] = texts.where(texts != "")
    return pd.DataFrame(typed)
