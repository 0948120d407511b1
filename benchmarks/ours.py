"""Our load from the object to the published table, and each of its parts alone, as contestants.

Each works in a place of its own and says of its result what can be compared.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.children import Stopwatch
from benchmarks.results import SUMMARY, Summary, summary_of
from benchmarks.workplace import Workplace
from tiktok_insights.lake.listing import list_csvs
from tiktok_insights.schema import MAX_REJECTED_SHARE
from tiktok_insights.staging import duckdb_transform
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.csv_file import CsvFile, RowOrigin
from tiktok_insights.staging.csv_group import Transformed
from tiktok_insights.staging.inspection import header_of, inspect
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA, TIKTOK_DATA
from tiktok_insights.warehouse.publish import publish_passed

_LOG = logging.getLogger("benchmarks")


def put_csv(watch: Stopwatch, **place: str) -> None:
    """Put the file into the bucket."""
    with watch:
        Workplace.of(**place).put_csv()


def make_parquet(watch: Stopwatch, *, parquet: str, **place: str) -> int:
    """Make the Parquet file that `put` and `copy` send."""
    rows = transform(watch, **place)
    (Path(place["folder"]) / "staged.parquet").rename(parquet)
    return rows


def load(watch: Stopwatch, **place: str) -> Summary:
    """The whole load: list, download, inspect, transform, upload, audit, publish."""
    here = Workplace.of(**place)
    here.make_tables()
    with watch:
        _stage(here)
        publish_passed(here.session, _LOG)
    return published(here)


def get(watch: Stopwatch, **place: str) -> int:
    """The object to a file."""
    here = Workplace.of(**place)
    store, item = here.store(), here.object()
    path = here.folder / "object.csv"
    with watch:
        store.download(item.info, path)
    return path.stat().st_size


def transform(watch: Stopwatch, **place: str) -> int:
    """The file to a Parquet file of staged rows."""
    here = Workplace.of(**place)
    item = here.object()
    path = here.folder / "0.csv"
    path.symlink_to(here.csv)
    origin = RowOrigin.of("batch", item, item.info.last_modified)
    with ThreadPoolExecutor(1) as pool, watch:
        (group,) = duckdb_transform.run(
            [CsvFile(path, header_of(path), origin, pool.submit(inspect, path).result)], here.folder
        )
    if group.staged is None:
        raise AssertionError(f"No row of {here.csv} was staged.")
    group.staged.rename(here.folder / "staged.parquet")
    return sum(result.counts.staged for result in group.results.values() if isinstance(result, Transformed))


def put(watch: Stopwatch, *, parquet: str, **place: str) -> None:
    """The Parquet file to the staging table's stage."""
    here = Workplace.of(**place)
    here.make_tables()
    with here.session() as session, watch:
        session.put(Path(parquet), session.namespace.name_of(STAGED_TIKTOK_DATA))


def copy(watch: Stopwatch, *, parquet: str, **place: str) -> int:
    """The file in the stage to the staging table."""
    here = Workplace.of(**place)
    here.make_tables()
    path = Path(parquet)
    with here.session() as session:
        table = session.namespace.name_of(STAGED_TIKTOK_DATA)
        session.put(path, table)
        with watch:
            return session.copy_staged(path.name, table)


def transaction(watch: Stopwatch, **place: str) -> Summary:
    """The staged batch to the published table."""
    here = Workplace.of(**place)
    here.make_tables()
    _stage(here)
    with watch:
        publish_passed(here.session, _LOG)
    return published(here)


def published(here: Workplace) -> Summary:
    """The summary of the published table."""
    with here.session() as session:
        return summary_of(session.query(SUMMARY.format(table=TIKTOK_DATA.name))[0])


def _stage(here: Workplace) -> None:
    with here.session() as session:
        staging = Staging(here.store(), session, MAX_REJECTED_SHARE, _LOG)
        staging.stage(list_csvs(here.store()))
