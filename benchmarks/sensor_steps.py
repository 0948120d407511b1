"""The steps of the sensor's tick as contestants, and the bucket and the ledger that they look at."""

import re

import dagster as dg
import requests

from benchmarks.bucket_steps import put_objects
from benchmarks.children import Stopwatch
from benchmarks.workplace import Workplace
from tiktok_insights.definitions import resources_for
from tiktok_insights.defs.sensors import new_s3_objects_sensor
from tiktok_insights.lake.listing import CSV_PREFIX, list_csvs, sort_out
from tiktok_insights.resources.opening import aws_arguments
from tiktok_insights.staging.staged_object import naive_utc
from tiktok_insights.tables.definitions import LOAD_HISTORY
from tiktok_insights.tables.load_status import LoadStatus

_NEXT = re.compile("<NextContinuationToken>(.*?)</NextContinuationToken>")


def seed(watch: Stopwatch, *, objects: int, **place: str) -> None:
    """Store small objects, which nobody reads."""
    with watch:
        put_objects(Workplace.of(**place), (_object(number) for number in range(objects)))


def _object(number: int) -> tuple[str, bytes]:
    day = f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}"
    return f"{CSV_PREFIX}account={number % 40 + 1}/dt={day}/{number:06}.csv", f"object {number}\n".encode()


def settle(watch: Stopwatch, **place: str) -> None:
    """Write every object into the ledger as loaded."""
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    here = Workplace.of(**place)
    here.make_tables()
    infos = [item.info for item in list_csvs(here.store()).objects]
    columns = dict.fromkeys(LOAD_HISTORY.names, pa.array([0] * len(infos)))
    moments = pa.array([naive_utc(info.last_modified) for info in infos])
    columns |= {"OBJECT_KEY": [info.key for info in infos], "ETAG": [info.etag for info in infos]}
    columns |= {"STATUS": [LoadStatus.LOADED.value] * len(infos), "REASON": pa.nulls(len(infos), pa.string())}
    columns |= {"LATEST_ETAG": columns["ETAG"], "CONTENT_SHA256": columns["ETAG"], "FIRST_MODIFIED": moments}
    columns |= {
        "LAST_MODIFIED": moments,
        "LOADED_AT": moments,
        "NEWEST_ROW_AT": moments,
        "BATCH_ID": ["bench"] * len(infos),
    }
    path = here.folder / "ledger.parquet"
    pq.write_table(pa.table(columns), path)
    with watch, here.session() as session:
        session.copy_parquet(path, LOAD_HISTORY.name)


def cold(watch: Stopwatch, **place: str) -> str:
    """The first tick of a process."""
    here = Workplace.of(**place)
    with watch:
        answer, _ = _tick(here, None)
    return answer


def warm(watch: Stopwatch, **place: str) -> str:
    """The next tick, when nothing has changed."""
    here = Workplace.of(**place)
    _, cursor = _tick(here, None)
    with watch:
        answer, _ = _tick(here, cursor)
    return answer


def listing(watch: Stopwatch, **place: str) -> int:
    """The listing alone, as the sensor reads it."""
    store = Workplace.of(**place).store()
    with watch:
        return sum(1 for _ in store.list(CSV_PREFIX))


def answers(watch: Stopwatch, **place: str) -> int:
    """The server's answers to the same requests, whose text nobody reads."""
    here = Workplace.of(**place)
    url = f"{aws_arguments(here.settings.s3)['endpoint_url']}/{here.settings.s3.bucket}"
    http = requests.Session()
    token: str | None = None
    pages = 0
    with watch:
        while pages == 0 or token:
            text = http.get(
                url, params={"list-type": "2", "prefix": CSV_PREFIX, "continuation-token": token}, timeout=60
            ).text
            pages += 1
            found = _NEXT.search(text)
            token = found[1] if found else None
    return pages


def fingerprint(watch: Stopwatch, **place: str) -> str:
    """What the sensor does with the listing."""
    infos = list(Workplace.of(**place).store().list(CSV_PREFIX))
    with watch:
        return sort_out(infos).fingerprint


def _tick(here: Workplace, cursor: str | None) -> tuple[str, str]:
    """Why the sensor asks for no run, and its new cursor."""
    resources = {name: item for name, item in resources_for(here.settings).items() if name in ("s3", "snowflake")}
    with (
        dg.DagsterInstance.get() as instance,
        dg.build_sensor_context(instance=instance, cursor=cursor, resources=resources) as context,
    ):
        answer = new_s3_objects_sensor(context)
        if not isinstance(answer, dg.SkipReason) or context.cursor is None:
            raise TypeError(f"The sensor launches a run: {answer}")
        return str(answer.skip_message), context.cursor
