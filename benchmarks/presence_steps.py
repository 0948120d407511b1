"""Accounts whose lists change from day to day and are cut: their past by SQL, the days after it as CSVs of ours.

Each day, some users join and some leave, and the oldest drop off the end of the list. What is measured with them
belongs in `presence.py`.
"""

import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.children import Stopwatch
from benchmarks.workplace import Workplace
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.lake.listing import csv_key, list_csvs
from tiktok_insights.raw.manifest import SnapshotKey, iso
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.schema import CSV_HEADER
from tiktok_insights.staging.batch import Staging
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS, FOLLOWER_SNAPSHOTS, LOAD_HISTORY
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights.warehouse.publish import publish_passed
from tiktok_insights.warehouse.rebuild import rebuild

ACCOUNTS = 3
_FIRST_LOOK = datetime(2025, 1, 1, 12, tzinfo=UTC)
_JOIN_EACH_DAY = 60
_ROWS_IN_A_PAGE = 30
#: One in so many days, a user leaves.
_STAYS_DAYS = 2_000
_LOG = logging.getLogger("benchmarks")

#: The lists of days: who joined up to the day and has not left, without those who have dropped off the end.
_LISTS = f"""
CREATE MACRO followed_at(place, entries) AS
  TIMESTAMP '{_FIRST_LOOK:%Y-%m-%d %H:%M:%S}' + INTERVAL 1 SECOND * ((place - entries) * (86400 // {_JOIN_EACH_DAY}));
CREATE MACRO lists(entries, first_day, last_day) AS TABLE
  SELECT
    1000 + ACCOUNT AS ACCOUNT_ID, DAY, followed_at(entries + DAY * {_JOIN_EACH_DAY}, entries) AS LOOKED_AT,
    CAST(7000000000000000000 + ACCOUNT * 1000000000 + PLACE AS VARCHAR) AS TIKTOK_ID, PLACE, hash(PLACE) AS BITS,
    followed_at(PLACE - PLACE % {_ROWS_IN_A_PAGE}, entries) AS FOLLOWED_AFTER,
    followed_at(PLACE - PLACE % {_ROWS_IN_A_PAGE} + {_ROWS_IN_A_PAGE}, entries) AS FOLLOWED_BEFORE,
    entries + DAY * {_JOIN_EACH_DAY} - PLACE AS LIST_POSITION
  FROM range(first_day, last_day + 1) AS days (DAY), range({ACCOUNTS}) AS accounts (ACCOUNT),
    range(CAST(entries + (last_day + 1) * {_JOIN_EACH_DAY} AS BIGINT)) AS places (PLACE)
  WHERE PLACE >= DAY * {_JOIN_EACH_DAY} AND PLACE < entries + DAY * {_JOIN_EACH_DAY}
    AND NOT hash(PLACE, ACCOUNT) % {_STAYS_DAYS} BETWEEN greatest(1, (PLACE - entries) // {_JOIN_EACH_DAY} + 1) AND DAY
"""


#: What of the ledger is not zero, empty or the snapshot's time.
_LOADED = {"OBJECT_KEY": "OBJECT_KEY", "STATUS": f"'{LoadStatus.LOADED}'", "ROWS_STAGED": "USERS_SEEN"}
_EMPTY = {"NUMBER": "0", "TIMESTAMP_NTZ": "LOOKED_AT", "VARCHAR": "''"}
_LEDGER = (
    f"INSERT INTO {LOAD_HISTORY.name} SELECT "
    + ", ".join(_LOADED.get(one.name, _EMPTY[re.split(r"[( ]", one.type)[0]]) for one in LOAD_HISTORY.columns)
    + f" FROM {ACCOUNT_SNAPSHOTS.name}"
)


def fill(watch: Stopwatch, *, rows: int, days: int, **place: str) -> int:
    """Put the lists of the first days into the history, and compute users and spells; gives the rows of the history."""
    here = Workplace.of(**place)
    here.make_tables()
    path = here.folder / "past.parquet"
    with duckdb.connect() as duck, here.session() as session:
        duck.execute(_LISTS)
        key = "'csv/of/' || ACCOUNT_ID || '/' || DAY"
        duck.execute(
            f"COPY (SELECT {key} AS OBJECT_KEY, CAST(ACCOUNT_ID AS VARCHAR) AS ACCOUNT_ID, {key} AS SNAPSHOT_ID, "
            "LOOKED_AT AS FIRST_MODIFIED, TIKTOK_ID, 'user.' || PLACE AS USER_NAME, BITS % 5 = 0 AS PRIVATE_ACCOUNT, "
            "CAST(BITS % 20000 AS DECIMAL(38,0)) AS FOLLOWERS_COUNT, CAST(1 + BITS % 5000 AS DECIMAL(38,0)) AS "
            "FOLLOWING_COUNT, CAST(BITS % 90 AS DECIMAL(38,0)) AS VIDEO_COUNT, CAST(BITS % 70 AS DECIMAL(38,0)) AS "
            "DIGG_COUNT, TRUE AS COUNTS_EXACT, LOOKED_AT AS EXTRACTED_AT, FOLLOWED_AFTER, FOLLOWED_BEFORE, "
            f"CAST(LIST_POSITION AS DECIMAL(38,0)) AS LIST_POSITION FROM lists({rows}, 1, {days})) TO '{path}'"
        )
        filled = session.copy_parquet(path, FOLLOWER_SNAPSHOTS.name)
        duck.execute(
            f"COPY (SELECT {key} AS OBJECT_KEY, CAST(ACCOUNT_ID AS VARCHAR) AS ACCOUNT_ID, {key} AS SNAPSHOT_ID, "
            "'account' AS HANDLE, LOOKED_AT AS STARTED_AT, LOOKED_AT AS FINISHED_AT, 'cut' AS OUTCOME, "
            "CAST(COUNT(*) AS DECIMAL(38,0)) AS USERS_SEEN, "
            f"CAST({rows} + {_JOIN_EACH_DAY} * DAY AS DECIMAL(38,0)) AS USERS_CLAIMED, "
            "MIN(FOLLOWED_AFTER) AS COVERED_FROM, LOOKED_AT AS COVERED_TO, '[]' AS HOLES, FALSE AS IS_WHOLE, "
            "0.9::DOUBLE AS COVERAGE, LOOKED_AT "
            f"FROM lists({rows}, 1, {days}) GROUP BY ACCOUNT_ID, DAY, LOOKED_AT) TO '{path}'"
        )
        session.copy_parquet(path, ACCOUNT_SNAPSHOTS.name)
        session.execute(_LEDGER)
        with watch:
            rebuild(here.session)
    return int(filled)


def put_day(watch: Stopwatch, *, rows: int, day: int, **place: str) -> None:
    """Put one day's list of each account into the bucket, as our own CSVs with the facts of their snapshots."""
    here = Workplace.of(**place)
    texts = {
        "Tiktok_id": "TIKTOK_ID",
        "uniqueId": "'user.' || PLACE",
        "privateAccount": "BITS % 5 = 0",
        "followers_Count": "BITS % 20000",
        "following_Count": "1 + BITS % 5000",
        "videoCount": "BITS % 90",
        "diggCount": "BITS % 70",
        "counts_exact": "true",
        "list_position": "LIST_POSITION",
        **{
            name: f"strftime({column}, '%Y-%m-%dT%H:%M:%SZ')"
            for name, column in (
                ("extracted_at", "LOOKED_AT"),
                ("followed_after", "FOLLOWED_AFTER"),
                ("followed_before", "FOLLOWED_BEFORE"),
            )
        },
    }
    columns = ", ".join(f"{texts.get(name, 'NULL')} AS {name}" for name in CSV_HEADER)
    with watch, duckdb.connect() as duck:
        duck.execute(_LISTS)
        for account in range(1_000, 1_000 + ACCOUNTS):
            path = here.folder / "day.csv"
            source = f"lists({rows}, {day}, {day}) WHERE ACCOUNT_ID = {account}"
            duck.execute(f"COPY (SELECT {columns} FROM {source} ORDER BY PLACE DESC) TO '{path}' (HEADER)")
            seen, covered_from = duck.execute(f"SELECT COUNT(*), MIN(FOLLOWED_AFTER) FROM {source}").fetchall()[0]
            _put(here, path, _facts(str(account), rows, day, seen, covered_from))


def _facts(account: str, rows: int, day: int, seen: int, covered_from: datetime) -> SnapshotFacts:
    looked_at = _FIRST_LOOK + timedelta(days=day)
    return SnapshotFacts(
        account_id=account,
        snapshot_id=SnapshotKey.begun_at(account, looked_at).snapshot_id,
        handle="account",
        started_at=iso(looked_at),
        finished_at=iso(looked_at),
        outcome="cut",
        reason="the API cuts lists of this length",
        users_seen=seen,
        users_claimed=rows + _JOIN_EACH_DAY * day,
        requests=1,
        quota_left=None,
        covered_from=int(covered_from.replace(tzinfo=UTC).timestamp()),
        covered_to=int(looked_at.timestamp()),
        holes=(),
        is_whole=False,
        coverage=0.9,
    )


def _put(here: Workplace, path: Path, facts: SnapshotFacts) -> None:
    key = csv_key(SnapshotKey(facts.account_id, facts.snapshot_id))
    with path.open("rb") as body:
        here.store().put_once(key, body, "text/csv", facts.to_metadata())


def stage(watch: Stopwatch, **place: str) -> None:
    """Stage what is pending."""
    here = Workplace.of(**place)
    with here.session() as session, watch:
        Staging(here.store(), session, 0.01, _LOG).stage(list_csvs(here.store()))


def publish(watch: Stopwatch, **place: str) -> None:
    """Publish what is staged."""
    with watch:
        publish_passed(Workplace.of(**place).session, _LOG)


def mart(watch: Stopwatch, *, name: str, **place: str) -> None:
    """Make a mart, and read its first rows."""
    (wanted,) = [one for one in all_marts() if one.name == name]
    with Workplace.of(**place).session() as session, watch:
        Marts(session).make(wanted)
