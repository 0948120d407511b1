"""Our load from the object to the published table, and each of its parts alone, as contestants.

Each works in a place of its own and says of its result what can be compared.
"""

import logging
from pathlib import Path

from benchmarks.children import Stopwatch
from benchmarks.results import SUMMARY, Summary, summary_of
from benchmarks.workplace import Workplace, csv_key
from tiktok_insights.lake.listing import Listing, list_csvs
from tiktok_insights.schema import MAX_REJECTED_SHARE
from tiktok_insights.staging.batch import Staging
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA, TIKTOK_DATA
from tiktok_insights.warehouse.publish import publish_passed

LOG = logging.getLogger("benchmarks")


def put_csv(watch: Stopwatch, *, csv: str, key: str = csv_key(), **place: str) -> None:
    """Put a file into the bucket."""
    with watch:
        Workplace.of(**place).put_csv(Path(csv), key)


def make_parquet(watch: Stopwatch, *, parquet: str, **place: str) -> int:
    """Make the Parquet file that `put` and `copy` send: what staging has sent."""
    import duckdb
    import snowflake.connector

    from tiktok_insights.resources.opening import snowflake_arguments

    here = Workplace.of(**place)
    here.make_tables()
    table = here.settings.snowflake.namespace.name_of(STAGED_TIKTOK_DATA)
    with watch:
        _stage(here, list_csvs(here.store()))
        with snowflake.connector.connect(**snowflake_arguments(here.settings.snowflake)) as connection:
            cursor = connection.cursor()
            cursor.execute(f"SELECT * FROM {table}")
            staged = cursor.fetch_arrow_all(force_return_table=True)
        with duckdb.connect() as duck:
            duck.register("staged", staged)
            duck.execute(f"COPY staged TO '{parquet}'")
    return int(staged.num_rows)


def load(watch: Stopwatch, **place: str) -> Summary:
    """The whole load: list, download, inspect, transform, upload, audit, publish."""
    here = Workplace.of(**place)
    here.make_tables()
    with watch:
        _stage(here, list_csvs(here.store()))
        publish_passed(here.session, LOG)
    return _published(here)


def stage(watch: Stopwatch, **place: str) -> int:
    """Staging alone, from a listing; gives the rows in the warehouse's staging table."""
    here = Workplace.of(**place)
    here.make_tables()
    listing = list_csvs(here.store())
    with watch:
        _stage(here, listing)
    with here.session() as session:
        table = session.namespace.name_of(STAGED_TIKTOK_DATA)
        return int(session.query(f"SELECT COUNT(*) FROM {table}")[0][0])


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
    _stage(here, list_csvs(here.store()))
    with watch:
        publish_passed(here.session, LOG)
    return _published(here)


def summary(watch: Stopwatch, **place: str) -> Summary:
    """The summary of the published table, whoever has published it."""
    with watch:
        return _published(Workplace.of(**place))


def _published(here: Workplace) -> Summary:
    with here.session() as session:
        return summary_of(session.query(SUMMARY.format(table=TIKTOK_DATA.name))[0])


def _stage(here: Workplace, listing: Listing) -> None:
    with here.session() as session:
        Staging(here.store(), session, MAX_REJECTED_SHARE, LOG).stage(listing)
